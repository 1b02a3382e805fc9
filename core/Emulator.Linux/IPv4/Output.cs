using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Linux.Neighbour;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.IPv4;

/// <summary>Where a packet leaves, or why it cannot.</summary>
internal readonly record struct RouteDecision(
    OutputError Error, NetDevice Device, IPv4Address NextHop, Route? Route);

/// <summary>IPv4 output: packets made here are routed, filtered and given to a device (ip_queue_xmit,
/// ip_output).</summary>
/// <remarks>
/// In: transport payloads from sockets, ICMP and vxlan devices; forwarded packets at <see cref="Finish"/>. Out: frames
/// to the
/// device that the route names, after the neighbour table gave the next hop's MAC.
/// </remarks>
internal sealed class Output(NetworkNamespace netns)
{
    private ushort _identification;

    /// <summary>Sends a transport payload, and journals that a packet came into the world.</summary>
    /// <param name="source">The source address; 0.0.0.0 takes the route's.</param>
    /// <param name="destination">Where it goes.</param>
    /// <param name="payload">What it carries.</param>
    /// <param name="options">Who the packet is, DF, TTL.</param>
    /// <param name="cause">The packet that this answers, whose connection it joins (an ICMP error, a reset); or
    /// default.</param>
    /// <param name="offset">Nanoseconds since now.</param>
    /// <param name="outbox">Where it goes.</param>
    public OutputError Send(
        IPv4Address source, IPv4Address destination, TransportPayload payload, in OutputOptions options,
        in SkBuff cause, long offset, Outbox outbox)
    {
        TrySend(source, destination, payload, options, cause, offset, outbox, null, out OutputError error);
        return error;
    }

    /// <summary>Sends a tunnel's outer packet, which is no new one: the inner was counted. A route into the tunnel
    /// itself is none.</summary>
    /// <returns>False where it never came about; true where it went, or ended here with a reason.</returns>
    public bool TrySendTunnelled(
        NetDevice tunnel, IPv4Address source, IPv4Address destination, UdpDatagram datagram, in OutputOptions options,
        long offset, Outbox outbox) =>
        TrySend(source, destination, datagram, options, default, offset, outbox, tunnel, out _);

    private bool TrySend(
        IPv4Address source, IPv4Address destination, TransportPayload payload, in OutputOptions options,
        in SkBuff cause, long offset, Outbox outbox, NetDevice? tunnel, out OutputError error)
    {
        RouteDecision route = Route(destination);
        error = route.Device == tunnel ? OutputError.Invalid : route.Error;
        if (error != OutputError.None)
        {
            return false;
        }

        if (source.IsLoopback && route.Device != netns.Loopback)
        {
            error = OutputError.Invalid;
            return false;
        }

        int length = IPv4Packet.HeaderLength + payload.Length;
        if (options.DontFragment && length > netns.PathMtu(destination, route.Device.Mtu, outbox))
        {
            error = OutputError.MessageTooLong;
            return false;
        }

        IPv4Packet packet = Make(
            source == IPv4Address.Any ? SourceOf(route, destination) : source, destination, payload, options);
        if (tunnel is null)
        {
            outbox.Originated(netns.Self, packet);
        }

        error = LocalOut(packet, cause, route, offset + netns.HopNanoseconds, outbox);
        return true;
    }

    /// <summary>A packet of this host.</summary>
    public IPv4Packet Make(
        IPv4Address source, IPv4Address destination, TransportPayload payload, in OutputOptions options) => new()
    {
        Identity = options.Identity,
        Source = source,
        Destination = destination,
        Payload = payload,
        TimeToLive = options.TimeToLive == 0 ? netns.Sysctls.DefaultTimeToLive : options.TimeToLive,
        TypeOfService = options.TypeOfService,
        DontFragment = options.DontFragment,
        Identification = ++_identification,
    };

    /// <summary>POSTROUTING, fragmentation and the neighbour: the common end of forwarding and output.</summary>
    /// <remarks>What is made here is cut to the path's MTU, what is forwarded to the device's alone
    /// (ip_dst_mtu_maybe_forward).</remarks>
    public void Finish(
        ref SkBuff skb, NetDevice device, IPv4Address nextHop, long offset, Outbox outbox,
        int pathMtu = ushort.MaxValue)
    {
        skb.Out = device;
        if (netns.Netfilter is { IsActive: true } netfilter)
        {
            NetfilterVerdict verdict = netfilter.Run(Hook.Postrouting, ref skb, outbox);
            if (!verdict.IsAccepted)
            {
                netns.Refuse(ref skb, verdict, offset, outbox);
                return;
            }
        }

        // What was joined here leaves in pieces no larger than it came in.
        int mtu = Math.Min(device.Mtu, pathMtu);
        mtu = skb.FragmentLengthMax == 0 ? mtu : Math.Min(mtu, skb.FragmentLengthMax);
        if (skb.Packet.Length <= mtu)
        {
            ToNeighbour(skb.Packet, device, nextHop, offset, outbox);
            return;
        }

        // The way may have become narrower since the size was looked at: OUTPUT's translation chooses another.
        if (skb.Packet.DontFragment && (skb.FragmentLengthMax == 0 || skb.FragmentLengthMax > mtu))
        {
            netns.IcmpErrors.Send(
                IcmpType.DestinationUnreachable, IcmpUnreachable.FragmentationNeeded, (uint)mtu, skb, offset, outbox);
            netns.Drop(skb.Packet, DropReason.PacketTooBig, null, device, offset, outbox);
            return;
        }

        foreach (IPv4Packet fragment in Fragmentation.Cut(skb.Packet, mtu, netns.Self, outbox))
        {
            ToNeighbour(fragment, device, nextHop, offset, outbox);
        }
    }

