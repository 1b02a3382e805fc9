using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Linux.IPv4;
using Emulator.Linux.Neighbour;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;

namespace Emulator.Linux.NetDevices;

/// <summary>The node's side of br_netfilter: a bridged IPv4 frame passes the same hooks as a routed one.</summary>
/// <remarks>
/// In: <see cref="BridgeHook"/> from a bridge's actor. Out: <see cref="BridgeVerdict"/> back to it, or nothing when
/// the packet ended.
/// When PREROUTING translated the destination to a neighbour on the same bridge, the frame stays bridged with that
/// neighbour's MAC: TTL and source MAC unchanged. While the neighbour is not connected, Linux hands the frame to the
/// bridge device's own output first, where a capture sees it. Source: br_nf_pre_routing_finish in br_netfilter_hooks.c.
/// </remarks>
internal sealed class BridgeNetfilter(NetworkNamespace netns)
{
    /// <summary>Runs the hooks of one stage.</summary>
    public void Receive(Bridge bridge, BridgeHook hook, Outbox outbox)
    {
        if (netns.Netfilter is not { IsActive: true } netfilter)
        {
            Answer(bridge, hook, hook.Frame, hook.Mark, 0, outbox);
            return;
        }

        var skb = new SkBuff
        {
            Packet = (IPv4Packet)hook.Frame.Payload, // The bridge asks only about IPv4.
            In = bridge, Mark = hook.Mark.Mark, ConntrackId = hook.Mark.ConntrackId,
            State = hook.Mark.State, IsReplyDirection = hook.Mark.IsReplyDirection,
            FragmentLengthMax = hook.Mark.FragmentLengthMax, BridgedFrame = hook.Frame, BridgedPort = hook.InPort,
        };
        if (hook.Stage == BridgeStage.Prerouting)
        {
            Prerouting(netfilter, bridge, hook, ref skb, outbox);
        }
        else
        {
            Forward(netfilter, bridge, hook, ref skb, outbox);
        }
    }

    /// <summary>The neighbour of a translated, bridged packet has a MAC: the frame goes on by way of the bridge's own
    /// output.</summary>
    public void SendTranslated(
        BridgeHook hook, IPv4Packet packet, NeighbourEntry entry, long offset, Outbox outbox)
    {
        var bridge = (Bridge)entry.Device; // Only bridged packets are queued with a hook, at their bridge.
        entry.HasHeaderCache = true;
        outbox.Hop(
            netns.Self, bridge.JournalName, Direction.Out, new EthernetFrame(bridge.Mac, entry.Mac, packet), offset);
        var frame = new EthernetFrame(hook.Frame.Source, entry.Mac, packet);
        Answer(bridge, hook, frame, hook.Mark, offset + netns.HopNanoseconds, outbox);
    }

    /// <summary>Sends a frame out of a bridge's port, past all hooks and past the bridge's own output.</summary>
    public static void SendByPort(Bridge bridge, int port, EthernetFrame frame, long offset, Outbox outbox) =>
        outbox.Send(bridge.Actor, new BridgeVerdict(frame, port, port, BridgeStage.Forward, default), offset);

    private void Prerouting(
        Netfilter.Netfilter netfilter, Bridge bridge, BridgeHook hook, ref SkBuff skb, Outbox outbox)
    {
        if (skb.Packet.IsFragment)
        {
            if (netns.Reassembly.Add(skb.Packet, outbox, out skb.FragmentLengthMax) is not { } whole)
            {
                return;
            }

            skb.Packet = whole;
        }

        IPv4Address before = skb.Packet.Destination;
        NetfilterVerdict verdict = netfilter.Run(Hook.Prerouting, ref skb, outbox);
        if (!verdict.IsAccepted)
        {
            netns.Refuse(ref skb, verdict, 0, outbox);
            return;
        }

        PacketMark mark = MarkOf(skb);
        if (skb.Packet.Destination == before)
        {
            EthernetFrame unchanged = ReferenceEquals(skb.Packet, hook.Frame.Payload)
                ? hook.Frame : hook.Frame with { Payload = skb.Packet };
            Answer(bridge, hook, unchanged, mark, 0, outbox);
            return;
        }

        Route? route = netns.Fib.Classify(skb.Packet.Destination) == RouteType.Local
            ? null : netns.Fib.LookUp(skb.Packet.Destination);
        if (route?.Device != bridge)
        {
            // Routed elsewhere: up to the node's own stack.
            Answer(bridge, hook, new EthernetFrame(hook.Frame.Source, bridge.Mac, skb.Packet), mark, 0, outbox);
            return;
        }

        BridgedDnat(bridge, hook with { Mark = mark }, skb.Packet, route.Gateway ?? skb.Packet.Destination, outbox);
    }

    private void BridgedDnat(Bridge bridge, BridgeHook hook, IPv4Packet packet, IPv4Address nextHop, Outbox outbox)
    {
        NeighbourEntry entry = netns.Neighbours.Use(bridge, nextHop, outbox);
        if (entry.IsConnected && entry.HasHeaderCache)
        {
            Answer(bridge, hook, new EthernetFrame(hook.Frame.Source, entry.Mac, packet), hook.Mark, 0, outbox);
        }
        else if (entry.IsValid)
        {
            SendTranslated(hook, packet, entry, netns.HopNanoseconds, outbox);
        }
        else
        {
            netns.Neighbours.Wait(entry, new PendingPacket(packet, hook), 0, outbox);
        }
    }

    private void Forward(Netfilter.Netfilter netfilter, Bridge bridge, BridgeHook hook, ref SkBuff skb, Outbox outbox)
    {
        skb.Out = bridge;
        NetfilterVerdict verdict = netfilter.Run(Hook.Forward, ref skb, outbox);
        if (verdict.IsAccepted)
        {
            verdict = netfilter.Run(Hook.Postrouting, ref skb, outbox);
        }

        if (!verdict.IsAccepted)
        {
            netns.Refuse(ref skb, verdict, 0, outbox);
            return;
        }

        EthernetFrame frame = ReferenceEquals(skb.Packet, hook.Frame.Payload)
            ? hook.Frame : hook.Frame with { Payload = skb.Packet };
        int mtu = skb.FragmentLengthMax == 0 ? bridge.Mtu : Math.Min(bridge.Mtu, skb.FragmentLengthMax);
        if (skb.Packet.Length <= mtu)
        {
            Answer(bridge, hook, frame, MarkOf(skb), 0, outbox);
            return;
        }

        foreach (IPv4Packet piece in Fragmentation.Cut(skb.Packet, mtu, netns.Self, outbox))
        {
            Answer(bridge, hook, frame with { Payload = piece }, MarkOf(skb), 0, outbox);
        }
    }

    private static PacketMark MarkOf(in SkBuff skb) =>
        new(skb.Mark, skb.ConntrackId, skb.State, skb.IsReplyDirection, skb.FragmentLengthMax);

    private static void Answer(
        Bridge bridge, BridgeHook hook, EthernetFrame frame, in PacketMark mark, long delay, Outbox outbox) =>
        outbox.Send(bridge.Actor, new BridgeVerdict(frame, hook.InPort, hook.OutPort, hook.Stage, mark), delay);
}
