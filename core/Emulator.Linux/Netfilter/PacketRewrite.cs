using Emulator.Core.Addresses;
using Emulator.Core.Packets;

namespace Emulator.Linux.Netfilter;

/// <summary>
/// Packets with other addresses and ports. Checksums follow by themselves: they are made when a packet is encoded.
/// </summary>
internal static class PacketRewrite
{
    /// <summary>
    /// The packet with one end rewritten to a tuple's: its source, or its destination. An ICMP echo takes the tuple's
    /// identifier either way. The packet itself when nothing changes.
    /// </summary>
    public static IPv4Packet To(IPv4Packet packet, in ConntrackTuple tuple, bool source)
    {
        TransportPayload payload = Payload(packet.Payload, tuple, source);
        IPv4Address address = source ? tuple.Source : tuple.Destination;
        bool same = ReferenceEquals(payload, packet.Payload);
        if (same && address == (source ? packet.Source : packet.Destination))
        {
            return packet;
        }

        return source
            ? packet with { Source = address, Payload = payload }
            : packet with { Destination = address, Payload = payload };
    }

    /// <summary>The packet with one address rewritten.</summary>
    public static IPv4Packet ToAddress(IPv4Packet packet, IPv4Address address, bool source) =>
        source ? packet with { Source = address } : packet with { Destination = address };

    private static TransportPayload Payload(TransportPayload payload, in ConntrackTuple tuple, bool source)
    {
        ushort port = source ? tuple.SourcePort : tuple.DestinationPort;
        switch (payload)
        {
            case TcpSegment tcp:
                return port == (source ? tcp.SourcePort : tcp.DestinationPort) ? tcp
                    : source ? tcp with { SourcePort = port } : tcp with { DestinationPort = port };
            case UdpDatagram udp:
                return port == (source ? udp.SourcePort : udp.DestinationPort) ? udp
                    : source ? udp with { SourcePort = port } : udp with { DestinationPort = port };
            case IcmpMessage { IsError: false } echo:
                return echo.EchoIdentifier == tuple.SourcePort ? echo
                    : echo with { Rest = ((uint)tuple.SourcePort << 16) | echo.EchoSequence };
            case FragmentPayload fragment:
                TransportPayload whole = Payload(fragment.Whole, tuple, source);
                return ReferenceEquals(whole, fragment.Whole) ? fragment : fragment with { Whole = whole };
            default:
                return payload;
        }
    }
}
