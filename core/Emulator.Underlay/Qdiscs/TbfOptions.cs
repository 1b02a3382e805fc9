namespace Emulator.Underlay.Qdiscs;

/// <summary>The parameters of <see cref="Tbf"/>, with tc-tbf(8)'s names. Bytes and bytes a second.</summary>
public sealed record TbfOptions
{
    /// <summary>How fast tokens come: the rate in the long run. Above zero.</summary>
    public required long RateBytesPerSecond { get; init; }

    /// <summary>Size of the bucket: how much may leave at once. A frame that is longer is dropped, always.</summary>
    public required long BurstBytes { get; init; }

    /// <summary>How many bytes may wait; a frame beyond is dropped, and so is one that is longer than this by
    /// itself.</summary>
    public required long LimitBytes { get; init; }

    /// <summary>How fast the bucket may be emptied; 0 for at once.</summary>
    public long PeakRateBytesPerSecond { get; init; }

    /// <summary>Size of the second bucket, for the peak rate: at least a frame. Needed with a peak rate.</summary>
    public long MtuBytes { get; init; }

    /// <summary>The limit that <c>tc</c> makes of a latency: what may wait so that nothing waits longer.</summary>
    /// <param name="latencyNanoseconds">The latency.</param>
    /// <param name="rate">Bytes a second.</param>
    /// <param name="burst">The bucket.</param>
    /// <param name="peakRate">The peak rate, or 0.</param>
    /// <param name="mtu">The second bucket.</param>
    public static long LimitOf(long latencyNanoseconds, long rate, long burst, long peakRate, long mtu)
    {
        Int128 limit = ((Int128)rate * latencyNanoseconds / 1_000_000_000) + burst;
        if (peakRate > 0)
        {
            limit = Int128.Min(limit, ((Int128)peakRate * latencyNanoseconds / 1_000_000_000) + mtu);
        }

        return (long)Int128.Min(limit, uint.MaxValue);
    }

    /// <summary>Refuses what no bucket can have.</summary>
    /// <exception cref="ArgumentException">The message names the option, its value and the cure.</exception>
    public void Validate(string where)
    {
        if (RateBytesPerSecond <= 0 || BurstBytes <= 0 || LimitBytes < 0)
        {
            throw new ArgumentException(
                $"{where}: tbf with rate {RateBytesPerSecond}, burst {BurstBytes}, limit {LimitBytes}; give a rate and "
                + "a burst above zero and a limit of zero or more.");
        }

        if (PeakRateBytesPerSecond != 0 && (PeakRateBytesPerSecond <= RateBytesPerSecond || MtuBytes <= 0))
        {
            throw new ArgumentException(
                $"{where}: tbf with peakrate {PeakRateBytesPerSecond} and mtu {MtuBytes}; give a peak rate above the "
                + $"rate of {RateBytesPerSecond} and an mtu above zero.");
        }
    }
}
