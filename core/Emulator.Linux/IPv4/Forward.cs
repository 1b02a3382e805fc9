using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;

namespace Emulator.Linux.IPv4;

/// <summary>IPv4 forwarding: packets for somebody else go on, one TTL poorer (ip_forward).</summary>
/// <remarks>
/// In: packets from <see cref="Input"/>, already routed as "not for us". Out: <see cref="Output.Finish"/>. The order
/// of checks is
/// Linux': route, TTL, MTU, decrement, FORWARD hook. Not modelled: ICMP redirects, source routes.
/// </remarks>
internal sealed class Forward(NetworkNamespace netns)
{
    /// <summary>Forwards a packet, or ends it with a reason.</summary>
    public void Packet(ref SkBuff skb, NetDevice from, long offset, Outbox outbox)
    {
        if (!netns.Sysctls.IpForward)
        {
            netns.Drop(skb.Packet, DropReason.ForwardingDisabled, null, from, offset, outbox);
            return;
        }

        Route? route = netns.Fib.Resolve(skb.Packet.Destination).Route;
        if (route is null || route.Type != RouteType.Unicast)
        {
            Unreachable(skb, route, from, offset, outbox);
            return;
        }

        NetDevice device = route.Device!; // A unicast route always has a device.
        if (skb.Packet.TimeToLive <= 1)
        {
            netns.IcmpErrors.Send(IcmpType.TimeExceeded, 0, 0, skb, offset, outbox);
            netns.Drop(skb.Packet, DropReason.TtlExceeded, null, from, offset, outbox);
            return;
        }

        if (skb.Packet.DontFragment && skb.Packet.Length > device.Mtu
            && (skb.FragmentLengthMax == 0 || skb.FragmentLengthMax > device.Mtu))
        {
            netns.IcmpErrors.Send(
                IcmpType.DestinationUnreachable, IcmpUnreachable.FragmentationNeeded, (uint)device.Mtu, skb, offset,
                outbox);
            netns.Drop(skb.Packet, DropReason.PacketTooBig, route, from, offset, outbox);
            return;
        }

        skb.Packet = skb.Packet with { TimeToLive = (byte)(skb.Packet.TimeToLive - 1) };
        skb.Out = device;
        if (outbox.Journal.Detail)
        {
            outbox.Detail(netns.Self, JournalKind.Route, skb.Packet, route);
        }

        if (netns.Netfilter is { IsActive: true } netfilter)
        {
            NetfilterVerdict verdict = netfilter.Run(Hook.Forward, ref skb, outbox);
            if (!verdict.IsAccepted)
            {
                netns.Refuse(ref skb, verdict, offset, outbox);
                return;
            }
        }

        IPv4Address nextHop = route.Gateway ?? skb.Packet.Destination;
        netns.Output.Finish(ref skb, device, nextHop, offset + netns.HopNanoseconds, outbox);
    }

    private void Unreachable(in SkBuff skb, Route? route, NetDevice from, long offset, Outbox outbox)
    {
        byte? code = route?.Type switch
        {
            null => IcmpUnreachable.Network,
            RouteType.Unreachable => IcmpUnreachable.Host,
            RouteType.Prohibit => IcmpUnreachable.AdministrativelyProhibited,
            _ => null,
        };
        if (code is { } answer)
        {
            netns.IcmpErrors.SendRouteError(answer, skb, offset, outbox);
        }

        netns.Drop(skb.Packet, route is null ? DropReason.NoRoute : DropReason.NullRoute, route, from, offset, outbox);
    }
}
