using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.IPv4;

/// <summary>IPv4 input: a frame that a device received is for us, for somebody else, or for nobody (ip_rcv).</summary>
/// <remarks>
/// In: frames from the namespace. Out: sockets, ICMP, vxlan devices; <see cref="Forward"/> for the rest.
/// </remarks>
internal sealed class Input(NetworkNamespace netns)
{
    /// <summary>Takes a frame that was seen at a device.</summary>
    /// <param name="device">Where.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="mark">What the bridge's hooks noted; default for others.</param>
    /// <param name="bridgedPort">The bridge's port that it came in by, when the bridge's hooks ran PREROUTING already;
    /// else 0.</param>
    /// <param name="offset">Nanoseconds since now.</param>
    /// <param name="outbox">Where things go.</param>
    public void Receive(
        NetDevice device, EthernetFrame frame, in PacketMark mark, int bridgedPort, long offset, Outbox outbox)
    {
        if (!device.IsUp)
        {
            netns.Drop(frame.Payload, DropReason.LinkDown, null, device, offset, outbox);
            return;
        }

        outbox.Hop(netns.Self, device.JournalName, Direction.In, frame, offset);
        if (frame.Destination != device.Mac && !frame.Destination.IsGroup)
        {
            netns.Drop(frame.Payload, DropReason.OtherHost, null, device, offset, outbox);
        }
        else if (frame.Payload is IPv4Packet packet)
        {
            var skb = new SkBuff
            {
                Packet = packet, In = device, Mark = mark.Mark, ConntrackId = mark.ConntrackId,
                State = mark.State, IsReplyDirection = mark.IsReplyDirection,
                FragmentLengthMax = mark.FragmentLengthMax, BridgedPort = bridgedPort,
                BridgedFrame = bridgedPort > 0 ? frame : null,
            };
            Route(ref skb, device, bridgedPort > 0, offset, outbox);
        }
        else
        {
            netns.Neighbours.Receive(device, (ArpPacket)frame.Payload, offset, outbox);
        }
    }

    private void Route(ref SkBuff skb, NetDevice device, bool passedPrerouting, long offset, Outbox outbox)
    {
        if (!passedPrerouting && netns.Netfilter is { IsActive: true } netfilter)
        {
            // Connection tracking joins fragments first.
            if (skb.Packet.IsFragment && !Join(ref skb, outbox))
            {
                return;
            }

            NetfilterVerdict verdict = netfilter.Run(Hook.Prerouting, ref skb, outbox);
            if (!verdict.IsAccepted)
            {
                netns.Refuse(ref skb, verdict, offset, outbox);
                return;
            }
        }

        if (device.NeedsNeighbour && IsMartian(skb.Packet))
        {
            netns.Drop(skb.Packet, DropReason.InvalidSource, null, device, offset, outbox);
            return;
        }

        if (netns.Sysctls.RpFilterOf(device.Name) is not 0 and int mode && !PassesReversePath(skb.Packet, device, mode))
        {
            netns.Drop(skb.Packet, DropReason.RpFilter, null, device, offset, outbox);
            return;
        }

        switch (netns.Fib.Classify(skb.Packet.Destination))
        {
            case RouteType.Local:
            case RouteType.Broadcast:
                Deliver(ref skb, device, offset, outbox);
                break;
            default:
                netns.Forward.Packet(ref skb, device, offset, outbox);
                break;
        }
    }

    // What only this host itself could send or hear, coming from elsewhere (accept_local and route_localnet are 0).
    // Source: ip_route_input_slow, fib_validate_source.
    private bool IsMartian(IPv4Packet packet) =>
        packet.Source.IsLoopback || packet.Destination.IsLoopback || packet.Source.IsMulticast
        || packet.Source == IPv4Address.Broadcast || netns.Fib.LocalDevice(packet.Source) is not null;

    // Strict (1): the best route back must leave by this device. Loose (2): any route back will do. Source: RFC 3704.
    private bool PassesReversePath(IPv4Packet packet, NetDevice device, int mode) =>
        netns.Fib.Classify(packet.Source) == RouteType.Local
        || (netns.Fib.LookUp(packet.Source) is { } back && (mode == 2 || back.Device == device));

    private bool Join(ref SkBuff skb, Outbox outbox)
    {
        if (netns.Reassembly.Add(skb.Packet, outbox, out skb.FragmentLengthMax) is not { } whole)
        {
            return false;
        }

        skb.Packet = whole;
        return true;
    }

    private void Deliver(ref SkBuff skb, NetDevice device, long offset, Outbox outbox)
    {
        if (skb.Packet.IsFragment && !Join(ref skb, outbox))
        {
            return;
        }

        if (netns.Netfilter is { IsActive: true } netfilter)
        {
            NetfilterVerdict verdict = netfilter.Run(Hook.Input, ref skb, outbox);
            if (!verdict.IsAccepted)
            {
                netns.Refuse(ref skb, verdict, offset, outbox);
                return;
            }
        }

        IPv4Packet packet = skb.Packet;
        switch (packet.Payload)
        {
            case UdpDatagram udp:
                if (netns.VxlanAt(udp.DestinationPort) is { } vxlan && udp.Data is VxlanPayload tunnelled)
                {
                    vxlan.Decapsulate(packet, tunnelled, offset + netns.HopNanoseconds, outbox);
                }
                else if (!netns.Sockets.Receive(packet, outbox))
                {
                    netns.IcmpErrors.Send(
                        IcmpType.DestinationUnreachable, IcmpUnreachable.Port, 0, skb, offset, outbox);
                }

                break;
            case TcpSegment:
                netns.Sockets.Receive(packet, outbox);
                break;
            case IcmpMessage icmp:
                Icmp(packet, icmp, offset, outbox);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(packet.Payload.GetType().Name);
        }
    }

    private void Icmp(IPv4Packet packet, IcmpMessage icmp, long offset, Outbox outbox)
    {
        switch (icmp.Type)
        {
            case IcmpType.EchoRequest:
                outbox.Delivered(netns.Self, packet, offset);
                var identity = new PacketIdentity(netns.NextPacketId(), packet.Identity.Flow, !packet.Identity.IsReply);
                bool toBroadcast = netns.Fib.Classify(packet.Destination) == RouteType.Broadcast;
                if (!toBroadcast)
                {
                    netns.Output.Send(
                        packet.Destination, packet.Source, icmp with { Type = IcmpType.EchoReply },
                        new OutputOptions(identity, false, 0, packet.TypeOfService), default, offset, outbox);
                }

                break;
            case IcmpType.EchoReply:
                netns.Sockets.ReceiveEchoReply(packet, outbox);
                break;
            default:
                if (icmp is { Type: IcmpType.DestinationUnreachable, Quoted: { } tooBig }
                    && icmp.Code == IcmpUnreachable.FragmentationNeeded)
                {
                    netns.LearnPathMtu(tooBig.Destination, (int)(icmp.Rest & 0xFFFF), outbox);
                }

                netns.Sockets.ReceiveError(icmp, packet, outbox);
                break;
        }
    }
}
