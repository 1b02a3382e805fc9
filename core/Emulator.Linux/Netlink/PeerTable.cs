using Emulator.Core.Addresses;

namespace Emulator.Linux.Netlink;

/// <summary>How packets for a peer's block leave.</summary>
public enum PeerEncapsulation : byte
{
    /// <summary>As they are, to the peer's own address as gateway (flannel's host-gw).</summary>
    None,

    /// <summary>In a VXLAN tunnel to the peer's VTEP.</summary>
    Vxlan,
}

/// <summary>One peer of an overlay network: another node with its block of addresses.</summary>
/// <param name="PodCidr">The block that is reached through the peer.</param>
/// <param name="VtepMac">The hardware address of the peer's VTEP; zero without encapsulation.</param>
/// <param name="NodeAddress">The peer's address on the underlay.</param>
public sealed record Peer(Cidr PodCidr, MacAddress VtepMac, IPv4Address NodeAddress)
{
    /// <summary>The address of the peer's VTEP: the first of its block, as flannel gives it.</summary>
    public IPv4Address VtepAddress => PodCidr.Address;
}

/// <summary>All peers of an overlay network, found by address in logarithmic time. Immutable: one table serves all
/// nodes.</summary>
/// <remarks>A thousand nodes with a thousand peers each would otherwise hold a million routes, neighbours and FDB
/// entries.</remarks>
public sealed class PeerTable
{
    private readonly Peer[] _peers;
    private readonly Peer[] _byMac;

    /// <summary>A table of these peers, in any order.</summary>
    /// <exception cref="ArgumentException">Two blocks overlap.</exception>
    public PeerTable(IEnumerable<Peer> peers)
    {
        _peers = [.. peers];
        Array.Sort(_peers, static (left, right) => left.PodCidr.CompareTo(right.PodCidr));
        for (int i = 1; i < _peers.Length; i++)
        {
            if (_peers[i - 1].PodCidr.Overlaps(_peers[i].PodCidr))
            {
                throw new ArgumentException(
                    $"the peers {_peers[i - 1].NodeAddress} and {_peers[i].NodeAddress} have overlapping blocks "
                    + $"{_peers[i - 1].PodCidr} and {_peers[i].PodCidr}; give each node a block of its own.");
            }
        }

        _byMac = [.. _peers];
        Array.Sort(_byMac, static (left, right) => left.VtepMac != right.VtepMac
            ? left.VtepMac.CompareTo(right.VtepMac)
            : left.PodCidr.CompareTo(right.PodCidr));
    }

    /// <summary>Nobody.</summary>
    public static readonly PeerTable Empty = new([]);

    /// <summary>The peers, sorted by block.</summary>
    public IReadOnlyList<Peer> Peers => _peers;

    /// <summary>The peer whose block holds an address, or null.</summary>
    public Peer? FindByAddress(IPv4Address address)
    {
        int low = 0;
        int high = _peers.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (_peers[middle].PodCidr.Address.Value <= address.Value)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return high >= 0 && _peers[high].PodCidr.Contains(address) ? _peers[high] : null;
    }

    /// <summary>The peer whose VTEP has an address, or null.</summary>
    public Peer? FindByVtepAddress(IPv4Address address) =>
        FindByAddress(address) is { } peer && peer.VtepAddress == address ? peer : null;

    /// <summary>The peer whose VTEP has a hardware address (of several, the one with the lowest block), or
    /// null.</summary>
    public Peer? FindByVtepMac(MacAddress mac)
    {
        int low = 0;
        int high = _byMac.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_byMac[middle].VtepMac.Value < mac.Value)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < _byMac.Length && _byMac[low].VtepMac == mac ? _byMac[low] : null;
    }
}

/// <summary>
/// All of flanneld's routes, and under VXLAN its neighbours and FDB entries too, as a view over one shared table:
/// replaces
/// those of the message before for the same device. With one peer it means the same as these messages:
/// <code>
///  Vxlan  ip route replace PODCIDR via VTEPADDRESS dev DEVICE onlink
///         ip neigh replace VTEPADDRESS lladdr VTEPMAC dev DEVICE nud permanent
///         bridge fdb append VTEPMAC dev DEVICE dst NODEADDRESS
///  None   ip route replace PODCIDR via NODEADDRESS dev DEVICE
/// </code>
/// </summary>
/// <param name="Device">The vxlan device, or the NIC without encapsulation.</param>
/// <param name="Vni">The network identifier; 0 without encapsulation.</param>
/// <param name="Encapsulation">How packets leave.</param>
/// <param name="Table">All nodes of the cluster, this one too.</param>
/// <param name="Own">This node's own block, which is passed over.</param>
public sealed record ReplacePeers(string Device, int Vni, PeerEncapsulation Encapsulation, PeerTable Table, Cidr Own)
    : NetlinkMessage
{
    /// <summary>The route: the peer whose block holds a destination, or null.</summary>
    public Peer? Route(IPv4Address destination) => Other(Table.FindByAddress(destination));

    /// <summary>The next hop of packets that take a peer's route.</summary>
    public IPv4Address Gateway(Peer peer) =>
        Encapsulation == PeerEncapsulation.Vxlan ? peer.VtepAddress : peer.NodeAddress;

    /// <summary>The permanent neighbour entry: the peer whose VTEP has an address, or null.</summary>
    public Peer? Neighbour(IPv4Address address) =>
        Encapsulation == PeerEncapsulation.Vxlan ? Other(Table.FindByVtepAddress(address)) : null;

    /// <summary>The FDB entry: the peer whose VTEP has a hardware address, or null.</summary>
    public Peer? FdbEntry(MacAddress mac) =>
        Encapsulation == PeerEncapsulation.Vxlan ? Other(Table.FindByVtepMac(mac)) : null;

    private Peer? Other(Peer? peer) => peer is null || peer.PodCidr == Own ? null : peer;
}
