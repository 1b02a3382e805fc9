using Emulator.Core.Randomness;

namespace Emulator.Linux.Cgroups.Cpu;

/// <summary>How a container runtime turns cgroup v1's <c>cpu.shares</c> into a weight.</summary>
public enum ShareFormula : byte
{
    /// <summary>A straight line from 2..262,144 to 1..10,000; runc before 1.3.2, crun before 1.23. The
    /// default.</summary>
    Linear,

    /// <summary>A curve through 2 → 1, 1,024 → 100 and 262,144 → 10,000; runc from 1.3.2, crun from 1.23.</summary>
    Quadratic,

    /// <summary>The shares themselves, as on a machine with cgroup v1.</summary>
    Shares,
}

/// <summary><c>cpu.shares</c> as a weight among siblings.</summary>
/// <remarks>Source: the formulas of runc's and crun's libraries. All siblings must be converted alike.</remarks>
public static class ShareConversion
{
    /// <summary>The least of <c>cpu.shares</c>.</summary>
    public const long SharesMin = 2;

    /// <summary>The greatest.</summary>
    public const long SharesMax = 262_144;

    // Logarithms are cut at 2 to the -38; a result this near to a whole number is that number.
    private const long Uncertainty = 1L << (BinaryLogarithm.FractionBits - 30);

    /// <summary>The weight of shares from 2 to 262,144; what lies outside is moved to the nearer end.</summary>
    public static long Weight(long shares, ShareFormula formula = ShareFormula.Linear)
    {
        long inside = Math.Clamp(shares, SharesMin, SharesMax);
        return formula switch
        {
            ShareFormula.Linear => 1 + ((inside - SharesMin) * 9_999 / (SharesMax - SharesMin)),
            ShareFormula.Quadratic => Quadratic((ulong)inside),
            ShareFormula.Shares => inside,
            _ => throw new System.Diagnostics.UnreachableException($"{formula}"),
        };
    }

    // ceil(10^((l² + 125 l) / 612 − 7/34)) with l = log2(shares): the least weight whose logarithm
    // reaches the exponent.
    private static long Quadratic(ulong shares)
    {
        Int128 log = BinaryLogarithm.Of(shares);
        Int128 square = log * log >> BinaryLogarithm.FractionBits;
        long exponent = (long)((square + (125 * log) - ((Int128)126 << BinaryLogarithm.FractionBits)) / 612);
        (long low, long high) = (1, 10_000);
        while (low < high)
        {
            long middle = (low + high) / 2;
            bool reaches = BinaryLogarithm.Decimal((ulong)middle) >= exponent - Uncertainty;
            (low, high) = reaches ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
