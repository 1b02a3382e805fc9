namespace Emulator.Linux.Cgroups.Cpu;

/// <summary>How many cores something gets, as a fraction: 3/4 is three quarters of a core.</summary>
/// <remarks>Both parts stay below 2 to the 46, so that a rate times any time fits in 127 bits; a fraction that outgrows
/// that is reduced (only then: it is what costs most), and if that is not enough cut by powers of two, rounding the
/// rate down. The same rate can be written in several ways: see <see cref="IsSameAs"/>.</remarks>
internal readonly record struct CpuRate
{
    /// <summary>Parts of a nanosecond in which work is counted.</summary>
    public const int PartsPerNanosecond = 1 << PartBits;

    private const int PartBits = 16;
    private const int BitsMax = 46;

    private readonly long _denominator;

    private CpuRate(long numerator, long denominator)
    {
        Numerator = numerator;
        _denominator = denominator;
    }

    /// <summary>Nothing.</summary>
    public static CpuRate Zero => default;

    /// <summary>The upper number.</summary>
    public long Numerator { get; }

    /// <summary>The lower number, above zero.</summary>
    public long Denominator => _denominator == 0 ? 1 : _denominator;

    /// <summary>Whole cores.</summary>
    public static CpuRate Of(long cores) => new(cores, 1);

    /// <summary>What of a capacity is left above some whole cores, times weight / weights.</summary>
    public static CpuRate Share(CpuRate capacity, long taken, long weight, long weights) => Fit(
        ((Int128)capacity.Numerator - ((Int128)taken * capacity.Denominator)) * weight,
        (Int128)capacity.Denominator * weights);

    /// <summary>Whether <see cref="Share"/> would be some whole cores or more.</summary>
    public static bool ShareReaches(CpuRate capacity, long taken, long weight, long weights, long cores) =>
        ((Int128)capacity.Numerator - ((Int128)taken * capacity.Denominator)) * weight
        >= (Int128)capacity.Denominator * weights * cores;

    /// <summary>The sum of two rates.</summary>
    public CpuRate Plus(CpuRate other) => Numerator == 0 ? other : Fit(
        ((Int128)Numerator * other.Denominator) + ((Int128)other.Numerator * Denominator),
        (Int128)Denominator * other.Denominator);

    /// <summary>Whether they are the same number of cores.</summary>
    public bool IsSameAs(CpuRate other) =>
        (Int128)Numerator * other.Denominator == (Int128)other.Numerator * Denominator;

    /// <summary>Work done in a time, in parts of nanoseconds, rounded down.</summary>
    public Int128 Served(long nanoseconds) => Denominator == 1
        ? (Int128)nanoseconds * Numerator << PartBits
        : ((Int128)nanoseconds * Numerator << PartBits) / Denominator;

    /// <summary>The least whole nanoseconds in which this much work is done; the greatest number where nothing is
    /// done.</summary>
    public long TimeFor(Int128 parts)
    {
        if (parts <= 0)
        {
            return 0;
        }

        if (Numerator == 0)
        {
            return long.MaxValue;
        }

        Int128 each = (Int128)Numerator << PartBits;
        Int128 nanoseconds = ((parts * Denominator) + each - 1) / each;
        return nanoseconds > long.MaxValue ? long.MaxValue : (long)nanoseconds;
    }

    private static CpuRate Fit(Int128 numerator, Int128 denominator)
    {
        if (numerator <= 0)
        {
            return Zero;
        }

        if ((numerator | denominator) >> BitsMax == 0)
        {
            return new CpuRate((long)numerator, (long)denominator);
        }

        Int128 divisor = Divisor(numerator, denominator);
        numerator /= divisor;
        denominator /= divisor;
        while (numerator >> BitsMax != 0 || denominator >> BitsMax != 0)
        {
            numerator >>= 1;
            denominator = (denominator + 1) >> 1;
        }

        return new CpuRate((long)numerator, (long)denominator);
    }

    private static Int128 Divisor(Int128 left, Int128 right)
    {
        while (right > long.MaxValue || left > long.MaxValue)
        {
            (left, right) = (right, left % right);
            if (right == 0)
            {
                return left;
            }
        }

        (ulong a, ulong b) = ((ulong)left, (ulong)right);
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }
}
