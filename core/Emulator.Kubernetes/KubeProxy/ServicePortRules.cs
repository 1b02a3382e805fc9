using System.Collections.Concurrent;
using System.Collections.Frozen;
using Emulator.Core.Addresses;
using Emulator.Linux.Netfilter;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>
/// A Service port with its endpoints, and the rules that they give at each kind of node. Rules are made when first
/// asked for and kept, so nodes that must have the same rules share them.
/// </summary>
internal sealed class ServicePortRules
{
    private readonly ServicePort _port;
    private readonly KubeProxyOptions _options;
    private readonly EndpointChains _chains;
    private readonly IReadOnlyList<ProxyEndpoint> _endpoints;
    private readonly FrozenSet<string> _nodes;
    private readonly FrozenSet<string> _zones;
    private readonly ConcurrentDictionary<View, ServiceFragment> _fragments = new();
    private readonly ConcurrentDictionary<string, Chain[]> _clusterChains = new(StringComparer.Ordinal);

    /// <summary>A port and its endpoints, ordered by their text as kube-proxy does.</summary>
    public ServicePortRules(
        ServicePort port, IReadOnlyList<ProxyEndpoint> endpoints, EndpointChains chains, KubeProxyOptions options)
    {
        _port = port;
        _options = options;
        _endpoints = endpoints;
        _chains = chains;
        _nodes = port.UsesLocalEndpoints
            ? endpoints.Select(e => e.NodeName).Where(n => n.Length > 0).ToFrozenSet(StringComparer.Ordinal)
            : FrozenSet<string>.Empty;
        _zones = port.UsesClusterEndpoints
            ? endpoints.SelectMany(e => e.ZoneHints).ToHashSet(StringComparer.Ordinal)
                .Where(zone => EndpointCategories.HintsApply(endpoints, zone)).ToFrozenSet(StringComparer.Ordinal)
            : FrozenSet<string>.Empty;
        DependsOnNode = _nodes.Count > 0 || _zones.Count > 0 || port.LoadBalancerSourceRanges.Count > 0;
    }

    /// <summary>The Service port.</summary>
    public ServicePort Port => _port;

    /// <summary>Its endpoints.</summary>
    public IReadOnlyList<ProxyEndpoint> Endpoints => _endpoints;

    /// <summary>Whether some nodes have other rules than others.</summary>
    public bool DependsOnNode { get; }

    /// <summary>The rules at a node.</summary>
    public ServiceFragment At(ProxyNode node) => _fragments.GetOrAdd(ViewOf(node), Build);

    private View ViewOf(ProxyNode node) => DependsOnNode
        ? new View(
            _nodes.Contains(node.Name) ? node.Name : "",
            _zones.Contains(node.Zone) ? node.Zone : "",
            node.Addresses.Count > 0 && _port.LoadBalancerSourceRanges.Any(r => r.Contains(node.Addresses[0])))
        : new View("", "", false);

    private ServiceFragment Build(View view)
    {
        EndpointCategories endpoints = EndpointCategories.Of(_port, _endpoints, view.LocalNode, view.Zone);
        Chain[] shared = _clusterChains.GetOrAdd(view.Zone, _ => ClusterChains(endpoints.Cluster ?? []));
        Chain? cluster = shared.Length > 0 ? shared[0] : null;
        Chain? local = endpoints.Local is { Count: > 0 } own
            ? _chains.Policy(ChainNames.LocalPolicy(_port), own, _port.InternalPolicyLocal)
            : null;
        var traffic = new ServiceTraffic(_port, _options, endpoints.HasAny, cluster, local, view.AllowFromNode);
        var chains = new List<Chain>(traffic.Chains);
        if (local is not null)
        {
            chains.Add(local);
        }

        // What only policy Local reaches: this node's endpoints that terminate, or are hinted for other zones.
        IReadOnlyList<ProxyEndpoint> inCluster = endpoints.Cluster ?? [];
        if (endpoints.Reachable.Count > inCluster.Count)
        {
            HashSet<Endpoint> known = [.. inCluster.Select(e => e.Address)];
            chains.AddRange(
                endpoints.Reachable.Where(e => !known.Contains(e.Address)).Select(e => _chains.Of(e.Address)));
        }

        return traffic.Fragment(shared, chains);
    }

    /// <summary>KUBE-SVC and then its endpoints' chains; empty without endpoints.</summary>
    private Chain[] ClusterChains(IReadOnlyList<ProxyEndpoint> endpoints) => endpoints.Count == 0
        ? []
        :
        [
            _chains.Policy(ChainNames.ClusterPolicy(_port), endpoints, !_port.InternalPolicyLocal),
            .. endpoints.Select(e => _chains.Of(e.Address)),
        ];

    /// <summary>All that a port's rules depend on at a node.</summary>
    /// <param name="LocalNode">The node's name if it has endpoints that policy Local may use, else empty.</param>
    /// <param name="Zone">The node's zone if hints choose endpoints for it, else empty.</param>
    /// <param name="AllowFromNode">Whether the load balancer's source ranges hold the node's address.</param>
    private readonly record struct View(string LocalNode, string Zone, bool AllowFromNode);
}
