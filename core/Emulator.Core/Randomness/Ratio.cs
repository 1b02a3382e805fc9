namespace Emulator.Core.Randomness;

/// <summary>A chance as a ratio of whole numbers from 0 to 1, so that no floating point decides anything.</summary>
public readonly record struct Ratio
{
    /// <summary>A chance of <paramref name="numerator"/> in <paramref name="denominator"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The denominator is zero or the chance is above one.</exception>
    public Ratio(uint numerator, uint denominator)
    {
        ArgumentOutOfRangeException.ThrowIfZero(denominator);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(numerator, denominator);
        Numerator = numerator;
        Denominator = denominator;
    }

    /// <summary>Never.</summary>
    public static readonly Ratio Zero = new(0, 1);

    /// <summary>Always.</summary>
    public static readonly Ratio One = new(1, 1);

    /// <summary>The upper number.</summary>
    public uint Numerator { get; }

    /// <summary>The lower number, above zero (a default value reads as one).</summary>
    public uint Denominator { get => field == 0 ? 1 : field; }

    /// <summary>The ratio as <c>1/3</c>.</summary>
    public override string ToString() => $"{Numerator}/{Denominator}";
}
