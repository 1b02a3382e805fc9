using Emulator.Core.Packets;

namespace Emulator.Engine.Telemetry;

/// <summary>The packets of an exchange whose paths tell its story, for <see cref="TraceTable.Minimal"/>.</summary>
/// <remarks>
/// They are the requests that open a connection (SYN) or stand alone (UDP, ICMP echo), in order: the client's, a
/// look-up's, a proxy's own. Of a SYN that was sent again the last counts, or the one whose drop decided. The packet
/// whose drop decided is always among them. ARP never is.
/// </remarks>
internal static class TracePaths
{
    private const byte EchoRequest = (byte)IcmpType.EchoRequest;

    /// <summary>The hops of each such packet; none where nothing but ARP was seen.</summary>
    public static IReadOnlyList<TraceHop[]> Of(TraceReport report)
    {
        var order = new List<string>();
        var chosen = new Dictionary<string, ulong>(StringComparer.Ordinal);
        var seen = new HashSet<ulong>();
        foreach (TraceHop hop in report.Hops)
        {
            ulong id = hop.Packet.Identity.Packet;
            if (hop.Packet.Arp is not null || !seen.Add(id) || !(Opens(hop) || id == report.DroppedPacket))
            {
                continue;
            }

            string key = KeyOf(hop.Packet);
            if (chosen.TryAdd(key, id))
            {
                order.Add(key);
            }
            else if (chosen[key] != report.DroppedPacket)
            {
                chosen[key] = id;
            }
        }

        ulong[] packets = [.. order.Select(k => chosen[k])];
        if (packets.Length == 0 && report.Hops.FirstOrDefault(h => h.Packet.Arp is null) is TraceHop first)
        {
            packets = [first.Packet.Identity.Packet];
        }

        return [.. packets.Select(p => report.Hops.Where(h => h.Packet.Identity.Packet == p).ToArray())];
    }

    private static bool Opens(TraceHop hop) => !hop.IsReply && (hop.Packet.Tcp is TcpSegment tcp
        ? (tcp.Flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Syn
        : hop.Packet.Protocol == "udp" || hop.Packet.Icmp is { Type: EchoRequest });

    /// <summary>The same for a SYN and for that SYN sent again; each other packet has its own.</summary>
    private static string KeyOf(HopPacket packet) =>
        packet.Tcp is TcpSegment tcp && (tcp.Flags & (TcpFlags.Syn | TcpFlags.Ack)) == TcpFlags.Syn
            ? $"{packet.SourceText} {packet.DestinationText} {tcp.SequenceNumber}"
            : $"{packet.Identity.Packet}";
}
