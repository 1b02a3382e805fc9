using Emulator.Core.Randomness;

namespace Emulator.Underlay.Qdiscs;

/// <summary>A chance or correlation as the kernel has it: 32 bits, 0 for never and all ones for always.</summary>
/// <param name="Threshold">The bits.</param>
public readonly record struct Probability(uint Threshold)
{
    /// <summary>Never; no correlation.</summary>
    public static readonly Probability Never;

    /// <summary>Always.</summary>
    public static readonly Probability Always = new(uint.MaxValue);

    /// <summary>Whether it is zero.</summary>
    public bool IsZero => Threshold == 0;

    /// <summary>The rest to one.</summary>
    public Probability Complement => new(uint.MaxValue - Threshold);

    /// <summary>The nearest to a ratio, as <c>tc</c> reads percentages.</summary>
    public static Probability Of(Ratio ratio) =>
        new((uint)((((UInt128)ratio.Numerator * uint.MaxValue) + (ratio.Denominator / 2)) / ratio.Denominator));

    /// <summary>The threshold. A record's own text would print the complement, and that one's, without end.</summary>
    public override string ToString() => $"{Threshold}/4294967295";
}
