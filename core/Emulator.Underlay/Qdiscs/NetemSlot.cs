namespace Emulator.Underlay.Qdiscs;

/// <summary><c>slot</c>: frames leave in bursts, as over a medium that is shared in turns.</summary>
/// <param name="MinNanoseconds">Least time from one slot to the next.</param>
/// <param name="MaxNanoseconds">Most; evenly drawn.</param>
/// <param name="Packets">Most frames a slot; 0 for without bound.</param>
/// <param name="Bytes">Most bytes a slot; 0 for without bound.</param>
public sealed record NetemSlot(long MinNanoseconds, long MaxNanoseconds, int Packets = 0, int Bytes = 0);
