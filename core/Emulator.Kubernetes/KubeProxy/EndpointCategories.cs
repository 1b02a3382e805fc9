namespace Emulator.Kubernetes.KubeProxy;

/// <summary>Which of a Service port's endpoints a node uses, by traffic policy.</summary>
/// <remarks>
/// Source: kubernetes pkg/proxy/topology.go, 1.31 and later (zone hints count whatever the Service's annotations say).
/// </remarks>
public sealed record EndpointCategories
{
    private EndpointCategories()
    {
    }

    /// <summary>For policy Cluster: the ready ones (of the node's zone, where hints apply); if there are none, those
    /// that terminate but still serve. Null when no traffic uses them.</summary>
    public IReadOnlyList<ProxyEndpoint>? Cluster { get; private init; }

    /// <summary>For policy Local: the node's own ready ones, else its own that terminate but still serve. Null when no
    /// traffic uses them.</summary>
    public IReadOnlyList<ProxyEndpoint>? Local { get; private init; }

    /// <summary>All that can be reached from the node: both lists without repetition, in the order of the
    /// endpoints.</summary>
    public required IReadOnlyList<ProxyEndpoint> Reachable { get; init; }

    /// <summary>Whether any node can reach any endpoint.</summary>
    public required bool HasAny { get; init; }

    /// <summary>Sorts a port's endpoints for a node.</summary>
    /// <param name="port">The Service port.</param>
    /// <param name="endpoints">Its endpoints, ordered.</param>
    /// <param name="nodeName">The node.</param>
    /// <param name="zone">The node's zone, or empty.</param>
    public static EndpointCategories Of(
        ServicePort port, IReadOnlyList<ProxyEndpoint> endpoints, string nodeName, string zone)
    {
        bool hints = HintsApply(endpoints, zone);
        bool InZone(ProxyEndpoint e) => !hints || e.ZoneHints.Contains(zone);
        bool IsOwn(ProxyEndpoint e) => e.NodeName == nodeName && nodeName.Length > 0;
        bool clusterReady = endpoints.Any(e => e.Ready && InZone(e));
        bool localReady = endpoints.Any(e => e.Ready && IsOwn(e));
        bool InCluster(ProxyEndpoint e) =>
            port.UsesClusterEndpoints && (clusterReady ? e.Ready && InZone(e) : e.IsLastResort);
        bool InLocal(ProxyEndpoint e) =>
            port.UsesLocalEndpoints && IsOwn(e) && (localReady ? e.Ready : e.IsLastResort);
        return new EndpointCategories
        {
            Cluster = port.UsesClusterEndpoints ? [.. endpoints.Where(InCluster)] : null,
            Local = port.UsesLocalEndpoints ? [.. endpoints.Where(InLocal)] : null,
            Reachable = [.. endpoints.Where(e => InCluster(e) || InLocal(e))],
            HasAny = endpoints.Any(e => e.Ready || e.IsLastResort),
        };
    }

    /// <summary>Whether a node of the zone uses only the endpoints that are hinted for it: all ready ones have hints,
    /// and one of them for this zone.</summary>
    public static bool HintsApply(IReadOnlyList<ProxyEndpoint> endpoints, string zone)
    {
        bool hinted = false;
        foreach (ProxyEndpoint endpoint in endpoints)
        {
            if (!endpoint.Ready)
            {
                continue;
            }

            if (endpoint.ZoneHints.Count == 0)
            {
                return false;
            }

            hinted |= endpoint.ZoneHints.Contains(zone);
        }

        return hinted && zone.Length > 0;
    }
}
