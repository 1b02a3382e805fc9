using Emulator.Core.Actors;
using Emulator.Linux.IPv4;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Netfilter;

namespace Emulator.Linux.Netlink;

/// <summary>Applies the netlink messages that every namespace understands: addresses, routes, neighbours, FDB, rules,
/// sysctls.</summary>
/// <remarks>What names a device that does not exist is refused aloud: it is a mistake of ours, not of a
/// packet.</remarks>
internal sealed class KernelConfiguration(NetworkNamespace netns)
{
    /// <summary>Applies a message; false when it is not one of these.</summary>
    public bool Apply(NetlinkMessage message, Outbox outbox)
    {
        switch (message)
        {
            case AddAddress add:
                NetDevice device = Require(add.Device);
                device.Add(new DeviceAddress(add.Address, add.PrefixLength, add.Broadcast));
                netns.Fib.AddAddress(device, add.Address, add.PrefixLength, add.Broadcast);
                return true;
            case SetLink set:
                SetLink(Require(set.Name), set, outbox);
                return true;
            case AddRoute add:
                netns.Fib.Replace(RouteFrom(add));
                return true;
            case DeleteRoute delete:
                netns.Fib.Remove(delete.Destination, delete.Metric);
                return true;
            case AddNeighbour add:
                netns.Neighbours.Replace(Require(add.Device), add.Address, add.Mac, add.State, outbox);
                return true;
            case DeleteNeighbour delete:
                netns.Neighbours.Remove(Require(delete.Device), delete.Address, outbox);
                return true;
            case AnnounceAddress announce:
                netns.Neighbours.Announce(Require(announce.Device), announce.Address, outbox);
                return true;
            case AddFdbEntry add:
                RequireVxlan(add.Device).AddFdbEntry(add.Mac, add.Destination);
                return true;
            case DeleteFdbEntry delete:
                RequireVxlan(delete.Device).RemoveFdbEntry(delete.Mac);
                return true;
            case ReplacePeers peers:
                netns.Fib.Peers = new PeerRoutes(peers, Require(peers.Device));
                netns.Neighbours.ForgetPeers();
                return true;
            case ReplaceTable replace:
                netns.RequireNetfilter().Replace(replace);
                return true;
            case DeleteConntrack delete:
                netns.Netfilter?.Delete(delete, outbox.Now);
                return true;
            case ReplaceQdisc replace:
                Require(replace.Device).ReplaceQdisc(replace.Tbf, replace.Netem);
                return true;
            case FlushConntrack:
                netns.Netfilter?.Conntrack.Flush(outbox.Now);
                return true;
            case SetSysctl set:
                SetSysctl(set);
                return true;
            case StartProcess start:
                netns.Processes.Start(start, outbox);
                return true;
            case KillProcess kill:
                netns.Processes.Kill(kill.ContainerName, outbox);
                return true;
            case TerminateProcess terminate:
                netns.Processes.Terminate(terminate.ContainerName, outbox);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The device of a name.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public NetDevice Require(string name) => netns.Device(name)
        ?? throw new InvalidOperationException($"{netns.Name}: Cannot find device \"{name}\".");

    private Vxlan RequireVxlan(string name) => Require(name) as Vxlan
        ?? throw new InvalidOperationException(
            $"{netns.Name}: {name} is not a vxlan device; FDB entries with dst need one.");

    private Route RouteFrom(AddRoute add)
    {
        NetDevice? device = add.Device is null ? null : Require(add.Device);
        if (device is null && add.Gateway is { } gateway && add.Type == RouteType.Unicast)
        {
            device = netns.Fib.LookUp(gateway)?.Device
                ?? throw new InvalidOperationException(
                    $"{netns.Name}: {add.Destination} via {gateway}: Nexthop has invalid gateway.");
        }

        return new Route(add.Destination, add.Type, add.Gateway, device, add.Source, add.Metric, add.OnLink, false);
    }

    private void SetLink(NetDevice device, SetLink set, Outbox outbox)
    {
        device.IsUp = set.Up ?? device.IsUp;
        device.Mtu = set.Mtu ?? device.Mtu;
        netns.Fib.Invalidate();
        if (!device.IsUp)
        {
            netns.Neighbours.Forget(device, outbox);
        }
    }

    private void SetSysctl(SetSysctl set)
    {
        netns.Sysctls.Set(set.Name, set.Value);
        if (set.Name.StartsWith(ConntrackSysctls.Prefix, StringComparison.Ordinal))
        {
            Conntrack connections = netns.RequireNetfilter().Conntrack;
            connections.Settings = ConntrackSysctls.With(connections.Settings, set.Name, set.Value);
        }

        if (set.Name.StartsWith("net.ipv4.neigh.", StringComparison.Ordinal)
            && set.Name.EndsWith(".base_reachable_time_ms", StringComparison.Ordinal))
        {
            netns.Neighbours.ReachableNanoseconds = set.Value * 1_000_000;
        }
    }
}
