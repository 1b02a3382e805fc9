using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Engine.Telemetry;

namespace Emulator.Engine.Tests.Telemetry;

/// <summary>Expected rows: single frames of a Linux kernel's interfaces, in Facts/walks.json.</summary>
public sealed class HopPacketTests
{
    private static readonly PacketIdentity Identity = new(1, 2, false);
    private static readonly MacAddress Pod = MacAddress.Parse("0a:58:0a:f4:01:02");
    private static readonly MacAddress Gateway = MacAddress.Parse("0a:58:0a:f4:01:01");

    [Fact]
    public void Shows_the_packet_that_a_time_exceeded_quotes()
    {
        IPv4Packet quoted = Packet("10.244.1.2", "10.244.2.2", new UdpDatagram(44101, 33434, new FillerPayload(4))) with
        {
            TimeToLive = 1,
        };
        var error = new IcmpMessage { Type = IcmpType.TimeExceeded, Quoted = quoted, QuotedLength = 32 };

        AssertRow("time_exceeded", 0, "n1", "cni0", Frame(Gateway, Pod, Packet("10.244.1.1", "10.244.1.2", error)));
    }

    [Fact]
    public void Shows_the_MTU_of_fragmentation_needed()
    {
        IPv4Packet quoted = Packet("10.244.1.2", "10.244.2.2", new UdpDatagram(41070, 5353, new FillerPayload(1472)));
        var error = new IcmpMessage
        {
            Type = IcmpType.DestinationUnreachable, Code = 4, Rest = 1450, Quoted = quoted, QuotedLength = 548,
        };

        AssertRow("frag_needed", 0, "n1", "cni0", Frame(Gateway, Pod, Packet("10.244.1.1", "10.244.1.2", error)));
    }

    [Fact]
    public void Shows_an_echo_with_its_data_length()
    {
        var echo = new IcmpMessage { Type = IcmpType.EchoRequest, Data = new FillerPayload(56) };
        IPv4Packet packet = Packet("10.244.1.2", "10.244.2.2", echo) with { DontFragment = true };

        AssertRow("echo", 0, "p1a", "eth0", Frame(Pod, Gateway, packet));
    }

    [Fact]
    public void Says_what_ARP_asks_and_answers()
    {
        var other = MacAddress.Parse("0a:58:0a:f4:01:03");
        var first = IPv4Address.Parse("10.244.1.2");
        var second = IPv4Address.Parse("10.244.1.3");
        var request = new ArpPacket(ArpOperation.Request, Pod, first, MacAddress.Zero, second) { Identity = Identity };
        var reply = new ArpPacket(ArpOperation.Reply, other, second, Pod, first) { Identity = Identity };

        AssertRow("arp", 0, "p1a", "eth0", new EthernetFrame(Pod, MacAddress.Broadcast, request));
        AssertRow("arp", 1, "p1b", "eth0", new EthernetFrame(other, Pod, reply));
    }

    /// <summary>The capture named the protocol of later fragments by its number, 17; we say udp.</summary>
    [Fact]
    public void Knows_the_ports_of_the_first_fragment_alone()
    {
        var whole = new UdpDatagram(41062, 5353, new FillerPayload(3000));
        (int Offset, int Length, bool More)[] pieces = [(0, 1424, true), (1424, 1424, true), (2848, 160, false)];
        for (int i = 0; i < pieces.Length; i++)
        {
            (int offset, int length, bool more) = pieces[i];
            IPv4Packet piece = Packet("10.244.1.2", "10.244.2.2", new FragmentPayload(whole, offset, length)) with
            {
                FragmentOffset = (ushort)offset, MoreFragments = more,
            };

            AssertRow("fragments", i, "p1a", "eth0", Frame(Pod, Gateway, piece));
        }
    }

    [Theory]
    [InlineData(TcpFlags.Syn, "S")]
    [InlineData(TcpFlags.Syn | TcpFlags.Ack, "SA")]
    [InlineData(TcpFlags.Psh | TcpFlags.Ack, "PA")]
    [InlineData(TcpFlags.Fin | TcpFlags.Ack, "FA")]
    [InlineData(TcpFlags.Rst | TcpFlags.Ack, "RA")]
    public void Writes_flags_as_the_recorded_walks_do(TcpFlags flags, string expected) =>
        Assert.Equal(expected, HopPacket.Letters(flags));

    private static void AssertRow(string scenario, int index, string netns, string name, EthernetFrame frame)
    {
        var actor = new ActorRef("a", "1", new MachineRef("n1", "zone"));
        var outbox = new Outbox();
        Direction direction = Direction.Out;
        outbox.Hop(actor, new InterfaceName(netns, "n1", name), direction, frame, 0);
        string json = TraceJson.Write(TraceReport.From(outbox.Journal.Entries.ToArray(), 1, "d"));

        Assert.Equal(WalkFacts.Rows(scenario)[index].Replace("proto=17", "proto=udp"), WalkFacts.Hops(json)[0]);
    }

    private static EthernetFrame Frame(MacAddress source, MacAddress destination, IPv4Packet packet) =>
        new(source, destination, packet);

    private static IPv4Packet Packet(string source, string destination, TransportPayload payload) => new()
    {
        Identity = Identity,
        Source = IPv4Address.Parse(source),
        Destination = IPv4Address.Parse(destination),
        Payload = payload,
    };
}