    /// <summary>The route of a packet that is made here.</summary>
    public RouteDecision Route(IPv4Address destination)
    {
        ref CachedRoute cached = ref netns.Fib.Resolve(destination);
        switch (cached.Type)
        {
            case RouteType.Local:
                return new RouteDecision(OutputError.None, netns.Loopback, destination, null);
            case RouteType.Broadcast when netns.Fib.BroadcastDevice(destination) is { } device:
                return new RouteDecision(OutputError.None, device, IPv4Address.Broadcast, null);
            default:
                break;
        }

        Route? route = cached.Route;
        return route?.Type switch
        {
            null => new RouteDecision(OutputError.NetworkUnreachable, netns.Loopback, default, null),
            RouteType.Blackhole => new RouteDecision(OutputError.Invalid, netns.Loopback, default, route),
            RouteType.Unreachable => new RouteDecision(OutputError.HostUnreachable, netns.Loopback, default, route),
            RouteType.Prohibit => new RouteDecision(OutputError.AccessDenied, netns.Loopback, default, route),
            // A unicast route always has a device.
            _ => new RouteDecision(OutputError.None, route.Device!, route.Gateway ?? destination, route),
        };
    }

    /// <summary>The source address that a packet of this route gets.</summary>
    public IPv4Address SourceOf(in RouteDecision route, IPv4Address destination)
    {
        ref CachedRoute cached = ref netns.Fib.Resolve(destination);
        if (!cached.HasSource)
        {
            cached.HasSource = true;
            cached.Source = route.Device == netns.Loopback && route.Route is null ? destination
                : route.Route?.Source ?? netns.SourceOn(route.Device, route.NextHop) ?? IPv4Address.Any;
        }

        return cached.Source;
    }

    /// <summary>A queued packet's next hop has a MAC now.</summary>
    public void Resolved(NeighbourEntry entry, in PendingPacket pending, long offset, Outbox outbox)
    {
        if (pending.BridgedFrom is { } hook)
        {
            netns.BridgeNetfilter.SendTranslated(hook, pending.Packet, entry, offset, outbox);
        }
        else
        {
            entry.HasHeaderCache = true;
            entry.Device.Transmit(new EthernetFrame(entry.Device.Mac, entry.Mac, pending.Packet), offset, outbox);
        }
    }

    // The OUTPUT hook may translate the destination, which asks for another route.
    private OutputError LocalOut(
        IPv4Packet packet, in SkBuff cause, RouteDecision route, long offset, Outbox outbox)
    {
        var skb = new SkBuff { Packet = packet, Out = route.Device };
        if (netns.Netfilter is { IsActive: true } netfilter)
        {
            if (cause.Packet is not null)
            {
                netfilter.Attach(ref skb, cause);
            }

            IPv4Address before = packet.Destination;
            NetfilterVerdict verdict = netfilter.Run(Hook.Output, ref skb, outbox);
            if (!verdict.IsAccepted)
            {
                netns.Refuse(ref skb, verdict, offset, outbox);
                return verdict.Kind == VerdictKind.Reject ? OutputError.None : OutputError.NotPermitted;
            }

            if (skb.Packet.Destination != before)
            {
                route = Route(skb.Packet.Destination);
                if (route.Error != OutputError.None)
                {
                    netns.Netfilter.Forget(skb);
                    outbox.Dropped(netns.Self, skb.Packet, DropReason.NoRoute, route.Route, offsetNanoseconds: offset);
                    return route.Error;
                }

                if (skb.Packet.Source.IsLoopback && route.Device != netns.Loopback)
                {
                    // ip_route_me_harder finds no way out of the host for a loopback source.
                    netns.Netfilter.Forget(skb);
                    outbox.Dropped(netns.Self, skb.Packet, DropReason.InvalidSource, offsetNanoseconds: offset);
                    return OutputError.Invalid;
                }
            }
        }

        if (outbox.Journal.Detail)
        {
            outbox.Detail(netns.Self, JournalKind.Route, skb.Packet, (object?)route.Route ?? "local");
        }

        Finish(
            ref skb, route.Device, route.NextHop, offset, outbox,
            netns.PathMtu(skb.Packet.Destination, route.Device.Mtu, outbox));
        return OutputError.None;
    }

    private void ToNeighbour(IPv4Packet packet, NetDevice device, IPv4Address nextHop, long offset, Outbox outbox)
    {
        if (!device.NeedsNeighbour)
        {
            device.Transmit(new EthernetFrame(MacAddress.Zero, MacAddress.Zero, packet), offset, outbox);
            return;
        }

        if (nextHop == IPv4Address.Broadcast)
        {
            device.Transmit(new EthernetFrame(device.Mac, MacAddress.Broadcast, packet), offset, outbox);
            return;
        }

        ref CachedRoute cached = ref netns.Fib.Resolve(packet.Destination);
        NeighbourEntry? entry = cached.Neighbour;
        if (entry is null || entry.IsForgotten || entry.Address != nextHop || entry.Device != device)
        {
            entry = netns.Neighbours.Get(device, nextHop, outbox);
            cached.Neighbour = entry;
        }

        netns.Neighbours.Touch(entry, outbox);
        if (entry.IsValid)
        {
            entry.HasHeaderCache = true;
            device.Transmit(new EthernetFrame(device.Mac, entry.Mac, packet), offset, outbox);
        }
        else
        {
            netns.Neighbours.Wait(entry, new PendingPacket(packet, null), offset, outbox);
        }

        if (outbox.Journal.Detail)
        {
            string text = $"neigh {nextHop} dev {device.Name}: {entry.State}";
            outbox.Detail(netns.Self, JournalKind.Neighbour, packet, text);
        }
    }
}
