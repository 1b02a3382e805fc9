using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;

namespace Emulator.Underlay.Tests;

public class GatewayTests
{
    private static readonly MacAddress GatewayMac = Frames.Mac(0xfe);
    private static readonly MacAddress FarMac = Frames.Mac(0xfd);
    private static readonly WireOptions Plain = new() { LatencyNanoseconds = 50_000 };
    private readonly Switch _switch = new(Frames.Root("sw-a"));
    private readonly ActorRef _host = Frames.Root("n1");
    private readonly ActorRef _other = Frames.Root("n2");
    private readonly ActorRef _far = Frames.Root("sw-b", "zone-b");
    private readonly Outbox _outbox = new();

    public GatewayTests()
    {
        _switch.AddPort(Frames.Mac(0xff), new Wire(_switch.Self, _host, 2, Plain));
        _switch.AddPort(Frames.Mac(0xff), new Wire(_switch.Self, _other, 2, Plain));
        _switch.AddPort(Frames.Mac(0xff), new Wire(_switch.Self, _far, 4, Plain), isTrunk: true);
        _switch.UseGateway(new GatewayOptions
        {
            Address = IPv4Address.Parse("192.168.1.254"),
            Mac = GatewayMac,
            Subnet = Cidr.Parse("192.168.1.0/24"),
            Hosts =
            [
                new GatewayHost(IPv4Address.Parse("192.168.1.1"), Frames.Mac(1), 1),
                new GatewayHost(IPv4Address.Parse("192.168.1.2"), Frames.Mac(2), 2),
            ],
            Routes =
            [
                new GatewayRoute(Cidr.Parse("192.168.0.0/16"), 3, FarMac),
                new GatewayRoute(Cidr.Parse("192.168.7.0/24"), 2, Frames.Mac(2)),
            ],
        });
    }

    [Fact]
    public void Answers_an_ARP_request_for_its_address_and_floods_it_nowhere()
    {
        _switch.Receive(Frames.ArpRequest(Frames.Mac(1), "192.168.1.1", "192.168.1.254"), 1, _outbox);

        Outgoing sent = Assert.Single(Frames.Sent(_outbox));
        EthernetFrame frame = (EthernetFrame)sent.Message;
        ArpPacket reply = (ArpPacket)frame.Payload;
        Assert.Equal((_host, GatewayMac, Frames.Mac(1)), (sent.To, frame.Source, frame.Destination));
        Assert.Equal(ArpOperation.Reply, reply.Operation);
        Assert.Equal((GatewayMac, IPv4Address.Parse("192.168.1.254")), (reply.SenderMac, reply.SenderAddress));
        Assert.Equal((Frames.Mac(1), IPv4Address.Parse("192.168.1.1")), (reply.TargetMac, reply.TargetAddress));
        Assert.Equal(["sw-a:sw-n1 In @0", "Delivered", "Originated", "sw-a:sw-n1 Out @1000"], Frames.Journal(_outbox));
    }

    [Fact]
    public void Floods_other_ARP_requests_to_stations_but_not_into_trunks()
    {
        _switch.Receive(Frames.ArpRequest(Frames.Mac(1), "192.168.1.1", "192.168.1.2"), 1, _outbox);

        Assert.Equal([_other], Frames.Sent(_outbox).Select(outgoing => outgoing.To));
    }

    [Fact]
    public void Routes_to_another_zone_with_one_hop_less_to_live()
    {
        EthernetFrame frame = RouteFrom("192.168.1.1", "192.168.2.9");

        Assert.Equal((GatewayMac, FarMac), (frame.Source, frame.Destination));
        IPv4Packet packet = (IPv4Packet)frame.Payload;
        Assert.Equal(63, packet.TimeToLive);
        Assert.Equal(new PacketIdentity(77, 5, false), packet.Identity);
        Assert.Equal((_far, 51_000L, 4), (_outbox.Sent[0].To, _outbox.Sent[0].DelayNanoseconds, _outbox.Sent[0].Port));
        Assert.Equal(["sw-a:sw-n1 In @0", "sw-a:sw-sw-b Out @1000"], Frames.Journal(_outbox));
    }

    [Fact]
    public void The_longest_prefix_wins()
    {
        Assert.Equal(Frames.Mac(2), RouteFrom("192.168.1.1", "192.168.7.1").Destination);
    }

    [Fact]
    public void Delivers_to_a_station_of_its_own_subnet_without_ARP()
    {
        EthernetFrame frame = Frames.Udp(FarMac, GatewayMac, source: "192.168.2.9", destination: "192.168.1.2");
        _switch.Receive(frame, 3, _outbox);

        Assert.Equal(_other, _outbox.Sent[0].To);
        Assert.Equal(Frames.Mac(2), ((EthernetFrame)_outbox.Sent[0].Message).Destination);
    }

