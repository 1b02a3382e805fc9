using Emulator.Core.Randomness;

namespace Emulator.Underlay.Qdiscs;

/// <summary>The parameters of <see cref="Netem"/>, with tc-netem(8)'s names, units and defaults.</summary>
public sealed record NetemOptions
{
    /// <summary>Delay of each frame. Default none.</summary>
    public long DelayNanoseconds { get; init; }

    /// <summary>How far delays spread around it: the half width of the uniform distribution, the unit of the others.
    /// Default none.</summary>
    public long JitterNanoseconds { get; init; }

    /// <summary>How much a delay resembles the one before.</summary>
    public Probability DelayCorrelation { get; init; }

    /// <summary>How delays are distributed.</summary>
    public DelayDistribution Distribution { get; init; }

    /// <summary>Which frames are lost; null for none.</summary>
    public NetemLoss? Loss { get; init; }

    /// <summary>Chance that a frame is sent twice.</summary>
    public Probability Duplicate { get; init; }

    /// <summary>How much that draw resembles the one before.</summary>
    public Probability DuplicateCorrelation { get; init; }

    /// <summary>Chance that one bit of a frame is flipped.</summary>
    public Probability Corrupt { get; init; }

    /// <summary>How much that draw resembles the one before.</summary>
    public Probability CorruptCorrelation { get; init; }

    /// <summary>Chance that a frame is sent at once, ahead of those that are delayed.</summary>
    public Probability Reorder { get; init; }

    /// <summary>How much that draw resembles the one before.</summary>
    public Probability ReorderCorrelation { get; init; }

    /// <summary>Only each <c>gap</c>-th frame may be sent ahead; 0 for none. <c>tc</c> makes it 1 where
    /// <see cref="Reorder"/> is given alone.</summary>
    public int Gap { get; init; }

    /// <summary>Bytes a second of the emulated medium; 0 for without limit.</summary>
    public long RateBytesPerSecond { get; init; }

    /// <summary>Bytes that the medium adds to each frame; may be negative.</summary>
    public int PacketOverhead { get; init; }

    /// <summary>Bytes of a cell, which frames fill up; 0 for a medium without cells.</summary>
    public int CellSize { get; init; }

    /// <summary>Bytes that each cell adds; may be negative.</summary>
    public int CellOverhead { get; init; }

    /// <summary>How many frames may be delayed at a time; more are dropped with <c>QdiscDrop</c>. Default
    /// 1,000.</summary>
    public int Limit { get; init; } = 1_000;

    /// <summary>When frames may leave; null for at any time.</summary>
    public NetemSlot? Slot { get; init; }

    /// <summary>Refuses what no netem can have.</summary>
    /// <exception cref="ArgumentException">The message names the option, its value and the cure.</exception>
    public void Validate(string where)
    {
        Refuse(where, "delay", DelayNanoseconds, 0);
        Refuse(where, "jitter", JitterNanoseconds, 0);
        if (JitterNanoseconds > int.MaxValue)
        {
            throw new ArgumentException(
                $"{where}: a jitter of {JitterNanoseconds} ns is too long; give 2.1 s or less.");
        }

        Refuse(where, "gap", Gap, 0);
        Refuse(where, "rate", RateBytesPerSecond, 0);
        Refuse(where, "cell size", CellSize, 0);
        Refuse(where, "limit", Limit, 1);
        if (!Reorder.IsZero && DelayNanoseconds == 0)
        {
            throw new ArgumentException($"{where}: reordering needs a delay that frames can skip; give a delay.");
        }

        if (Slot is { } slot && (slot.MinNanoseconds < 0 || slot.MaxNanoseconds < slot.MinNanoseconds
            || slot.MaxNanoseconds == 0 || slot.Packets < 0 || slot.Bytes < 0))
        {
            throw new ArgumentException($"{where}: {slot} is no slot; give 0 <= min <= max, max above 0.");
        }
    }

    private static void Refuse(string where, string what, long value, long least)
    {
        if (value < least)
        {
            throw new ArgumentException($"{where}: a {what} of {value} is too little; give {least} or more.");
        }
    }
}
