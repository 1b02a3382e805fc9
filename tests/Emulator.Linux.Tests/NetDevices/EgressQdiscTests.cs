using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Neighbour;
using Emulator.Linux.Netlink;
using Emulator.Underlay;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Linux.Tests.NetDevices;

/// <summary>tc's disciplines as the root of a device: a card of a host and a port of a bridge.</summary>
public sealed class EgressQdiscTests
{
    private static readonly TbfOptions Slow =
        new() { RateBytesPerSecond = 46_000, BurstBytes = 46, LimitBytes = 46 };

    private readonly ActorRef _switch = new("switch/sw", "", new MachineRef("sw", "a"));
    private readonly ActorRef _pod = Frames.Actor("pod/1");
    private readonly Outbox _outbox = new();
    private readonly HostActor _host;

    public EgressQdiscTests()
    {
        ActorRef self = Frames.Actor("node/n1");
        _host = new HostActor(self, "n1", 1_000);
        _host.AddNic("eth0", Frames.Mac(9), 1500, new Wire(self, _switch, 5, new() { LatencyNanoseconds = 50_000 }));
        _host.OnStart(_outbox);
        Receive(new AddAddress("eth0", Frames.IP("192.168.77.11"), 24));
        Receive(new SetSysctl("net.ipv4.ip_forward", 1));
        Receive(new AddNeighbour("eth0", Frames.IP("192.168.77.12"), Frames.Mac(2), NeighbourState.Permanent));
        Receive(new AddRoute(new Cidr(Frames.IP("10.9.0.0"), 16), Frames.IP("192.168.77.12"), "eth0"));
        _outbox.Clear();
    }

    // 46 bytes a frame at 46,000 bytes a second: the first at once, the second a millisecond later, the third is more
    // than the limit. A capture sees a frame when it leaves the qdisc. The kernel's multiplier rounds times down.
    [Fact]
    public void A_frame_waits_and_is_seen_when_it_leaves()
    {
        Receive(new ReplaceQdisc("eth0", Slow, null));
        Arrive();
        Arrive();
        Arrive();

        Outgoing[] waiting = [.. _outbox.Sent.ToArray().Where(s => s.Message is QdiscDeparture)];
        Assert.Equal([1_000, 1_000_999], waiting.Select(s => s.DelayNanoseconds));
        Assert.Equal(DropReason.QdiscDrop, Assert.Single(Entries(JournalKind.Dropped)).Reason);
        Assert.DoesNotContain(Entries(JournalKind.Hop), e => e.Direction == Direction.Out);

        _outbox.Clear();
        _outbox.Now = new SimTime(1_000_999);
        _host.Receive(waiting[1].Message, waiting[1].Port, _outbox);
        Assert.Equal(1_000_999, Entries(JournalKind.Hop).Single(e => e.Direction == Direction.Out).TimeNanoseconds);
        Assert.Equal((_switch, 50_000), (_outbox.Sent[0].To, _outbox.Sent[0].DelayNanoseconds));
    }

    [Fact]
    public void A_frame_that_waits_while_its_device_goes_down_ends_there()
    {
        Receive(new ReplaceQdisc("eth0", null, new NetemOptions { DelayNanoseconds = 5_000 }));
        Arrive();
        Outgoing waiting = _outbox.Sent.ToArray().Single(s => s.Message is QdiscDeparture);
        Receive(new SetLink("eth0", Up: false));
        _host.Receive(waiting.Message, waiting.Port, _outbox);

        Assert.Equal(DropReason.LinkDown, Assert.Single(Entries(JournalKind.Dropped)).Reason);
    }

    [Fact]
    public void One_that_comes_after_a_deleted_one_throws_new_dice()
    {
        var lossy = new ReplaceQdisc(
            "eth0", null, new NetemOptions { Loss = new RandomLoss(new Probability(1u << 31), default) });
        string before = Passed(lossy);
        Receive(new ReplaceQdisc("eth0", null, null));

        Assert.NotEqual(before, Passed(lossy));
    }

    [Fact]
    public void Without_a_qdisc_again_frames_leave_at_once()
    {
        Receive(new ReplaceQdisc("eth0", Slow, null));
        Receive(new ReplaceQdisc("eth0", null, null));
        Arrive();

        Assert.Equal([_switch], _outbox.Sent.ToArray().Select(s => s.To));
    }

    [Fact]
    public void Is_shown_by_ip_link()
    {
        Receive(new ReplaceQdisc("eth0", null, new NetemOptions { DelayNanoseconds = 1 }));
        Receive(new Dump("ip link"));

        Assert.Contains(
            "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc netem ",
            (string)_outbox.Journal.Entries[^1].Subject!,
            StringComparison.Ordinal); // A listing is a text.
    }

    // One direction: what goes to the pod waits, what comes from it does not.
    [Fact]
    public void A_bridges_port_has_its_own()
    {
        var bridge = new BridgeActor(Frames.Actor("bridge/cni0"), _host.Self, "cni0", 3, Frames.Mac(1), 1_000);
        bridge.Receive(new SetBridgeNetfilter(false), 0, _outbox);
        bridge.Receive(Port(1, Frames.Actor("pod/0")), 0, _outbox);
        bridge.Receive(Port(2, _pod), 0, _outbox);
        bridge.Receive(new SetPortQdisc(2, null, new NetemOptions { DelayNanoseconds = 7_000 }), 0, _outbox);
        bridge.Receive(Frames.Frame(2, Frames.Mac(3), Frames.Udp("10.244.1.2", "10.244.1.3")), 1, _outbox);

        Outgoing waiting = Assert.Single(_outbox.Sent.ToArray());
        Assert.Equal((bridge.Self, 8_000, 2), (waiting.To, waiting.DelayNanoseconds, waiting.Port));
        _outbox.Clear();
        bridge.Receive(waiting.Message, waiting.Port, _outbox);
        Assert.Equal((_pod, 1_000), (_outbox.Sent[0].To, _outbox.Sent[0].DelayNanoseconds));

        _outbox.Clear();
        bridge.Receive(Frames.Frame(3, Frames.Mac(2), Frames.Udp("10.244.1.3", "10.244.1.2")), 2, _outbox);
        Assert.Equal(Frames.Actor("pod/0").Name, Assert.Single(_outbox.Sent.ToArray()).To.Name);
    }

    private static SetBridgePort Port(int number, ActorRef peer) =>
        new(number, new InterfaceName("n1", "n1", $"veth{number}"), peer, 2, false, true);

    // Which of forty frames came through.
    private string Passed(ReplaceQdisc qdisc)
    {
        Receive(qdisc);
        string passed = "";
        for (int i = 0; i < 40; i++)
        {
            _outbox.Clear();
            Arrive();
            passed += _outbox.Sent.ToArray().Any(s => s.Message is QdiscDeparture) ? '1' : '0';
        }

        return passed;
    }

    private void Receive(Message message) => _host.Receive(message, 0, _outbox);

    private void Arrive() => _host.Receive(
        new EthernetFrame(Frames.Mac(2), Frames.Mac(9), Frames.Udp("192.168.77.12", "10.9.0.1")), 2, _outbox);

    private JournalEntry[] Entries(JournalKind kind) =>
        [.. _outbox.Journal.Entries.ToArray().Where(e => e.Kind == kind)];
}
