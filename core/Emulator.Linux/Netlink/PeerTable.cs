using Emulator.Core.Addresses;

namespace Emulator.Linux.Netlink;

/// <summary>Another node of a pod network: what flanneld knows of it.</summary>
/// <param name="PodCidr">The addresses of its pods.</param>
/// <param name="VtepAddress">The address of its flannel.1: the first of its pod CIDR.</param>
/// <param name="VtepMac">The MAC of its flannel.1.</param>
/// <param name="NodeAddress">Its address on the underlay.</param>
public sealed record Peer(Cidr PodCidr, IPv4Address VtepAddress, MacAddress VtepMac, IPv4Address NodeAddress);

/// <summary>
/// <c>ip route replace</c>, <c>ip neigh replace</c> and <c>bridge fdb append</c> for every other node at once: a view
/// over one
/// list that all nodes share, so that a thousand nodes do not hold a thousand copies of it.
/// </summary>
/// <param name="Device">flannel.1, or the NIC when there is no tunnel.</param>
/// <param name="Peers">All nodes, sorted by pod CIDR, none overlapping; shared by reference, this node
/// included.</param>
/// <param name="OwnPodCidr">The entry to skip: this node's own.</param>
/// <param name="Vni">The network identifier, or null for plain routes (host-gw).</param>
public sealed record PeerTable(string Device, IReadOnlyList<Peer> Peers, Cidr OwnPodCidr, int? Vni) : NetlinkMessage
{
    /// <summary>The peer whose pod CIDR holds an address, or null.</summary>
    public Peer? Find(IPv4Address address)
    {
        int low = 0;
        int high = Peers.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            Peer peer = Peers[middle];
            if (address.Value < peer.PodCidr.Address.Value)
            {
                high = middle - 1;
            }
            else if (address.Value > peer.PodCidr.Last.Value)
            {
                low = middle + 1;
            }
            else
            {
                return peer.PodCidr == OwnPodCidr ? null : peer;
            }
        }

        return null;
    }

    /// <summary>The peer whose VTEP has an address, or null.</summary>
    public Peer? FindVtep(IPv4Address vtep) => Find(vtep) is { } peer && peer.VtepAddress == vtep ? peer : null;
}
