using System.Numerics;

namespace Emulator.Client.Running;

/// <summary>
/// Counts latencies in buckets of which each is at most 1/64 wider than the last, so that a percentile is right to within
/// 1.6 % whatever the number of exchanges. The least and the greatest are exact.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 6;
    private readonly long[] _counts = new long[(64 - SubBits + 1) << SubBits];

    /// <summary>How many.</summary>
    public long Count { get; private set; }

    /// <summary>The least, in nanoseconds.</summary>
    public long Least { get; private set; } = long.MaxValue;

    /// <summary>The greatest, in nanoseconds.</summary>
    public long Most { get; private set; }

    /// <summary>Counts one.</summary>
    public void Add(long nanoseconds)
    {
        Count++;
        Least = Math.Min(Least, nanoseconds);
        Most = Math.Max(Most, nanoseconds);
        _counts[BucketOf(nanoseconds)]++;
    }

    /// <summary>The latency that so many in a thousand do not exceed, in nanoseconds; 0 when there is none.</summary>
    public long PerMille(int share)
    {
        long rank = ((Count * share) + 999) / 1_000;
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank && seen > 0)
            {
                return Math.Min(Most, UpperEdge(i));
            }
        }

        return 0;
    }

    private static int BucketOf(long value)
    {
        int shift = Math.Max(0, 63 - BitOperations.LeadingZeroCount((ulong)Math.Max(value, 0) | 1) - SubBits);
        return (shift << SubBits) + (int)(value >> shift);
    }

    private static long UpperEdge(int bucket)
    {
        int shift = Math.Max(0, (bucket >> SubBits) - 1);
        long start = bucket - ((long)shift << SubBits);
        return ((start + 1) << shift) - 1;
    }
}
