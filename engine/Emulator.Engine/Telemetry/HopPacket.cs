using Emulator.Core.Addresses;
using Emulator.Core.Packets;

namespace Emulator.Engine.Telemetry;

/// <summary>A packet that an ICMP error quotes.</summary>
/// <param name="Source">Its source address.</param>
/// <param name="Destination">Its destination address.</param>
/// <param name="Ports">Its ports, where it has any.</param>
/// <param name="TimeToLive">Its TTL when it was quoted.</param>
/// <param name="Length">Its IP total length.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>icmp</c>.</param>
public sealed record QuotedPacket(
    IPv4Address Source, IPv4Address Destination, (ushort Source, ushort Destination)? Ports, byte TimeToLive,
    int Length, string Protocol);

/// <summary>The ICMP fields of a packet.</summary>
/// <param name="Type">The type.</param>
/// <param name="Code">The code.</param>
/// <param name="Mtu">The next hop's MTU, in "fragmentation needed" alone.</param>
/// <param name="Quoted">The packet that an error is about.</param>
public sealed record HopIcmp(byte Type, byte Code, int? Mtu, QuotedPacket? Quoted);

/// <summary>The headers around a packet inside a VXLAN tunnel.</summary>
public sealed record HopOuter(
    MacAddress SourceMac, MacAddress DestinationMac, Endpoint Source, Endpoint Destination, byte TimeToLive,
    int Length, int Vni);

/// <summary>
/// A frame's fields as a capture at one interface shows them. For a frame in a tunnel they are the inner packet's, and
/// <see cref="Outer"/> has the outer headers.
/// </summary>
public sealed record HopPacket
{
    /// <summary>The packet's and the exchange's id.</summary>
    public required PacketIdentity Identity { get; init; }

    /// <summary><c>tcp</c>, <c>udp</c>, <c>icmp</c> or <c>arp</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>The source address; of an ARP packet, the sender's.</summary>
    public required IPv4Address Source { get; init; }

    /// <summary>The destination address; of an ARP packet, the target's.</summary>
    public required IPv4Address Destination { get; init; }

    /// <summary>Source and destination port; null for ICMP, ARP and fragments after the first.</summary>
    public (ushort Source, ushort Destination)? Ports { get; init; }

    /// <summary>The frame's source.</summary>
    public required MacAddress SourceMac { get; init; }

    /// <summary>The frame's destination.</summary>
    public required MacAddress DestinationMac { get; init; }

    /// <summary>The IPv4 header; null for ARP.</summary>
    public IPv4Packet? Header { get; init; }

    /// <summary>IP total length, or the length of an ARP packet.</summary>
    public required int Length { get; init; }

    /// <summary>
    /// Bytes above the transport header: what the UDP header says, a segment's data, an echo's data. Null for ICMP
    /// errors, ARP and fragments after the first.
    /// </summary>
    public int? PayloadLength { get; init; }

    /// <summary>The TCP header, where there is one.</summary>
    public TcpSegment? Tcp { get; init; }

    /// <summary>The ICMP fields, where there are any.</summary>
    public HopIcmp? Icmp { get; init; }

    /// <summary>An ARP packet in a few words: <c>request 10.244.1.2&gt;10.244.1.3</c>.</summary>
    public string? Arp { get; init; }

    /// <summary>The tunnel's headers, where the frame is in one.</summary>
    public HopOuter? Outer { get; init; }

    /// <summary>The source as <c>ip:port</c>, or the address alone where there is no port.</summary>
    public string SourceText => Text(Source, Ports?.Source);

    /// <summary>The destination as <c>ip:port</c>, or the address alone where there is no port.</summary>
    public string DestinationText => Text(Destination, Ports?.Destination);

    /// <summary>Reads a frame.</summary>
    public static HopPacket From(EthernetFrame frame)
    {
        if (frame.Payload is IPv4Packet { Payload: UdpDatagram { Data: VxlanPayload vxlan } udp } outer)
        {
            return From(vxlan.Frame) with
            {
                Outer = new HopOuter(
                    frame.Source, frame.Destination, new Endpoint(outer.Source, udp.SourcePort),
                    new Endpoint(outer.Destination, udp.DestinationPort), outer.TimeToLive, outer.Length, vxlan.Vni),
            };
        }

        if (frame.Payload is ArpPacket arp)
        {
            string operation = arp.Operation == ArpOperation.Request ? "request" : "reply";
            return new HopPacket
            {
                Identity = arp.Identity,
                Protocol = "arp",
                Source = arp.SenderAddress,
                Destination = arp.TargetAddress,
                SourceMac = frame.Source,
                DestinationMac = frame.Destination,
                Length = arp.Length,
                Arp = $"{operation} {arp.SenderAddress}>{arp.TargetAddress}",
            };
        }

        return FromIPv4(frame, (IPv4Packet)frame.Payload);
    }

