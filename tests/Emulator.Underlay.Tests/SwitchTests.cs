using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Time;

namespace Emulator.Underlay.Tests;

public class SwitchTests
{
    private static readonly WireOptions Plain = new() { LatencyNanoseconds = 50_000 };
    private readonly Switch _switch = new(Frames.Root("sw"));
    private readonly ActorRef[] _hosts = [.. Enumerable.Range(1, 3).Select(i => Frames.Root($"n{i}"))];
    private readonly Outbox _outbox = new();

    public SwitchTests()
    {
        foreach (ActorRef host in _hosts)
        {
            _switch.AddPort(Frames.Mac(0xff), new Wire(_switch.Self, host, 2, Plain));
        }
    }

    [Fact]
    public void Floods_a_frame_for_an_unknown_address_to_every_other_port()
    {
        EthernetFrame frame = Frames.Udp(Frames.Mac(1), Frames.Mac(2));
        _switch.Receive(frame, 1, _outbox);

        // The newest port first, as a Linux bridge does (the oracle's scenario cold_hosts_across_nodes).
        Assert.Equal(
            [new Outgoing(_hosts[2], frame, 51_000, 2), new Outgoing(_hosts[1], frame, 51_000, 2)],
            Frames.Sent(_outbox));
        Assert.Equal(
            ["sw:sw-n1 In @0", "Copied 1", "sw:sw-n3 Out @1000", "sw:sw-n2 Out @1000"], Frames.Journal(_outbox));
    }

    [Fact]
    public void Sends_a_frame_only_to_the_port_where_its_address_was_seen()
    {
        Learn(Frames.Mac(2), 2);
        EthernetFrame frame = Frames.Udp(Frames.Mac(1), Frames.Mac(2));
        _switch.Receive(frame, 1, _outbox);

        Assert.Equal([new Outgoing(_hosts[1], frame, 51_000, 2)], Frames.Sent(_outbox));
        Assert.Equal(["sw:sw-n1 In @0", "sw:sw-n2 Out @1000"], Frames.Journal(_outbox));
    }

    [Fact]
    public void Follows_an_address_that_moves_to_another_port()
    {
        Learn(Frames.Mac(2), 2);
        Learn(Frames.Mac(2), 3);
        _switch.Receive(Frames.Udp(Frames.Mac(1), Frames.Mac(2)), 1, _outbox);

        Assert.Equal([_hosts[2]], Frames.Sent(_outbox).Select(outgoing => outgoing.To));
    }

    [Theory]
    [InlineData(299_999_999_999, 1)]
    [InlineData(300_000_000_000, 2)]
    public void Forgets_an_address_300_seconds_after_it_was_last_seen(long later, int receivers)
    {
        Learn(Frames.Mac(2), 2);
        _outbox.Now = new SimTime(later);
        _switch.Receive(Frames.Udp(Frames.Mac(1), Frames.Mac(2)), 1, _outbox);

        Assert.Equal(receivers, _outbox.Sent.Length);
    }

    [Fact]
    public void Floods_broadcasts_even_if_somebody_sent_from_the_broadcast_address()
    {
        Learn(MacAddress.Broadcast, 2);
        _switch.Receive(Frames.ArpRequest(Frames.Mac(1), "10.0.0.1", "10.0.0.2"), 1, _outbox);

        Assert.Equal(2, _outbox.Sent.Length);
    }

    [Fact]
    public void Ends_a_frame_that_would_leave_where_it_came_in()
    {
        Learn(Frames.Mac(2), 1);
        _switch.Receive(Frames.Udp(Frames.Mac(1), Frames.Mac(2)), 1, _outbox);

        Assert.Empty(Frames.Sent(_outbox));
        Assert.Equal(["sw:sw-n1 In @0", "Dropped BridgeNoPort @0"], Frames.Journal(_outbox));
    }

    [Fact]
    public void Ends_a_flooded_frame_when_there_is_no_other_port()
    {
        Switch lonely = new(Frames.Root("sw"));
        lonely.AddPort(Frames.Mac(0xff), new Wire(lonely.Self, _hosts[0], 2, Plain));
        lonely.Receive(Frames.Udp(Frames.Mac(1), Frames.Mac(2)), 1, _outbox);

        Assert.Equal(["sw:sw-n1 In @0", "Dropped BridgeNoPort @0"], Frames.Journal(_outbox));
    }

    [Fact]
    public void Does_not_flood_from_trunk_to_trunk()
    {
        Switch meshed = new(Frames.Root("sw-a"));
        meshed.AddPort(Frames.Mac(0xff), new Wire(meshed.Self, _hosts[0], 2, Plain));
        meshed.AddPort(Frames.Mac(0xff), new Wire(meshed.Self, _hosts[1], 2, Plain), isTrunk: true);
        meshed.AddPort(Frames.Mac(0xff), new Wire(meshed.Self, _hosts[2], 2, Plain), "uplink", isTrunk: true);

        meshed.Receive(Frames.Udp(Frames.Mac(1), Frames.Mac(2)), 2, _outbox);
        Assert.Equal([_hosts[0]], Frames.Sent(_outbox).Select(outgoing => outgoing.To));

        _outbox.Clear();
        meshed.Receive(Frames.Udp(Frames.Mac(3), Frames.Mac(2)), 1, _outbox);
        Assert.Equal([_hosts[2], _hosts[1]], Frames.Sent(_outbox).Select(outgoing => outgoing.To));
        Assert.Equal("sw-a:uplink Out @1000", Frames.Journal(_outbox)[^2]);
    }

    [Fact]
    public void Forwards_a_session_by_the_machine_of_its_receiver()
    {
        _switch.RouteSessions(_hosts[2].Machine, 3);
        SessionSegment segment = new(
            _hosts[0], new ActorRef("kubelet/n3", "", _hosts[2].Machine), 10, new ChangeWire(1, Plain));
        _switch.Receive(segment, 1, _outbox);

        Assert.Equal([new Outgoing(_hosts[2], segment, 50_000, 2)], Frames.Sent(_outbox));
    }

    [Fact]
    public void Refuses_a_session_for_a_machine_that_it_does_not_know()
    {
        SessionSegment segment = new(_hosts[0], _hosts[1], 10, new ChangeWire(1, Plain));
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(
            () => _switch.Receive(segment, 1, _outbox));
        Assert.StartsWith("node/sw has no way to n2 for the sessions of node/n1", refusal.Message);
    }

    [Fact]
    public void Changes_a_wire_when_told()
    {
        Learn(Frames.Mac(2), 2);
        _switch.Receive(new ChangeWire(2, Plain with { IsUp = false }), 0, _outbox);
        _switch.Receive(Frames.Udp(Frames.Mac(1), Frames.Mac(2)), 1, _outbox);

        Assert.Equal(["sw:sw-n1 In @0", "sw:sw-n2 Out @1000", "Dropped LinkDown @1000"], Frames.Journal(_outbox));
    }

    private void Learn(MacAddress address, int port)
    {
        _switch.Receive(Frames.Udp(address, Frames.Mac(0xaa)), port, _outbox);
        _outbox.Clear();
        _outbox.Journal.Clear();
    }
}