    [Theory]
    [InlineData(1, "192.168.2.9", IcmpType.TimeExceeded, 0, "TtlExceeded")]
    [InlineData(64, "10.9.9.9", IcmpType.DestinationUnreachable, IcmpUnreachable.Network, "NoRoute")]
    [InlineData(64, "192.168.1.77", IcmpType.DestinationUnreachable, IcmpUnreachable.Host, "NeighFailed")]
    public void Answers_what_it_cannot_forward_with_the_ICMP_error_of_RFC_1812(
        byte ttl, string destination, IcmpType type, byte code, string reason)
    {
        EthernetFrame frame = RouteFrom("192.168.1.1", destination, ttl, length: 1_000);

        IPv4Packet packet = (IPv4Packet)frame.Payload;
        IcmpMessage error = (IcmpMessage)packet.Payload;
        Assert.Equal((type, code), (error.Type, error.Code));
        Assert.Equal(("192.168.1.254", "192.168.1.1"), ($"{packet.Source}", $"{packet.Destination}"));
        Assert.Equal((576, ttl), (packet.Length, error.Quoted?.TimeToLive ?? 0));
        Assert.Equal((5UL, true), (packet.Identity.Flow, packet.Identity.IsReply));
        Assert.Equal(Frames.Mac(1), frame.Destination);
        Assert.Equal(
            ["sw-a:sw-n1 In @0", $"Dropped {reason} @0", "Originated", "sw-a:sw-n1 Out @1000"],
            Frames.Journal(_outbox));
    }

    [Fact]
    public void Says_nothing_about_an_ICMP_error()
    {
        IPv4Packet error = new()
        {
            Identity = new PacketIdentity(1, 2, true),
            Source = IPv4Address.Parse("192.168.1.1"),
            Destination = IPv4Address.Parse("10.9.9.9"),
            Payload = new IcmpMessage { Type = IcmpType.TimeExceeded },
        };
        _switch.Receive(new EthernetFrame(Frames.Mac(1), GatewayMac, error), 1, _outbox);

        Assert.Empty(Frames.Sent(_outbox));
        Assert.Equal(["sw-a:sw-n1 In @0", "Dropped NoRoute @0"], Frames.Journal(_outbox));
    }

    [Fact]
    public void Answers_a_ping_and_drops_anything_else_for_itself()
    {
        IPv4Packet ping = new()
        {
            Identity = new PacketIdentity(1, 2, false),
            Source = IPv4Address.Parse("192.168.1.1"),
            Destination = IPv4Address.Parse("192.168.1.254"),
            Payload = new IcmpMessage { Type = IcmpType.EchoRequest, Rest = 0x0007_0001, Data = new FillerPayload(56) },
        };
        _switch.Receive(new EthernetFrame(Frames.Mac(1), GatewayMac, ping), 1, _outbox);
        IPv4Packet pong = (IPv4Packet)((EthernetFrame)_outbox.Sent[0].Message).Payload;
        IcmpMessage expected = new() { Type = IcmpType.EchoReply, Rest = 0x0007_0001, Data = new FillerPayload(56) };
        Assert.Equal(expected, pong.Payload);

        _outbox.Clear();
        _switch.Receive(Frames.Udp(Frames.Mac(1), GatewayMac, destination: "192.168.1.254"), 1, _outbox);
        Assert.Empty(Frames.Sent(_outbox));
        Assert.Equal("Dropped NoProtocol @0", Frames.Journal(_outbox)[^1]);
    }

    [Fact]
    public void A_station_outside_the_subnet_is_refused()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => _switch.UseGateway(new GatewayOptions
        {
            Address = IPv4Address.Parse("192.168.1.254"),
            Mac = GatewayMac,
            Subnet = Cidr.Parse("192.168.1.0/24"),
            Hosts = [new GatewayHost(IPv4Address.Parse("192.168.2.1"), Frames.Mac(1), 1)],
        }));
        Assert.Equal(
            "node/sw-a: host 192.168.2.1 is not in the zone's subnet 192.168.1.0/24; add a route to it.",
            refusal.Message);
    }

    private EthernetFrame RouteFrom(string source, string destination, byte ttl = 64, int length = 100)
    {
        _switch.Receive(
            Frames.Udp(Frames.Mac(1), GatewayMac, length, source, destination, ttl), 1, _outbox);
        return (EthernetFrame)Assert.Single(Frames.Sent(_outbox)).Message;
    }
}
