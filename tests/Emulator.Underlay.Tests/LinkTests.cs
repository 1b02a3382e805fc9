using Emulator.Core.Actors;

namespace Emulator.Underlay.Tests;

public class LinkTests
{
    private static readonly WireOptions Fast = new() { LatencyNanoseconds = 1_000 };
    private readonly ActorRef _a = Frames.Root("node-1");
    private readonly ActorRef _b = Frames.Root("node-2");

    [Fact]
    public void Is_two_wires_each_owned_by_the_machine_that_sends()
    {
        Link link = new(new LinkEnd(_a, 2), new LinkEnd(_b, 7), Fast, Fast with { LatencyNanoseconds = 9_000 });

        Assert.Equal(
            (_a, _b, 7, 1_000L),
            (link.AToB.Sender, link.AToB.Receiver, link.AToB.ReceiverPort, link.AToB.LeastLatencyNanoseconds));
        Assert.Equal(
            (_b, _a, 2, 9_000L),
            (link.BToA.Sender, link.BToA.Receiver, link.BToA.ReceiverPort, link.BToA.LeastLatencyNanoseconds));
    }

    [Fact]
    public void Without_latency_it_is_refused_with_both_names()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(
            () => new Link(new LinkEnd(_a, 2), new LinkEnd(_b, 7), Fast, Fast with { LatencyNanoseconds = 0 }));
        Assert.Equal(
            "node-2 to node-1: zero-latency link between machines (0 ns); give it at least 1 ns.", refusal.Message);
    }

    [Fact]
    public void Inside_one_machine_it_is_refused()
    {
        ActorRef other = new("pod/x", "", _a.Machine);
        ArgumentException refusal = Assert.Throws<ArgumentException>(
            () => new Link(new LinkEnd(_a, 1), new LinkEnd(other, 1), Fast));
        Assert.Equal("node/node-1 and pod/x are on one machine, node-1; a link joins two machines.", refusal.Message);
    }

    [Fact]
    public void A_topology_finds_it_from_either_end_and_lists_both_wires()
    {
        Topology topology = new();
        Link link = topology.Add(new Link(new LinkEnd(_a, 2), new LinkEnd(_b, 7), Fast));

        Assert.Same(link, topology.Find(_a.Machine, _b.Machine));
        Assert.Same(link, topology.Find(_b.Machine, _a.Machine));
        Assert.Null(topology.Find(_a.Machine, Frames.Root("node-3").Machine));
        Assert.Equal([link.AToB, link.BToA], topology.Wires);
    }
}
