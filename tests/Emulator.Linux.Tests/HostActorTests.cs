using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.Neighbour;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;
using Emulator.Linux.Sockets;
using Emulator.Underlay;

namespace Emulator.Linux.Tests;

/// <summary>A node with one card and one bridge, driven by hand. Expected values: what Linux 6.18 did on the recorded
/// topology (ARP three times a second apart, TTL and ICMP errors, quoted headers).</summary>
public sealed class HostActorTests
{
    private const int Eth0 = 2;
    private static readonly MacAddress NicMac = new(0x0200_0000_4d0b);

    private readonly ActorRef _switch = new("switch/sw", "", new MachineRef("sw", "a"));
    private readonly Outbox _outbox = new();
    private readonly HostActor _host;

    public HostActorTests()
    {
        ActorRef self = Frames.Actor("node/n1");
        _host = new HostActor(self, "n1", 1_000);
        var wire = new Wire(self, _switch, 5, new WireOptions { LatencyNanoseconds = 50_000 });
        _host.AddNic("eth0", NicMac, 1500, wire);
        _host.OnStart(_outbox);
        Receive(new AddAddress("eth0", Frames.IP("192.168.77.11"), 24, Frames.IP("192.168.77.255")));
        Receive(new AddRoute(Cidr.All, Frames.IP("192.168.77.100"), "eth0"));
        Receive(new SetSysctl("net.ipv4.ip_forward", 1));
        _outbox.Clear();
    }

    [Fact]
    public void Answers_an_ARP_request_for_its_address_and_remembers_the_asker_as_stale()
    {
        Arrive(Frames.Arp("192.168.77.12", "192.168.77.11"), MacAddress.Broadcast);

        var reply = (ArpPacket)Sent().Payload;
        Assert.Equal((ArpOperation.Reply, NicMac, Frames.Mac(2)), (reply.Operation, reply.SenderMac, reply.TargetMac));
        Assert.Equal("192.168.77.12 dev eth0 lladdr 0a:58:0a:f4:01:02 STALE\n", Show("ip neigh"));
    }

    [Fact]
    public void Asks_three_times_and_then_tells_the_sender_that_the_host_is_unreachable()
    {
        Known("192.168.77.12");
        Arrive(Frames.Udp("192.168.77.12", "192.168.77.50"), NicMac);
        var asked = new List<long>();
        while (_outbox.Sent.ToArray().FirstOrDefault(s => s.To == _host.Self) is { Message: not null } timer)
        {
            asked.Add(_outbox.Now.Nanoseconds);
            _outbox.Now += new SimDuration(timer.DelayNanoseconds);
            _outbox.Clear();
            _host.Receive(timer.Message, 0, _outbox);
        }

        Assert.Equal([0, 1_000_000_000, 2_000_000_000], asked);
        Assert.Equal(3_000_000_000, _outbox.Now.Nanoseconds);
        var error = (IcmpMessage)((IPv4Packet)Sent().Payload).Payload;
        Assert.Equal((IcmpType.DestinationUnreachable, IcmpUnreachable.Host), (error.Type, error.Code));
        Assert.Equal(DropReason.NeighFailed, Drop().Reason);
    }

    [Fact]
    public void Answers_a_packet_whose_TTL_ran_out_and_quotes_it_with_TTL_one()
    {
        Known("192.168.77.12");

        Arrive(Frames.Udp("192.168.77.12", "203.0.113.10", ttl: 1), NicMac);

        var packet = (IPv4Packet)Sent().Payload;
        var error = (IcmpMessage)packet.Payload;
        Assert.Equal(Frames.IP("192.168.77.11"), packet.Source);
        Assert.Equal((IcmpType.TimeExceeded, 1), (error.Type, error.Quoted!.TimeToLive)); // Errors quote.
        Assert.Equal(DropReason.TtlExceeded, Drop().Reason);
    }

    [Fact]
    public void Tells_the_MTU_to_the_sender_of_a_packet_that_is_too_big_and_quotes_548_bytes_with_the_original_TTL()
    {
        Known("192.168.77.12");
        Receive(new SetLink("eth0", Mtu: 1496));

        Arrive(Frames.Udp("192.168.77.12", "203.0.113.10", 1472) with { DontFragment = true }, NicMac);

        var packet = (IPv4Packet)Sent().Payload;
        var error = (IcmpMessage)packet.Payload;
        Assert.Equal((IcmpUnreachable.FragmentationNeeded, 1496u), (error.Code, error.Rest));
        Assert.Equal((576, 548, 64), (packet.Length, error.QuotedLength, error.Quoted!.TimeToLive)); // Errors quote.
    }

