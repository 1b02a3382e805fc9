using System.Runtime.CompilerServices;
using Emulator.Core.Journal;
using Emulator.Core.Randomness;

namespace Emulator.Engine.Execution;

/// <summary>
/// A rolling 64-bit hash of what happened: per machine over its journal, combined in the order of machine ids.
/// </summary>
/// <remarks>
/// Two runs that have one digest journaled the same facts in the same order on each machine. Kinds from
/// <see cref="JournalKind.FirstDetail"/> on are left out, so tracing changes nothing; subjects are left out, being
/// references.
/// </remarks>
public static class Digest
{
    /// <summary>Adds one entry to a machine's digest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add(ulong digest, in JournalEntry entry)
    {
        // Four pairs that do not wait for each other, then two, then one: the multiplications overlap.
        ulong small = ((ulong)(uint)entry.Length << 32) | ((ulong)entry.Kind << 24) | ((ulong)entry.Direction << 16)
            | ((ulong)entry.Reason << 8) | (entry.IsReply ? 1UL : 0UL);
        ulong place = StableHash.Combine((ulong)entry.TimeNanoseconds, entry.Actor.Id.Value);
        ulong packet = StableHash.Combine(entry.Packet, entry.Flow);
        ulong figures = StableHash.Combine((ulong)entry.A, (ulong)entry.B);
        ulong rest = StableHash.Combine(small, entry.Interface?.Hash ?? 0);
        ulong all = StableHash.Combine(StableHash.Combine(place, packet), StableHash.Combine(figures, rest));
        return StableHash.Combine(digest, all);
    }

    /// <summary>Combines machines' digests, which come in the order of their ids.</summary>
    public static ulong Combine(IEnumerable<(ulong MachineId, ulong Digest)> machines)
    {
        ulong all = 0;
        foreach ((ulong id, ulong digest) in machines)
        {
            all = StableHash.Combine(all, StableHash.Combine(id, digest));
        }

        return StableHash.Finish(all);
    }
}
