using Emulator.Core.Addresses;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Netlink;

namespace Emulator.Linux.IPv4;

/// <summary>
/// A namespace's view over the peer table that all nodes share: routes to the other nodes' pod CIDRs without a copy a
/// node.
/// </summary>
/// <param name="view">The shared table, and which of its entries is this node.</param>
/// <param name="device">flannel.1, or the NIC in host-gw mode.</param>
public sealed class PeerRoutes(ReplacePeers view, NetDevice device)
{
    // Routes are made when first asked for: one node talks to few of a thousand peers.
    private readonly Dictionary<uint, Route> _made = [];

    /// <summary>The shared table, and which of its entries is this node.</summary>
    public ReplacePeers View { get; } = view;

    /// <summary>The length of the shortest prefix in the table.</summary>
    public int PrefixLength { get; } = view.Table.Peers.Count == 0 ? 32 : view.Table.Peers.Min(p => p.PodCidr.Length);

    /// <summary>The peers but this node, by pod CIDR.</summary>
    public IEnumerable<Peer> Peers => View.Table.Peers.Where(p => p.PodCidr != View.Own);

    /// <summary>All routes, in the table's order.</summary>
    public IEnumerable<Route> Routes => Peers.Select(RouteTo);

    /// <summary>The route to an address in a peer's pod CIDR, or null.</summary>
    public Route? LookUp(IPv4Address destination)
    {
        if (!device.IsUp || View.Route(destination) is not { } peer)
        {
            return null;
        }

        uint block = peer.PodCidr.Address.Value;
        if (!_made.TryGetValue(block, out Route? route))
        {
            route = RouteTo(peer);
            _made.Add(block, route);
        }

        return route;
    }

    private Route RouteTo(Peer peer) => new(
        peer.PodCidr, RouteType.Unicast, View.Gateway(peer), device, null, 0,
        OnLink: View.Encapsulation == PeerEncapsulation.Vxlan, IsConnected: false);
}