    [Fact]
    public void Cuts_a_packet_without_DF_into_pieces_that_fit()
    {
        Known("192.168.77.12");
        Known("192.168.77.100");
        Receive(new SetLink("eth0", Mtu: 1496));

        Arrive(Frames.Udp("192.168.77.12", "203.0.113.10", 1472), NicMac);

        IPv4Packet[] pieces = [.. _outbox.Sent.ToArray().Where(s => s.To == _switch)
            .Select(s => (IPv4Packet)((EthernetFrame)s.Message).Payload)];
        Assert.Equal([(1492, 0, true), (28, 1472, false)],
            pieces.Select(p => (p.Length, (int)p.FragmentOffset, p.MoreFragments)));
    }

    // Linux: vxlan_get_route gives ELOOP for a route into the tunnel itself.
    [Fact]
    public void Drops_what_a_tunnel_would_send_into_itself()
    {
        Tunnel(new AddRoute(Cidr.Parse("10.9.0.0/16"), null, "flannel.1"));

        Arrive(Frames.Udp("192.168.77.12", "10.244.2.5"), NicMac);

        Assert.Equal(DropReason.RecursionLimit, Drop().Reason);
        Assert.DoesNotContain(_outbox.Sent.ToArray(), s => s.To == _switch);
    }

    [Fact]
    public void Drops_what_a_tunnel_may_not_send()
    {
        Tunnel(new AddRoute(Cidr.Parse("10.9.0.0/16"), Type: RouteType.Prohibit));

        Arrive(Frames.Udp("192.168.77.12", "10.244.2.5"), NicMac);

        Assert.Equal(DropReason.NoRoute, Drop().Reason);
    }

    /// <summary>A veth's sender asks whether its peer takes the frame: its MTU and the room of a VLAN tag (the oracle's
    /// scenario outside_takes_less).</summary>
    [Theory]
    [InlineData(1_472, true)]
    [InlineData(1_473, false)]
    public void Takes_what_passes_its_MTU_by_a_VLAN_tag_and_no_more(int bytes, bool isTaken)
    {
        Receive(new SetLink("eth0", Mtu: 1_496));

        Arrive(Frames.Udp("192.168.77.12", "192.168.77.11", bytes), NicMac);

        Assert.Equal(isTaken ? DropReason.NoSocket : DropReason.PacketTooBig, Drop().Reason);
    }

    /// <summary>Martians of ip_route_input_slow and fib_validate_source (the oracle's scenarios
    /// two_nodes_point_at_each_other, nodeport_at_loopback).</summary>
    [Theory]
    [InlineData("192.168.77.11", "203.0.113.10")]
    [InlineData("127.0.0.1", "192.168.77.11")]
    [InlineData("192.168.77.12", "127.0.0.1")]
    [InlineData("224.0.0.5", "192.168.77.11")]
    public void Drops_what_only_this_host_itself_could_say_or_hear(string source, string destination)
    {
        Arrive(Frames.Udp(source, destination), NicMac);

        Assert.Equal(DropReason.InvalidSource, Drop().Reason);
    }

    /// <summary>The oracle's scenario own_unreachable_routes.</summary>
    [Theory]
    [InlineData(RouteType.Unreachable, "EHOSTUNREACH")]
    [InlineData(RouteType.Prohibit, "EACCES")]
    [InlineData(RouteType.Blackhole, "EINVAL")]
    [InlineData(null, "ENETUNREACH")]
    public void Says_by_the_error_number_what_kind_of_route_ends_a_datagram(RouteType? type, string errno)
    {
        Receive(new DeleteRoute(Cidr.All));
        if (type is { } kind)
        {
            Receive(new AddRoute(Cidr.Parse("198.51.100.0/24"), Type: kind));
        }

        Receive(new RunExchange(new ExchangeRequest
        {
            Kind = ExchangeKind.Udp, Host = "198.51.100.1", Port = 9,
        }));

        var result = (ExchangeResult)_outbox.Journal.Entries.ToArray()
            .Single(e => e.Kind == JournalKind.ExchangeEnded).Subject!; // An exchange's end tells how.
        Assert.Equal(errno, Errno.Name(result.Failure.Error));
    }

