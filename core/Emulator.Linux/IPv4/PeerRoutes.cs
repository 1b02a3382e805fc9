using Emulator.Core.Addresses;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Netlink;

namespace Emulator.Linux.IPv4;

/// <summary>
/// A namespace's view over the peer table that all nodes share: routes to the other nodes' pod CIDRs without a copy a
/// node.
/// </summary>
/// <remarks>Linux has one route, neighbour and FDB entry a peer on each node; a look-up here gives the same
/// answers.</remarks>
/// <param name="table">The shared table.</param>
/// <param name="device">flannel.1, or the NIC in host-gw mode.</param>
public sealed class PeerRoutes(PeerTable table, NetDevice device)
{
    // Routes are made when first asked for: one node talks to few of a thousand peers.
    private readonly Dictionary<uint, Route> _made = [];

    /// <summary>The shared table.</summary>
    public PeerTable Table { get; } = table;

    /// <summary>The length of the shortest prefix in the table.</summary>
    public int PrefixLength { get; } = table.Peers.Count == 0 ? 32 : table.Peers.Min(p => p.PodCidr.Length);

    /// <summary>All routes, in the table's order.</summary>
    public IEnumerable<Route> Routes => Table.Peers.Where(p => p.PodCidr != Table.OwnPodCidr).Select(RouteTo);

    /// <summary>The route to an address in a peer's pod CIDR, or null.</summary>
    public Route? LookUp(IPv4Address destination) =>
        Table.Find(destination) is { } peer && device.IsUp
            ? _made.TryGetValue(peer.PodCidr.Address.Value, out Route? route) ? route : Make(peer)
            : null;

    private Route Make(Peer peer)
    {
        Route route = RouteTo(peer);
        _made.Add(peer.PodCidr.Address.Value, route);
        return route;
    }

    private Route RouteTo(Peer peer) => Table.Vni is null
        ? new Route(peer.PodCidr, RouteType.Unicast, peer.NodeAddress, device, null, 0, false, false)
        : new Route(peer.PodCidr, RouteType.Unicast, peer.VtepAddress, device, null, 0, true, false);
}
