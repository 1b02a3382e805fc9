using Emulator.Core.Randomness;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Underlay;

/// <summary>What a one-way wire is like. Times in nanoseconds.</summary>
public sealed record WireOptions
{
    /// <summary>The least latency: nothing arrives sooner. Above zero.</summary>
    public required long LatencyNanoseconds { get; init; }

    /// <summary>Bits a second; 0 means without limit.</summary>
    public long RateBitsPerSecond { get; init; }

    /// <summary>
    /// How many frames may wait for the wire; one more is dropped with <c>QdiscDrop</c>. Default 1,000 (Linux'
    /// txqueuelen).
    /// </summary>
    public int QueueLengthMax { get; init; } = 1_000;

    /// <summary>Extra delay drawn for each frame, uniform from 0 up to this.</summary>
    public long JitterNanoseconds { get; init; }

    /// <summary>Chance that a frame is lost.</summary>
    public Ratio Loss { get; init; } = Ratio.Zero;

    /// <summary>Chance that a frame arrives twice.</summary>
    public Ratio Duplicate { get; init; } = Ratio.Zero;

    /// <summary>
    /// Chance that a frame overtakes: it skips jitter and extra delay, so that it may pass frames sent before it.
    /// </summary>
    public Ratio Reorder { get; init; } = Ratio.Zero;

    /// <summary>Delay on top of the latency, which reordered frames skip.</summary>
    public long ExtraDelayNanoseconds { get; init; }

    /// <summary>What tc-netem would do to frames, on top of the latency; null for nothing.</summary>
    public NetemOptions? Netem { get; init; }

    /// <summary>A token bucket before that; null for none.</summary>
    public TbfOptions? Tbf { get; init; }

    /// <summary>False cuts the wire: frames end with <c>LinkDown</c>.</summary>
    public bool IsUp { get; init; } = true;

    /// <summary>Whether the wire does nothing but delay by its latency.</summary>
    internal bool IsPlain => IsUp && RateBitsPerSecond == 0 && JitterNanoseconds == 0 && ExtraDelayNanoseconds == 0
        && Loss.Numerator == 0 && Duplicate.Numerator == 0 && Netem is null && Tbf is null;

    /// <summary>Refuses options that no wire can have.</summary>
    /// <exception cref="ArgumentException">The message names the ends, the option, its value and the cure.</exception>
    internal void Validate(string from, string to)
    {
        if (LatencyNanoseconds <= 0)
        {
            throw new ArgumentException(
                $"{from} to {to}: zero-latency link between machines ({LatencyNanoseconds} ns); "
                + "give it at least 1 ns.");
        }

        Refuse(from, to, "rate", RateBitsPerSecond);
        Refuse(from, to, "queue length", QueueLengthMax);
        Refuse(from, to, "jitter", JitterNanoseconds);
        Refuse(from, to, "extra delay", ExtraDelayNanoseconds);
        Netem?.Validate($"{from} to {to}");
        Tbf?.Validate($"{from} to {to}");
    }

    private static void Refuse(string from, string to, string what, long value)
    {
        if (value < 0)
        {
            throw new ArgumentException($"{from} to {to}: a {what} of {value} is below zero; give 0 or more.");
        }
    }
}
