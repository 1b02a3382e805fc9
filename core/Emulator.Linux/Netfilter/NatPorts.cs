using Emulator.Core.Packets;
using Emulator.Core.Randomness;

namespace Emulator.Linux.Netfilter;

/// <summary>
/// Finds a source port (or echo identifier) with which a translated connection's replies are nobody else's.
/// </summary>
/// <remarks>
/// Source: get_unique_tuple and nf_nat_l4proto_unique_tuple. Left out: reusing the translation that another
/// connection of the same source already has, and taking over entries in TIME_WAIT.
/// </remarks>
internal static class NatPorts
{
    /// <summary>Ports tried in a row before another starting point is drawn.</summary>
    private const int AttemptsMax = 128;

    /// <summary>Below so many attempts a row is not worth it: the search ends without a port.</summary>
    private const int AttemptsMin = 16;

    /// <summary>
    /// Keeps the tuple if it is free (and not <paramref name="randomFully"/>), else finds it a port; false when none
    /// is.
    /// </summary>
    public static bool TryFind(
        Conntrack table, int self, ref ConntrackTuple tuple, bool randomFully, ref RandomStream dice, long now)
    {
        if (!randomFully && IsFree(table, self, tuple, now))
        {
            return true;
        }

        (int first, int size) = RangeOf(tuple);
        uint offset = dice.NextBelow(65_536);
        for (int attempts = Math.Min(size, AttemptsMax); ; attempts /= 2)
        {
            for (int i = 0; i < attempts; i++, offset++)
            {
                tuple = tuple.WithSourcePort((ushort)(first + (offset % (uint)size)));
                if (IsFree(table, self, tuple, now))
                {
                    return true;
                }
            }

            if (attempts >= size || attempts < AttemptsMin)
            {
                return false;
            }

            offset = dice.NextBelow(65_536);
        }
    }

    /// <summary>
    /// Whether nobody else has the tuple of the replies. An entry of the very same flow, whose first packets race, does
    /// not count: the race is resolved when the second is confirmed.
    /// </summary>
    private static bool IsFree(Conntrack table, int self, in ConntrackTuple tuple, long now)
    {
        int index = table.Find(tuple.Inverse, now, out _);
        return index < 0 || table[index].Original == table[self].Original;
    }

    /// <summary>Ports stay in their class: below 512, below 1,024, and the rest. Identifiers are all alike.</summary>
    private static (int First, int Size) RangeOf(in ConntrackTuple tuple) => tuple.Protocol switch
    {
        IPProtocol.Icmp => (0, 65_536),
        _ when tuple.SourcePort < 512 => (1, 511),
        _ when tuple.SourcePort < 1_024 => (600, 424),
        _ => (1_024, 64_512),
    };
}
