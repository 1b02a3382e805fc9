using Emulator.Core.Journal;

namespace Emulator.Underlay.Qdiscs;

/// <summary>What becomes of one frame in a queueing discipline.</summary>
/// <param name="Drop">Why it is dropped; <c>None</c> where it leaves.</param>
/// <param name="LeavesAt">When it leaves, in nanoseconds.</param>
/// <param name="FlippedBit">Which of its bits arrives flipped, counted from the first; null for none.</param>
public readonly record struct QdiscFate(DropReason Drop, long LeavesAt, int? FlippedBit)
{
    /// <summary>It is dropped.</summary>
    public static QdiscFate Dropped(DropReason reason) => new(reason, 0, null);
}

/// <summary>What becomes of a frame and, where it was duplicated, of its copy, which leaves first.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="Copy">Its copy; null where there is none.</param>
public readonly record struct QdiscVerdict(QdiscFate Frame, QdiscFate? Copy);