    /// <summary>What is made here is cut to the path's MTU (the oracle's scenario narrow_way_there_udp).</summary>
    [Fact]
    public void Cuts_its_own_datagrams_to_what_a_router_has_told()
    {
        Known("192.168.77.100");
        Arrive(new IPv4Packet
        {
            Identity = default,
            Source = Frames.IP("192.168.77.100"),
            Destination = Frames.IP("192.168.77.11"),
            Payload = new IcmpMessage
            {
                Type = IcmpType.DestinationUnreachable, Code = IcmpUnreachable.FragmentationNeeded, Rest = 1_300,
                Quoted = Frames.Udp("192.168.77.11", "203.0.113.10"), QuotedLength = 28,
            },
        }, NicMac);

        Receive(new RunExchange(new ExchangeRequest
        {
            Kind = ExchangeKind.Udp, Host = "203.0.113.10", Port = 9, Bytes = new FillerPayload(1_400),
        }));

        IPv4Packet[] pieces = [.. _outbox.Sent.ToArray().Where(s => s.To == _switch)
            .Select(s => (IPv4Packet)((EthernetFrame)s.Message).Payload)];
        Assert.Equal([(1_300, 0, true), (148, 1_280, false)],
            pieces.Select(p => (p.Length, (int)p.FragmentOffset, p.MoreFragments)));
    }

    /// <summary>nf_send_reset with a bridge's port (the oracle's scenario rejected_on_the_way_tcp-reset): the reset
    /// goes out of that port, and its source is the destination that DNAT had put in.</summary>
    [Fact]
    public void Resets_a_bridged_packet_by_its_port_without_translating_back()
    {
        Receive(new AddBridge("cni0", Frames.Mac(1), 1450));
        foreach (RestoredTable table in IptablesRestore.Parse("""
            *filter
            :FORWARD ACCEPT [0:0]
            -A FORWARD -p tcp -j REJECT --reject-with tcp-reset
            COMMIT
            *nat
            :PREROUTING ACCEPT [0:0]
            -A PREROUTING -d 10.96.1.2/32 -p tcp -j DNAT --to-destination 203.0.113.10:8080
            COMMIT
            """))
        {
            Receive(new ReplaceTable(table.Table, "test", 0, table.Content));
        }

        _outbox.Clear();
        var syn = new IPv4Packet
        {
            Identity = default, Source = Frames.IP("10.244.1.2"), Destination = Frames.IP("10.96.1.2"), TimeToLive = 64,
            Payload = new TcpSegment { SourcePort = 41_000, DestinationPort = 80, Flags = TcpFlags.Syn },
        };
        EthernetFrame frame = new(Frames.Mac(2), Frames.Mac(1), syn);
        var hook = new BridgeHook(
            frame, 4, BridgeActor.LocalPort, BridgeStage.Prerouting, default);
        _host.Receive(hook, 3, _outbox);
        var up = _outbox.Sent.ToArray().Select(s => s.Message).OfType<BridgeVerdict>().Single();
        _outbox.Clear();

        _host.Receive(up, 3, _outbox);

        var answer = _outbox.Sent.ToArray().Select(s => s.Message).OfType<BridgeVerdict>().Single();
        Assert.Equal((4, BridgeStage.Forward), (answer.OutPort, answer.Stage));
        Assert.Equal((Frames.Mac(1), Frames.Mac(2)), (answer.Frame.Source, answer.Frame.Destination));
        var reset = (IPv4Packet)answer.Frame.Payload;
        Assert.Equal((Frames.IP("203.0.113.10"), Frames.IP("10.244.1.2")), (reset.Source, reset.Destination));
        Assert.Equal((8080, TcpFlags.Rst | TcpFlags.Ack),
            (((TcpSegment)reset.Payload).SourcePort, ((TcpSegment)reset.Payload).Flags));
    }

