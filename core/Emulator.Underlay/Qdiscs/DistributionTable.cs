namespace Emulator.Underlay.Qdiscs;

/// <summary>4,096 deviations from the mean, equally probable, in 1/8,192 of the jitter: what a random number looks
/// up.</summary>
/// <remarks>
/// The scale, size and clipping to 16 bits are those of Linux' NETEM_DIST_SCALE and iproute2's tables. The entries are
/// our own integer computation, at start: of the normal distribution, the i-th is the deviation below which
/// (i + 1/2)/4096 of the bell lies; of Pareto's, 4/3 (u^(-1/3) - 3/2) for u from 1 down to 1/4096 in equal steps.
/// </remarks>
internal static class DistributionTable
{
    /// <summary>Units a jitter.</summary>
    public const int Scale = 8_192;

    /// <summary>Entries a table.</summary>
    public const int Size = 4_096;

    private const int BellEnd = 7 * Scale;

    /// <summary>The normal distribution.</summary>
    public static short[] Normal { get; } = MakeNormal();

    /// <summary>Pareto's.</summary>
    public static short[] Pareto { get; } = MakePareto();

    /// <summary>The mixture.</summary>
    public static short[] ParetoNormal { get; } = MakeMixture();

    /// <summary>The table of a distribution; null for the uniform one, which needs none.</summary>
    public static short[]? Of(DelayDistribution distribution) => distribution switch
    {
        DelayDistribution.Uniform => null,
        DelayDistribution.Normal => Normal,
        DelayDistribution.Pareto => Pareto,
        DelayDistribution.ParetoNormal => ParetoNormal,
        _ => throw new System.Diagnostics.UnreachableException(distribution.ToString()),
    };

    // exp(-x^2/2) at x = j/8192, in 2^-62: each from the one before by a factor that itself shrinks by exp(-h^2),
    // h = 1/8192. exp(-2^-27) and exp(-2^-26) by their series, exact to the last bit. Added up with the rule of the
    // trapezium, so far out that the rest is below one unit.
    private static short[] MakeNormal()
    {
        const int bits = 62;
        ulong height = 1UL << bits;
        ulong factor = (1UL << bits) - (1UL << (bits - 27)) + (1UL << (bits - 55));
        ulong shrink = (1UL << bits) - (1UL << (bits - 26)) + (1UL << (bits - 53));
        var areas = new UInt128[BellEnd + 1];
        for (int j = 1; j <= BellEnd; j++)
        {
            ulong next = (ulong)(((UInt128)height * factor) >> bits);
            factor = (ulong)(((UInt128)factor * shrink) >> bits);
            areas[j] = areas[j - 1] + height + next;
            height = next;
        }

        // The upper half of the table, and its mirror image.
        var table = new short[Size];
        UInt128 half = areas[BellEnd];
        int place = 0;
        for (int i = Size / 2; i < Size; i++)
        {
            UInt128 area = half * (ulong)((2 * (i - (Size / 2))) + 1) / Size;
            while (areas[place + 1] < area)
            {
                place++;
            }

            bool isNearerToNext = area - areas[place] > areas[place + 1] - area;
            table[i] = (short)Math.Min(place + (isNearerToNext ? 1 : 0), short.MaxValue);
            table[Size - 1 - i] = (short)-table[i];
        }

        return table;
    }

    private static short[] MakePareto()
    {
        var table = new short[Size];
        for (int i = 0; i < Size; i++)
        {
            table[i] = (short)Math.Min(ParetoAt(Size - i), short.MaxValue);
        }

        return table;
    }

    // The 0.25 normal + 0.75 Pareto of the same rank.
    private static short[] MakeMixture()
    {
        var table = new short[Size];
        for (int i = 0; i < Size; i++)
        {
            int sum = Normal[i] + (3 * ParetoAt(Size - i));
            table[i] = (short)Math.Clamp((sum + (sum >= 0 ? 2 : -2)) / 4, short.MinValue, short.MaxValue);
        }

        return table;
    }

    // 4/3 * 8192 * ((4096/rank)^(1/3) - 3/2), rounded: the cube root in 2^-16, from 48 bits more.
    private static int ParetoAt(int rank)
    {
        UInt128 value = ((UInt128)Size << 48) / (ulong)rank;
        UInt128 root = 0;
        for (int bit = 24; bit >= 0; bit--)
        {
            UInt128 candidate = root | ((UInt128)1 << bit);
            root = candidate * candidate * candidate <= value ? candidate : root;
        }

        long scaled = 4L * Scale * ((long)root - (3 << 15));
        long divisor = 3L << 16;
        return (int)((scaled + (scaled >= 0 ? divisor / 2 : -divisor / 2)) / divisor);
    }
}
