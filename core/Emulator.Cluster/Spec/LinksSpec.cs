using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Cluster.Spec;

/// <summary>What the way between two machines is like, in each direction.</summary>
public sealed record LinkSpec
{
    /// <summary>One way, from machine to machine; above zero.</summary>
    public required SimDuration Latency { get; init; }

    /// <summary>Bits a second on each wire of the way; 0 means without limit. Default 10 Gbit.</summary>
    public long RateBitsPerSecond { get; init; } = 10_000_000_000;

    /// <summary>How many frames may wait for the wire. Default 1,000 (Linux' txqueuelen).</summary>
    public int QueueLengthMax { get; init; } = 1_000;

    /// <summary>Extra delay drawn for each frame, uniform from 0 up to this. Default none.</summary>
    public SimDuration Jitter { get; init; }

    /// <summary>Delay on top of the latency, which reordered frames skip. Default none.</summary>
    public SimDuration ExtraDelay { get; init; }

    /// <summary>Chance that a frame is lost. Default never.</summary>
    public Ratio Loss { get; init; } = Ratio.Zero;

    /// <summary>Chance that a frame arrives twice. Default never.</summary>
    public Ratio Duplicate { get; init; } = Ratio.Zero;

    /// <summary>Chance that a frame overtakes. Default never.</summary>
    public Ratio Reorder { get; init; } = Ratio.Zero;

    /// <summary>What tc-netem would do to frames, beyond the above. Default nothing.</summary>
    public NetemOptions? Netem { get; init; }

    /// <summary>A token bucket before that. Default none.</summary>
    public TbfOptions? Tbf { get; init; }
}

/// <summary>Latencies, rates and impairments by distance.</summary>
/// <param name="HopCost">What one hop inside a machine takes; at least 1 µs, the default.</param>
/// <param name="WithinZone">Between machines of a zone; default 50 µs.</param>
/// <param name="BetweenZones">Between machines of two zones, all told; default 500 µs.</param>
/// <param name="Outside">Between a machine and a host outside, all told; default 5 ms.</param>
public sealed record LinksSpec(SimDuration HopCost, LinkSpec WithinZone, LinkSpec BetweenZones, LinkSpec Outside);
