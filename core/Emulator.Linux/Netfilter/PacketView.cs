using Emulator.Core.Packets;

namespace Emulator.Linux.Netfilter;

/// <summary>The fields of a packet that most rules compare, laid out flat for the walk of one table.</summary>
internal struct PacketView
{
    /// <summary>Set for every packet, so that a rule that does not ask for a state holds.</summary>
    public const byte AnyState = 0x80;

    public uint Source;
    public uint Destination;
    public uint Mark;
    public int SourcePort;
    public int DestinationPort;
    public IPProtocol Protocol;

    /// <summary>The bits of <see cref="ConntrackStates"/> and <see cref="AnyState"/>.</summary>
    public byte States;

    /// <summary>Looks at a packet. A later fragment has no ports: the negative number matches no range.</summary>
    public static PacketView Of(in SkBuff skb, ConntrackStates states)
    {
        IPv4Packet packet = skb.Packet;
        PacketView view = new()
        {
            Source = packet.Source.Value,
            Destination = packet.Destination.Value,
            Mark = skb.Mark,
            Protocol = packet.Protocol,
            SourcePort = -1,
            DestinationPort = -1,
            States = (byte)((byte)states | AnyState),
        };
        TransportPayload payload = packet.Payload is FragmentPayload { Offset: 0 } first ? first.Whole : packet.Payload;
        if (payload is TcpSegment tcp)
        {
            view.SourcePort = tcp.SourcePort;
            view.DestinationPort = tcp.DestinationPort;
        }
        else if (payload is UdpDatagram udp)
        {
            view.SourcePort = udp.SourcePort;
            view.DestinationPort = udp.DestinationPort;
        }

        return view;
    }
}
