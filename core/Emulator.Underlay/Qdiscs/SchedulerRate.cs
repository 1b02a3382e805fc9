namespace Emulator.Underlay.Qdiscs;

/// <summary>How long bytes take at a rate, with the kernel's rounding.</summary>
/// <remarks>Source: Linux sch_generic.c (psched_ratecfg_precompute__, psched_l2t_ns): a multiplier of 32 bits and a
/// shift in place of a division, so that times may be short by up to 1 in 2^31.</remarks>
internal readonly struct SchedulerRate
{
    private readonly ulong _multiplier;
    private readonly int _shift;

    /// <summary>A rate above zero.</summary>
    public SchedulerRate(long bytesPerSecond)
    {
        BytesPerSecond = bytesPerSecond;
        ulong factor = 1_000_000_000;
        _multiplier = factor / (ulong)bytesPerSecond;
        while ((_multiplier & (1UL << 31)) == 0 && (factor & (1UL << 63)) == 0)
        {
            factor <<= 1;
            _shift++;
            _multiplier = factor / (ulong)bytesPerSecond;
        }
    }

    /// <summary>The rate.</summary>
    public long BytesPerSecond { get; }

    /// <summary>How long so many bytes take, in nanoseconds.</summary>
    public long Nanoseconds(long bytes) => (long)(((UInt128)(ulong)bytes * _multiplier) >> _shift);
}
