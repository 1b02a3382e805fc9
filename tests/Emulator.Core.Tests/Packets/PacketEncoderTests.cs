using Emulator.Core.Addresses;
using Emulator.Core.Packets;

namespace Emulator.Core.Tests.Packets;

public sealed class PacketEncoderTests
{
    private static readonly PacketIdentity Identity = new(1, 2, false);

    /// <summary>The much-quoted header of a 115-byte UDP packet from 192.168.0.1 to 192.168.0.199; its checksum is
    /// b861.</summary>
    [Fact]
    public void Writes_an_IPv4_header_with_its_checksum()
    {
        IPv4Packet packet = Packet(IPv4Address.From(192, 168, 0, 1), IPv4Address.From(192, 168, 0, 199),
            new UdpDatagram(1, 2, new FillerPayload(87))) with { DontFragment = true };

        Assert.Equal("45000073000040004011B861C0A80001C0A800C7", Hex(packet)[..40]);
    }

    /// <summary>RFC 768: pseudo header 0a00 0001 0a00 0002 0011 0008 and header 0001 0002 0008 sum to 1427.</summary>
    [Fact]
    public void Sums_the_UDP_pseudo_header() =>
        Assert.Equal("000100020008EBD8", Transport(new UdpDatagram(1, 2, Payload.Empty)));

    [Fact]
    public void Sends_no_UDP_checksum_where_none_is_wanted() =>
        Assert.Equal("0001000200080000", Transport(new UdpDatagram(1, 2, Payload.Empty) { NoChecksum = true }));

    /// <summary>RFC 768: a sum that comes out as zero is sent as all ones. Destination port EBDA makes the sum
    /// ffff.</summary>
    [Fact]
    public void Sends_a_UDP_checksum_of_zero_as_all_ones() =>
        Assert.Equal("0001EBDA0008FFFF", Transport(new UdpDatagram(1, 0xEBDA, Payload.Empty)));

    /// <summary>RFC 792: type 8, identifier 1, sequence 1: 0800 + 0001 + 0001 = 0802, complement f7fd.</summary>
    [Fact]
    public void Sums_an_ICMP_message_without_a_pseudo_header() =>
        Assert.Equal("0800F7FD00010001", Transport(
            new IcmpMessage { Type = IcmpType.EchoRequest, Rest = 0x0001_0001 }));

    /// <summary>The order in which Linux writes a SYN's options, as in the recorded walks: mss, sackOK, ts, nop,
    /// wscale.</summary>
    [Fact]
    public void Lays_the_options_of_a_SYN_out_as_Linux_does()
    {
        var options = new TcpOptions
        {
            MaximumSegmentSize = 1410, SackPermitted = true, Timestamps = (0x01020304, 0), WindowScale = 10,
        };
        string hex = Transport(Segment(TcpFlags.Syn, options));

        Assert.Equal("A002", hex[24..28]); // Ten words of header, SYN.
        Assert.Equal("02040582" + "0402080A0102030400000000" + "0103030A", hex[40..]);
    }

    [Fact]
    public void Pads_timestamps_with_two_nops_after_the_handshake()
    {
        var options = new TcpOptions { Timestamps = (1, 2), SackBlocks = [new SackBlock(3, 4)] };
        string hex = Transport(Segment(TcpFlags.Ack, options));

        Assert.Equal("0101080A0000000100000002" + "0101050A0000000300000004", hex[40..]);
    }

    [Fact]
    public void Refuses_more_options_than_a_TCP_header_holds()
    {
        SackBlock[] blocks = [default, default, default, default];
        var options = new TcpOptions { Timestamps = (1, 2), SackBlocks = blocks };

        Assert.Throws<ArgumentOutOfRangeException>(() => Transport(Segment(TcpFlags.Ack, options)));
    }

    /// <summary>2 + 3 + 34 bytes fit as another stack may send them, but not with Linux' padding: 4 + 4 + 36.</summary>
    [Fact]
    public void Packs_options_closely_that_do_not_fit_with_padding()
    {
        SackBlock[] blocks = [new SackBlock(1, 2), new SackBlock(3, 4), new SackBlock(5, 6), new SackBlock(7, 8)];
        var options = new TcpOptions { SackPermitted = true, WindowScale = 7, SackBlocks = blocks };
        string hex = Transport(Segment(TcpFlags.Ack, options));

        Assert.Equal(
            "0402" + "030307" + "0522" + "00000001000000020000000300000004000000050000000600000007" + "00000008" + "00",
            hex[40..]);
    }

