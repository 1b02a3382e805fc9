using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;

namespace Emulator.Linux.Netfilter;

/// <summary>
/// What tells one direction of a connection from all others: addresses, ports and protocol. An ICMP echo has its
/// identifier in place of the source port, and type and code in place of the destination port.
/// </summary>
/// <remarks>Source: <c>struct nf_conntrack_tuple</c>. 16 bytes.</remarks>
internal readonly struct ConntrackTuple : IEquatable<ConntrackTuple>
{
    private readonly ulong _addresses;
    private readonly ulong _ports;

    public ConntrackTuple(
        IPv4Address source, IPv4Address destination, ushort sourcePort, ushort destinationPort, IPProtocol protocol)
    {
        _addresses = ((ulong)source.Value << 32) | destination.Value;
        _ports = ((ulong)sourcePort << 24) | ((ulong)destinationPort << 8) | (byte)protocol;
    }

    private ConntrackTuple(ulong addresses, ulong ports)
    {
        _addresses = addresses;
        _ports = ports;
    }

    public IPv4Address Source => new((uint)(_addresses >> 32));

    public IPv4Address Destination => new((uint)_addresses);

    public ushort SourcePort => (ushort)(_ports >> 24);

    public ushort DestinationPort => (ushort)(_ports >> 8);

    public IPProtocol Protocol => (IPProtocol)(byte)_ports;

    public ulong Hash => StableHash.Combine(_addresses, _ports);

    /// <summary>The tuple of the packets that come back.</summary>
    public ConntrackTuple Inverse
    {
        get
        {
            ulong addresses = (_addresses << 32) | (_addresses >> 32);
            if (Protocol != IPProtocol.Icmp)
            {
                return new ConntrackTuple(
                    addresses, ((ulong)DestinationPort << 24) | ((ulong)SourcePort << 8) | (byte)Protocol);
            }

            // Echo request (8) and echo reply (0) answer each other; the identifier stays.
            return new ConntrackTuple(addresses, _ports ^ ((ulong)IcmpType.EchoRequest << 16));
        }
    }

    public ConntrackTuple WithSource(IPv4Address source) =>
        new(((ulong)source.Value << 32) | (uint)_addresses, _ports);

    public ConntrackTuple WithDestination(IPv4Address destination) =>
        new((_addresses & 0xFFFF_FFFF_0000_0000) | destination.Value, _ports);

    public ConntrackTuple WithSourcePort(ushort port) => new(_addresses, (_ports & 0xFF_FFFF) | ((ulong)port << 24));

    public ConntrackTuple WithDestinationPort(ushort port) =>
        new(_addresses, (_ports & ~0xFF_FF00UL) | ((ulong)port << 8));

    public bool Equals(ConntrackTuple other) => _addresses == other._addresses && _ports == other._ports;

    public override bool Equals(object? obj) => obj is ConntrackTuple other && Equals(other);

    public override int GetHashCode() => (int)Hash;

    public static bool operator ==(ConntrackTuple left, ConntrackTuple right) => left.Equals(right);

    public static bool operator !=(ConntrackTuple left, ConntrackTuple right) => !left.Equals(right);

    /// <summary>The tuple of a packet; false for ICMP errors and for fragments.</summary>
    public static bool TryOf(IPv4Packet packet, out ConntrackTuple tuple) => TryOf(packet, packet.Payload, out tuple);

    /// <summary>The tuple of a packet that an ICMP error quotes, which may be a first fragment.</summary>
    public static bool TryOfQuoted(IPv4Packet quoted, out ConntrackTuple tuple)
    {
        TransportPayload payload = quoted.Payload is FragmentPayload { Offset: 0 } first ? first.Whole : quoted.Payload;
        return TryOf(quoted, payload, out tuple);
    }

    private static bool TryOf(IPv4Packet packet, TransportPayload payload, out ConntrackTuple tuple)
    {
        switch (payload)
        {
            case TcpSegment tcp:
                tuple = new ConntrackTuple(
                    packet.Source, packet.Destination, tcp.SourcePort, tcp.DestinationPort, IPProtocol.Tcp);
                return true;
            case UdpDatagram udp:
                tuple = new ConntrackTuple(
                    packet.Source, packet.Destination, udp.SourcePort, udp.DestinationPort, IPProtocol.Udp);
                return true;
            case IcmpMessage { Type: IcmpType.EchoRequest or IcmpType.EchoReply } echo:
                tuple = new ConntrackTuple(
                    packet.Source, packet.Destination, echo.EchoIdentifier, (ushort)(((int)echo.Type << 8) | echo.Code),
                    IPProtocol.Icmp);
                return true;
            default:
                tuple = default;
                return false;
        }
    }
}
