using System.Numerics;

namespace Emulator.Engine.Telemetry;

/// <summary>
/// Durations in buckets that grow with them: below 2,048 ns exact, above that a percentile is at most 1/1,024 (0.1 %)
/// larger than the duration it stands for. Bounded: at most 56 × 1,024 buckets, made as they are needed.
/// </summary>
public sealed class LatencyHistogram
{
    private const int PrecisionBits = 10;

    private long[] _buckets = new long[4 << PrecisionBits];

    /// <summary>How many durations it holds.</summary>
    public long Count { get; private set; }

    /// <summary>The longest, exactly; 0 where there is none.</summary>
    public long MaximumNanoseconds { get; private set; }

    /// <summary>Adds a duration of 0 ns or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public void Add(long nanoseconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nanoseconds);
        int index = IndexOf(nanoseconds);
        if (index >= _buckets.Length)
        {
            Array.Resize(ref _buckets, index + (1 << PrecisionBits));
        }

        _buckets[index]++;
        Count++;
        MaximumNanoseconds = Math.Max(MaximumNanoseconds, nanoseconds);
    }

    /// <summary>The duration that so many per mille of all do not exceed (nearest rank); 0 where there is
    /// none.</summary>
    /// <param name="perMille">1 to 1,000: 500 is the median.</param>
    public long Percentile(int perMille)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(perMille, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(perMille, 1000);
        long rank = (long)(((Int128)Count * perMille + 999) / 1000);
        long seen = 0;
        for (int i = 0; i < _buckets.Length; i++)
        {
            seen += _buckets[i];
            if (seen >= rank && seen > 0)
            {
                return Math.Min(LastOf(i), MaximumNanoseconds);
            }
        }

        return 0;
    }

    /// <summary>A duration's leading eleven bits, and how far they are shifted, as one number that grows with
    /// it.</summary>
    private static int IndexOf(long nanoseconds)
    {
        int shift = Math.Max(0, BitOperations.Log2((ulong)nanoseconds) - PrecisionBits);
        return (shift << PrecisionBits) + (int)(nanoseconds >> shift);
    }

    private static long LastOf(int index)
    {
        int shift = Math.Max(0, (index >> PrecisionBits) - 1);
        long leading = index - ((long)shift << PrecisionBits);
        return ((leading + 1) << shift) - 1;
    }
}