    /// <summary>RFC 7348 section 5: flags 08, three reserved bytes, VNI in 24 bits, one reserved byte, then the
    /// frame.</summary>
    [Fact]
    public void Puts_the_inner_frame_after_the_VXLAN_header()
    {
        var inner = new EthernetFrame(new MacAddress(1), new MacAddress(2), Arp());
        string hex = Transport(new UdpDatagram(40000, 8472, new VxlanPayload(0x123456, inner)) { NoChecksum = true });

        Assert.Equal("0800000012345600", hex[16..32]);
        Assert.Equal("0000000000020000000000010806", hex[32..60]);
    }

    /// <summary>RFC 826: Ethernet 1, IPv4 0800, lengths 6 and 4, request 1, then sender and target.</summary>
    [Fact]
    public void Writes_ARP_fields_in_order()
    {
        var frame = new EthernetFrame(new MacAddress(0x0A580AF40102), MacAddress.Broadcast, Arp());

        Assert.Equal(
            "FFFFFFFFFFFF" + "0A580AF40102" + "0806" + "0001080006040001"
            + "0A580AF40102" + "0AF40102" + "000000000000" + "0AF40103",
            Hex(frame));
    }

    /// <summary>RFC 791 section 2.3: fragments are slices of one whole, so joined they are its bytes, checksum
    /// included.</summary>
    [Fact]
    public void Cuts_fragments_out_of_the_encoded_whole()
    {
        var whole = new UdpDatagram(5, 6, new BytesPayload(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8, 9 }));
        IPv4Packet first = Packet(new FragmentPayload(whole, 0, 8)) with { MoreFragments = true };
        IPv4Packet last = Packet(new FragmentPayload(whole, 8, 9)) with { FragmentOffset = 8 };

        Assert.Equal(Transport(whole), Hex(first)[40..] + Hex(last)[40..]);
        Assert.Equal("2000", Hex(first)[12..16]);
        Assert.Equal("0001", Hex(last)[12..16]);
    }

    [Fact]
    public void Quotes_as_many_bytes_of_a_packet_as_an_ICMP_error_carries()
    {
        IPv4Packet quoted = Packet(new UdpDatagram(5, 6, new FillerPayload(100)));
        var error = new IcmpMessage { Type = IcmpType.TimeExceeded, Quoted = quoted, QuotedLength = 28 };

        Assert.Equal(Hex(quoted)[..56], Transport(error)[16..]);
    }

    [Fact]
    public void Refuses_a_span_that_is_too_short() =>
        Assert.Throws<ArgumentException>(() => PacketEncoder.Encode(Arp(), new byte[27]));

    private static ArpPacket Arp() => new(
        ArpOperation.Request, new MacAddress(0x0A580AF40102), IPv4Address.From(10, 244, 1, 2),
        MacAddress.Zero, IPv4Address.From(10, 244, 1, 3))
    { Identity = Identity };

    private static TcpSegment Segment(TcpFlags flags, TcpOptions options) =>
        new() { SourcePort = 1, DestinationPort = 2, Flags = flags, Options = options };

    private static IPv4Packet Packet(TransportPayload payload) =>
        Packet(IPv4Address.From(10, 0, 0, 1), IPv4Address.From(10, 0, 0, 2), payload);

    private static IPv4Packet Packet(IPv4Address source, IPv4Address destination, TransportPayload payload) =>
        new() { Identity = Identity, Source = source, Destination = destination, Payload = payload };

    private static string Transport(TransportPayload payload) => Hex(Packet(payload))[40..];

    private static string Hex(IPv4Packet packet)
    {
        var bytes = new byte[packet.Length];
        PacketEncoder.Encode(packet, bytes);
        return Convert.ToHexString(bytes);
    }

    private static string Hex(EthernetFrame frame)
    {
        var bytes = new byte[frame.Length];
        PacketEncoder.Encode(frame, bytes);
        return Convert.ToHexString(bytes);
    }
}