    [Fact]
    public void Holds_a_bounded_number_of_neighbours_and_keeps_those_set_by_hand()
    {
        Known("192.168.77.12");
        for (uint i = 0; i < 2 * NeighbourTable.EntriesMax; i++)
        {
            Receive(new AddNeighbour("eth0", new IPv4Address(0x0A00_0000 + i), Frames.Mac(3), NeighbourState.Stale));
        }

        string[] lines = Show("ip neigh").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length); // Twice 1,023 stale ones were pushed out; two came after.
        Assert.Contains("192.168.77.12 dev eth0 lladdr 0a:58:0a:f4:01:02 PERMANENT", lines);
    }

    [Fact]
    public void Drops_packets_for_others_while_forwarding_is_off()
    {
        Receive(new SetSysctl("net.ipv4.ip_forward", 0));

        Arrive(Frames.Udp("192.168.77.12", "203.0.113.10"), NicMac);

        Assert.Equal(DropReason.ForwardingDisabled, Drop().Reason);
    }

    [Fact]
    public void Drops_a_frame_for_another_station()
    {
        Arrive(Frames.Udp("192.168.77.12", "192.168.77.11"), Frames.Mac(77));

        Assert.Equal(DropReason.OtherHost, Drop().Reason);
    }

    [Fact]
    public void Ends_packets_for_actors_that_are_gone()
    {
        EthernetFrame frame = Frames.Frame(2, NicMac, Frames.Udp("10.244.1.2", "10.244.1.3"));

        Receive(new UndeliveredMessage(Frames.Actor("pod/gone"), frame));

        Assert.Equal(DropReason.DeviceGone, Drop().Reason);
    }

    [Fact]
    public void Lists_its_addresses_as_ip_addr_does()
    {
        string[] lines = Show("ip addr").Split('\n');

        Assert.Equal(
            "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000",
            lines[4]);
        Assert.Equal("    inet 192.168.77.11/24 brd 192.168.77.255 scope global eth0", lines[6]);
    }

    /// <summary>Linux 6.18 and iproute2 6.1 for a route of each kind.</summary>
    [Theory]
    [InlineData(RouteType.Prohibit, "Permission denied")]
    [InlineData(RouteType.Unreachable, "No route to host")]
    [InlineData(RouteType.Blackhole, "Invalid argument")]
    public void Tells_by_ip_route_get_why_there_is_no_way(RouteType type, string why)
    {
        Receive(new AddRoute(Cidr.Parse("198.51.100.0/24"), Type: type));

        Assert.Equal($"RTNETLINK answers: {why}\n", Show("ip route get 198.51.100.1"));
    }

    /// <summary>ip_fragment: what may not be cut is not, though its size was right for the way before
    /// translation.</summary>
    [Fact]
    public void Does_not_cut_a_packet_with_DF_that_OUTPUT_sends_a_narrower_way()
    {
        Known("192.168.77.100");
        Tunnel(new AddRoute(Cidr.Parse("10.9.0.0/16"), Frames.IP("192.168.77.100"), "eth0"));
        foreach (RestoredTable table in IptablesRestore.Parse("""
            *nat
            :OUTPUT ACCEPT [0:0]
            -A OUTPUT -d 10.96.1.2/32 -p udp -j DNAT --to-destination 10.244.2.7:53
            COMMIT
            """))
        {
            Receive(new ReplaceTable(table.Table, "test", 0, table.Content));
        }

        _outbox.Clear();

        Receive(new RunExchange(new ExchangeRequest
        {
            Kind = ExchangeKind.Udp, Host = "10.96.1.2", Port = 53, Bytes = new FillerPayload(1_472),
            PathMtuDiscovery = PathMtuDiscovery.Do,
        }));

        Assert.Equal(DropReason.PacketTooBig, Drop().Reason);
        Assert.DoesNotContain(_outbox.Sent.ToArray(), s => s.To == _switch);
    }

    // A tunnel whose peer at 10.9.0.1 is reached as the route says.
    private void Tunnel(AddRoute outer)
    {
        Receive(new AddVxlan("flannel.1", Frames.Mac(8), 1450, 1, Frames.IP("192.168.77.11"), 8472));
        Receive(outer);
        Receive(new AddRoute(Cidr.Parse("10.244.2.0/24"), Frames.IP("10.244.2.0"), "flannel.1", OnLink: true));
        Receive(new AddNeighbour("flannel.1", Frames.IP("10.244.2.0"), Frames.Mac(9), NeighbourState.Permanent));
        Receive(new AddNeighbour("flannel.1", Frames.IP("10.9.0.1"), Frames.Mac(9), NeighbourState.Permanent));
        Receive(new AddFdbEntry("flannel.1", Frames.Mac(9), Frames.IP("10.9.0.1")));
        _outbox.Clear();
    }

    private void Known(string address) => Receive(
        new AddNeighbour("eth0", Frames.IP(address), Frames.Mac(2), NeighbourState.Permanent));

    private void Receive(Message message) => _host.Receive(message, 0, _outbox);

    private void Arrive(NetworkPacket packet, MacAddress to) =>
        _host.Receive(new EthernetFrame(Frames.Mac(2), to, packet), Eth0, _outbox);

    private EthernetFrame Sent() => (EthernetFrame)_outbox.Sent.ToArray().Single(s => s.To == _switch).Message;

    private JournalEntry Drop() => _outbox.Journal.Entries.ToArray().Single(e => e.Kind == JournalKind.Dropped);

    private string Show(string command)
    {
        Receive(new Dump(command));
        return (string)_outbox.Journal.Entries[^1].Subject!; // A listing is a text.
    }
}
