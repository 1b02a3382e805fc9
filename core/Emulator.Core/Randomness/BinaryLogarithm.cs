using System.Numerics;

namespace Emulator.Core.Randomness;

/// <summary>Logarithms of whole numbers in fixed point: the same on every machine.</summary>
public static class BinaryLogarithm
{
    /// <summary>Bits behind the point.</summary>
    public const int FractionBits = 40;

    // ln 2 and log10 2, times 2 to the 40.
    private const ulong NaturalOfTwo = 762_123_384_785;
    private const ulong DecimalOfTwo = 330_985_980_541;

    /// <summary>log2, rounded down to 2 to the −40.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is zero.</exception>
    public static long Of(ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfZero(value);
        int whole = BitOperations.Log2(value);
        // The mantissa as a number from 1 to 2 with 63 bits behind the point; each squaring gives one more bit.
        ulong mantissa = value << (63 - whole);
        ulong fraction = 0;
        for (int bit = 0; bit < FractionBits; bit++)
        {
            ulong high = Math.BigMul(mantissa, mantissa, out ulong low);
            bool isTwoOrMore = high >> 63 != 0;
            fraction = (fraction << 1) | (isTwoOrMore ? 1ul : 0ul);
            mantissa = isTwoOrMore ? high : (high << 1) | (low >> 63);
        }

        return ((long)whole << FractionBits) | (long)fraction;
    }

    /// <summary>log10, to about 2 to the −38.</summary>
    public static long Decimal(ulong value) => (long)((UInt128)(ulong)Of(value) * DecimalOfTwo >> FractionBits);

    /// <summary>A whole number drawn from the exponential distribution of a mean, rounded down: mean × −ln(u) with u
    /// uniform in (0, 1].</summary>
    public static long Exponential(ref RandomStream dice, long mean)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(mean);
        // u = (drawn + 1) / 2^64; the one value that does not fit in 64 bits is u = 1, whose logarithm is 0.
        ulong drawn = dice.NextUInt64();
        long log = drawn == ulong.MaxValue ? 64L << FractionBits : Of(drawn + 1);
        UInt128 natural = (UInt128)(ulong)((64L << FractionBits) - log) * NaturalOfTwo >> FractionBits;
        return (long)(natural * (ulong)mean >> FractionBits);
    }
}