    /// <summary>The letters of TCP flags: F S R P A U in this order, such as <c>SA</c> and <c>PA</c>.</summary>
    public static string Letters(TcpFlags flags)
    {
        Span<char> letters = stackalloc char[6];
        int count = 0;
        ReadOnlySpan<TcpFlags> order = [TcpFlags.Fin, TcpFlags.Syn, TcpFlags.Rst, TcpFlags.Psh, TcpFlags.Ack,
            TcpFlags.Urg];
        for (int i = 0; i < order.Length; i++)
        {
            if ((flags & order[i]) != 0)
            {
                letters[count++] = "FSRPAU"[i];
            }
        }

        return new string(letters[..count]);
    }

    /// <summary>TCP options in the order of the wire: <c>mss=1410</c>, <c>sackOK</c>, <c>ts</c>, <c>wscale=10</c>,
    /// <c>sack</c>.</summary>
    public static IReadOnlyList<string> Words(TcpOptions options)
    {
        var words = new List<string>();
        if (options.MaximumSegmentSize is ushort mss)
        {
            words.Add($"mss={mss}");
        }

        if (options.SackPermitted)
        {
            words.Add("sackOK");
        }

        if (options.Timestamps is not null)
        {
            words.Add("ts");
        }

        if (options.WindowScale is byte shift)
        {
            words.Add($"wscale={shift}");
        }

        if (options.SackBlocks.Count > 0)
        {
            words.Add("sack");
        }

        return words;
    }

    private static HopPacket FromIPv4(EthernetFrame frame, IPv4Packet packet)
    {
        TransportPayload transport = packet.Payload;
        bool hasHeader = packet.FragmentOffset == 0;
        while (transport is FragmentPayload piece)
        {
            transport = piece.Whole;
        }

        IcmpMessage? icmp = hasHeader ? transport as IcmpMessage : null;
        return new HopPacket
        {
            Identity = packet.Identity,
            Protocol = Name(packet.Protocol),
            Source = packet.Source,
            Destination = packet.Destination,
            Ports = hasHeader ? PortsOf(transport) : null,
            SourceMac = frame.Source,
            DestinationMac = frame.Destination,
            Header = packet,
            Length = packet.Length,
            PayloadLength = hasHeader ? PayloadLengthOf(transport) : null,
            Tcp = hasHeader ? transport as TcpSegment : null,
            Icmp = icmp is null ? null : new HopIcmp((byte)icmp.Type, icmp.Code, MtuOf(icmp), Quote(icmp.Quoted)),
        };
    }

    private static QuotedPacket? Quote(IPv4Packet? quoted)
    {
        if (quoted is null)
        {
            return null;
        }

        TransportPayload transport = quoted.Payload;
        while (transport is FragmentPayload piece)
        {
            transport = piece.Whole;
        }

        return new QuotedPacket(
            quoted.Source, quoted.Destination, quoted.FragmentOffset == 0 ? PortsOf(transport) : null,
            quoted.TimeToLive, quoted.Length, Name(quoted.Protocol));
    }

    private static int? MtuOf(IcmpMessage icmp) =>
        icmp is { Type: IcmpType.DestinationUnreachable, Code: IcmpUnreachable.FragmentationNeeded }
            ? (int)(icmp.Rest & 0xFFFF) : null;

    private static (ushort Source, ushort Destination)? PortsOf(TransportPayload payload) => payload switch
    {
        UdpDatagram udp => (udp.SourcePort, udp.DestinationPort),
        TcpSegment tcp => (tcp.SourcePort, tcp.DestinationPort),
        _ => null,
    };

    private static int? PayloadLengthOf(TransportPayload payload) => payload switch
    {
        UdpDatagram udp => udp.Data.Length,
        TcpSegment tcp => tcp.Data.Length,
        IcmpMessage { IsError: false } icmp => icmp.Data.Length,
        _ => null,
    };

    private static string Name(IPProtocol protocol) => protocol switch
    {
        IPProtocol.Icmp => "icmp",
        IPProtocol.Tcp => "tcp",
        IPProtocol.Udp => "udp",
        _ => ((byte)protocol).ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private static string Text(IPv4Address address, ushort? port) => port is null ? $"{address}" : $"{address}:{port}";
}
