using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Netlink;

namespace Emulator.Linux.Tests;

/// <summary>A pod's namespace that ends while it holds packets. Expected: invariant 5, every packet ends exactly once.
/// </summary>
public sealed class NamespaceActorTests
{
    private const int Eth0 = 2;

    private readonly Outbox _outbox = new();
    private readonly NamespaceActor _pod = new(Frames.Actor("pod/default/a"), "default/a", 1_000);

    public NamespaceActorTests()
    {
        _pod.OnStart(_outbox);
        Receive(new AttachVeth(
            "eth0", Eth0, Frames.Mac(2), 1450, Frames.Actor("bridge/n1/cni0"), 1, 7));
        Receive(new AddAddress("eth0", Frames.IP("10.244.1.2"), 24, Frames.IP("10.244.1.255")));
        Receive(new SetSysctl("net.ipv4.ip_forward", 1));
        _outbox.Clear();
    }

    [Fact]
    public void Ends_a_piece_that_waited_for_its_siblings()
    {
        IPv4Packet whole = Frames.Udp("10.244.1.3", "10.244.1.2", 100);
        Arrive(whole with { Payload = new FragmentPayload(whole.Payload, 0, 56), MoreFragments = true });

        Assert.Equal(1, _pod.HeldPackets);
        Assert.Equal([DropReason.DeviceGone], DropsAtEnd());
    }

    [Fact]
    public void Ends_packets_that_waited_for_a_neighbour()
    {
        Arrive(Frames.Udp("10.244.1.3", "10.244.1.9"));
        Arrive(Frames.Udp("10.244.1.3", "10.244.1.8"));

        Assert.Equal(2, _pod.HeldPackets);
        Assert.Equal([DropReason.DeviceGone, DropReason.DeviceGone], DropsAtEnd());
        Assert.Equal(0, _pod.HeldPackets);
    }

    private void Arrive(IPv4Packet packet) =>
        _pod.Receive(Frames.Frame(3, Frames.Mac(2), packet), Eth0, _outbox);

    private DropReason[] DropsAtEnd()
    {
        _outbox.Journal.Clear();
        _pod.OnEnd(_outbox);
        return [.. _outbox.Journal.Entries.ToArray().Where(e => e.Kind == JournalKind.Dropped).Select(e => e.Reason)];
    }

    private void Receive(Message message) => _pod.Receive(message, 0, _outbox);
}
