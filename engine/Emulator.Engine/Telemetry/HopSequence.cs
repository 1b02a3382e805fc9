using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Engine.Telemetry;

/// <summary>Journal entries of one exchange put together to hops: each with what was decided before it and how it
/// ended.</summary>
/// <remarks>
/// One machine's entries come in their order, so details are kept for (packet, machine) until that packet's next hop
/// there. What is left at the end belongs to the packet's last hop on the machine, or anywhere.
/// </remarks>
internal sealed class HopSequence
{
    private readonly List<(TraceHop Hop, string Machine)> _hops = [];
    private readonly Dictionary<(ulong Packet, string Machine), List<TraceDecision>> _pending = [];
    private readonly Dictionary<(ulong Packet, string Machine), TraceHop> _lastOnMachine = [];
    private readonly Dictionary<ulong, TraceHop> _last = [];

    /// <summary>The hops of these entries, ordered by time, then machine, then the machine's own order.</summary>
    public static IReadOnlyList<TraceHop> Of(IReadOnlyList<JournalEntry> entries)
    {
        var sequence = new HopSequence();
        foreach (JournalEntry entry in entries)
        {
            sequence.Add(in entry);
        }

        return sequence.Finish();
    }

    private void Add(in JournalEntry entry)
    {
        (ulong, string) place = (entry.Packet, entry.Actor.Machine.Name);
        if (entry.Kind == JournalKind.Hop)
        {
            AddHop(in entry, place);
        }
        else if (entry.Kind is JournalKind.Delivered or JournalKind.Dropped)
        {
            End(in entry, place);
        }
        else if (entry.Kind > JournalKind.FirstDetail)
        {
            if (!_pending.TryGetValue(place, out List<TraceDecision>? pending))
            {
                _pending.Add(place, pending = []);
            }

            pending.Add(TraceDecision.From(in entry));
        }
    }

    private void AddHop(in JournalEntry entry, (ulong Packet, string Machine) place)
    {
        if (entry.Interface is null || entry.Subject is not EthernetFrame frame)
        {
            throw new InvalidOperationException(
                $"a hop of packet {entry.Packet:x16} at {entry.Actor} lacks interface or frame");
        }

        var hop = new TraceHop
        {
            TimeNanoseconds = entry.TimeNanoseconds,
            Actor = entry.Actor.Name,
            Interface = entry.Interface,
            Direction = entry.Direction,
            IsReply = entry.IsReply,
            Packet = HopPacket.From(frame),
        };
        if (_pending.Remove(place, out List<TraceDecision>? decisions))
        {
            hop.Add(decisions);
        }

        _last[place.Packet] = hop;
        _lastOnMachine[place] = hop;
        _hops.Add((hop, place.Machine));
    }

    private void End(in JournalEntry entry, (ulong Packet, string Machine) place)
    {
        if (LastOf(place) is not TraceHop last)
        {
            return; // It ended where it was made: there is no hop to say it at, and the verdict has the reason.
        }

        if (_pending.Remove(place, out List<TraceDecision>? decisions))
        {
            last.Add(decisions);
        }

        last.Add(TraceDecision.From(in entry));
        last.EndNanoseconds = entry.TimeNanoseconds;
        last.EndAction = entry.Kind == JournalKind.Delivered ? HopAction.Delivered
            : entry.Reason == DropReason.NetfilterReject ? HopAction.Rejected
            : HopAction.Dropped;
    }

    private IReadOnlyList<TraceHop> Finish()
    {
        foreach ((TraceHop hop, string machine) in _hops)
        {
            (ulong, string) place = (hop.Packet.Identity.Packet, machine);
            if (LastOf(place) == hop && _pending.Remove(place, out List<TraceDecision>? decisions))
            {
                hop.Add(decisions);
            }
        }

        TraceHop[] sorted =
        [
            .. _hops.OrderBy(h => h.Hop.TimeNanoseconds).ThenBy(h => h.Machine, StringComparer.Ordinal)
                .Select(h => h.Hop),
        ];
        var previous = new Dictionary<ulong, TraceHop>();
        for (int i = 0; i < sorted.Length; i++)
        {
            TraceHop hop = sorted[i];
            ulong packet = hop.Packet.Identity.Packet;
            hop.Sequence = i + 1;
            hop.Action = hop.EndAction ?? ActionOf(hop, previous.GetValueOrDefault(packet));
            previous[packet] = hop;
        }

        return sorted;
    }

    private TraceHop? LastOf((ulong Packet, string Machine) place) =>
        _lastOnMachine.GetValueOrDefault(place) ?? _last.GetValueOrDefault(place.Packet);

    private static HopAction ActionOf(TraceHop hop, TraceHop? previous)
    {
        bool wasInside = previous?.Packet.Outer is not null;
        bool isInside = hop.Packet.Outer is not null;
        if (previous is not null && wasInside != isInside)
        {
            return isInside ? HopAction.Encapsulated : HopAction.Decapsulated;
        }

        bool changed = previous is not null && previous.Packet.Protocol == hop.Packet.Protocol
            && (previous.Packet.Source != hop.Packet.Source || previous.Packet.Destination != hop.Packet.Destination
                || (hop.Packet.Ports is not null && previous.Packet.Ports is not null
                    && previous.Packet.Ports != hop.Packet.Ports));
        return changed ? HopAction.Translated
            : hop.Direction == Direction.Out ? HopAction.Forwarded
            : HopAction.Received;
    }
}
