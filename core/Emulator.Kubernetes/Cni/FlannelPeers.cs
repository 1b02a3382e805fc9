using System.Runtime.CompilerServices;
using Emulator.Core.Addresses;
using Emulator.Core.Randomness;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.KubeProxy;
using Emulator.Linux.Netlink;

namespace Emulator.Kubernetes.Cni;

/// <summary>
/// Where the flannelds of one run and process find the peer table that another of them has already made. Given to each;
/// what it answers is a pure function of the nodes that were asked about, so nobody can tell that it is shared.
/// </summary>
/// <param name="options">The configuration of all flannelds.</param>
public sealed class FlannelPeers(FlannelOptions options)
{
    private readonly ConditionalWeakTable<ApiObject, StrongBox<Peer?>> _read = [];
    private readonly ConditionalWeakTable<SharedSet<Peer>, PeerTable> _tables = [];
    private readonly TableContent _filter = FlannelRules.Filter(options.Network);

    /// <summary>The configuration.</summary>
    public FlannelOptions Options { get; } = options;

    /// <summary>Sets of peers by node name.</summary>
    public SharedSets<Peer> Sets { get; } = new(static (left, right) => left == right, Hash);

    /// <summary>flanneld's filter table, the same on all nodes.</summary>
    public TableContent Filter => _filter;

    /// <summary>The peer that a node is; null until it has a pod CIDR and has said how it is reached.</summary>
    public Peer? Read(ApiObject node) => _read.GetValue(node, n => new StrongBox<Peer?>(PeerOf(n))).Value;

    /// <summary>The table of these peers. Of overlapping blocks the larger counts, of equal ones the first by node
    /// name.</summary>
    public PeerTable Table(SharedSet<Peer> peers) =>
        _tables.GetValue(peers, static set => new PeerTable(Disjoint(set.Items)));

    private Peer? PeerOf(ApiObject node)
    {
        if (NodeView.Of(node).PodCidr is not { } block
            || !IPv4Address.TryParse(node.Annotations[FlannelAnnotations.PublicIP], out IPv4Address address)
            || node.Annotations[FlannelAnnotations.BackendType] != FlannelAnnotations.TypeOf(Options.Backend))
        {
            return null;
        }

        if (Options.Backend == FlannelBackend.HostGateway)
        {
            return new Peer(block, MacAddress.Zero, address);
        }

        return FlannelAnnotations.TryReadVtepMac(node.Annotations[FlannelAnnotations.BackendData], out MacAddress mac)
            ? new Peer(block, mac, address)
            : null;
    }

    private static List<Peer> Disjoint(IEnumerable<Peer> peers)
    {
        List<Peer> ordered = [.. peers.DistinctBy(p => p.PodCidr).OrderBy(p => p.PodCidr)];

        // Sorted by block, an overlap is between neighbours: the longer prefix lies inside the shorter one before it.
        for (int i = 1; i < ordered.Count;)
        {
            if (ordered[i - 1].PodCidr.Overlaps(ordered[i].PodCidr))
            {
                ordered.RemoveAt(i);
            }
            else
            {
                i++;
            }
        }

        return ordered;
    }

    private static ulong Hash(Peer peer) => StableHash.Combine(
        StableHash.Combine(peer.PodCidr.Address.Value, peer.PodCidr.Length),
        StableHash.Combine(peer.VtepMac.Value, peer.NodeAddress.Value));
}
