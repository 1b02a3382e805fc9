using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.NetDevices;

namespace Emulator.Linux.Tests.NetDevices;

/// <summary>Expected values: IEEE 802.1D section 7.8 and 7.9, and what a Linux 6.18 bridge did (unknown unicast floods
/// every
/// port and does not go up to the bridge's own interface; with hairpin it goes back out of the port it came in
/// by).</summary>
public sealed class BridgeActorTests
{
    private static readonly MacAddress BridgeMac = new(0x0a58_0af4_0101);

    private readonly ActorRef _host = Frames.Actor("node/n1");
    private readonly ActorRef[] _pods = [.. Enumerable.Range(0, 4).Select(i => Frames.Actor($"pod/{i}"))];
    private readonly Outbox _outbox = new();
    private readonly BridgeActor _bridge;

    public BridgeActorTests()
    {
        _bridge = new BridgeActor(Frames.Actor("bridge/cni0"), _host, "cni0", 3, BridgeMac, 1_000);
        for (int port = 1; port <= 3; port++)
        {
            AddPort(port, hairpin: false);
        }

        Receive(new SetBridgeNetfilter(false));
    }

    // The newest port comes first, as the recorded kernel's ARP requests show (icmp_same_node_cold.walk).
    [Fact]
    public void Floods_a_frame_for_an_unknown_address_to_every_other_port()
    {
        Receive(Frames.Frame(2, Frames.Mac(9), Frames.Udp("10.244.1.2", "10.244.1.9")), 1);

        Assert.Equal([_pods[3], _pods[2]], Receivers());
        Assert.Equal(1, Entries(JournalKind.Copied).Single().A);
    }

    /// <summary>A veth whose other end goes down has no carrier (the oracle's scenario service_whose_pod_is_silent).
    /// </summary>
    [Fact]
    public void Passes_over_a_port_whose_other_end_is_down_until_it_is_up_again()
    {
        EthernetFrame unknown = Frames.Frame(2, Frames.Mac(9), Frames.Udp("10.244.1.2", "10.244.1.9"));
        Receive(new SetPortCarrier(3, 6, false));
        Assert.Equal(new SetCarrier(6, false), _outbox.Sent.ToArray().Single(s => s.To == _host).Message);
        _outbox.Clear();

        Receive(unknown, 1);
        Assert.Equal([_pods[2]], Receivers());

        Receive(new SetPortCarrier(3, 6, true));
        _outbox.Clear();
        Receive(unknown, 1);
        Assert.Equal([_pods[3], _pods[2]], Receivers());
    }

    [Fact]
    public void Floods_out_of_the_ingress_port_too_when_it_is_a_hairpin_port()
    {
        AddPort(1, hairpin: true);

        Receive(Frames.Frame(2, Frames.Mac(9), Frames.Udp("10.244.1.2", "10.244.1.9")), 1);

        Assert.Equal([_pods[3], _pods[2], _pods[1]], Receivers());
    }

    [Fact]
    public void Sends_a_frame_only_to_the_port_where_its_address_was_last_seen()
    {
        Receive(Frames.Frame(3, MacAddress.Broadcast, Frames.Arp("10.244.1.3", "10.244.1.1")), 2);
        _outbox.Clear();

        Receive(Frames.Frame(2, Frames.Mac(3), Frames.Udp("10.244.1.2", "10.244.1.3")), 1);

        Assert.Equal([_pods[2]], Receivers());
    }

    [Fact]
    public void Forgets_an_address_after_three_hundred_seconds()
    {
        Receive(Frames.Frame(3, MacAddress.Broadcast, Frames.Arp("10.244.1.3", "10.244.1.1")), 2);
        _outbox.Clear();
        _outbox.Now = SimTime.Zero + SimDuration.FromSeconds(300) + new SimDuration(1);

        Receive(Frames.Frame(2, Frames.Mac(3), Frames.Udp("10.244.1.2", "10.244.1.3")), 1);

        Assert.Equal([_pods[3], _pods[2]], Receivers());
    }

    [Fact]
    public void Passes_a_frame_for_its_own_address_up_to_the_node()
    {
        Receive(Frames.Frame(2, BridgeMac, Frames.Udp("10.244.1.2", "10.244.2.2")), 1);

        Assert.Equal([_host], Receivers());
        Assert.Equal(1_000, _outbox.Sent[0].DelayNanoseconds);
    }

    [Fact]
    public void Passes_a_broadcast_to_every_other_port_and_up()
    {
        Receive(Frames.Frame(2, MacAddress.Broadcast, Frames.Arp("10.244.1.2", "10.244.1.1")), 1);

        Assert.Equal([_pods[3], _pods[2], _host], Receivers());
        Assert.Equal(2, Entries(JournalKind.Copied).Single().A);
    }

    [Fact]
    public void Drops_a_frame_whose_only_port_is_the_one_it_came_in_by()
    {
        Receive(Frames.Frame(2, MacAddress.Broadcast, Frames.Arp("10.244.1.2", "10.244.1.1")), 1);
        _outbox.Clear();

        Receive(Frames.Frame(5, Frames.Mac(2), Frames.Udp("10.244.1.5", "10.244.1.2")), 1);

        Assert.Empty(Receivers());
        Assert.Equal(DropReason.BridgeNoPort, Entries(JournalKind.Dropped).Single().Reason);
    }

    [Fact]
    public void Asks_the_node_before_it_passes_an_IPv4_frame_when_iptables_sees_bridged_packets()
    {
        Receive(new SetBridgeNetfilter(true));

        Receive(Frames.Frame(2, BridgeMac, Frames.Udp("10.244.1.2", "10.96.0.10")), 1);

        BridgeHook hook = Assert.IsType<BridgeHook>(_outbox.Sent[0].Message);
        Assert.Equal((BridgeStage.Prerouting, 1, 0L), (hook.Stage, hook.InPort, _outbox.Sent[0].DelayNanoseconds));
    }

    [Fact]
    public void Drops_what_comes_in_by_a_port_that_is_down()
    {
        Receive(new SetBridgePort(1, Name(1), _pods[1], 2, false, false));

        Receive(Frames.Frame(2, BridgeMac, Frames.Udp("10.244.1.2", "10.244.2.2")), 1);

        Assert.Empty(Receivers());
        Assert.Equal(DropReason.LinkDown, Entries(JournalKind.Dropped).Single().Reason);
    }

    private static InterfaceName Name(int port) => new("n1", "n1", $"veth{port}");

    private void AddPort(int port, bool hairpin) =>
        Receive(new SetBridgePort(port, Name(port), _pods[port], 2, hairpin, true));

    private void Receive(Message message, int port = 0) => _bridge.Receive(message, port, _outbox);

    private List<ActorRef> Receivers() => [.. _outbox.Sent.ToArray().Select(s => s.To)];

    private IEnumerable<JournalEntry> Entries(JournalKind kind) =>
        _outbox.Journal.Entries.ToArray().Where(e => e.Kind == kind);
}
