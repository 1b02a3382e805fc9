using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Linux.Netlink;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>Which UDP flows must be forgotten when Services or endpoints change: nothing else ends them while packets
/// come.</summary>
/// <remarks>
/// Source: kubernetes pkg/proxy/conntrack/cleanup.go and endpointschangetracker.go. Flows to endpoints that went, to
/// Services that had no endpoint before (their packets passed untranslated), and to cluster IPs that went.
/// </remarks>
internal static class UdpStaleness
{
    /// <summary>The flows that became stale between two moments, ordered by Service port.</summary>
    public static IReadOnlyList<DeleteConntrack> Between(ServiceRuleSet before, ServiceRuleSet after)
    {
        var stale = new List<DeleteConntrack>();
        Dictionary<string, ServicePortRules> old = UdpPorts(before);
        Dictionary<string, ServicePortRules> now = UdpPorts(after);
        foreach (ServicePortRules rules in after.Ports)
        {
            if (rules.Port.Protocol != IPProtocol.Udp)
            {
                continue;
            }

            old.TryGetValue(rules.Port.FullName, out ServicePortRules? last);
            if (ReferenceEquals(last, rules))
            {
                continue;
            }

            if (rules.Endpoints.Any(e => e.Serving) && last?.Endpoints.Any(e => e.Serving) != true)
            {
                stale.AddRange(Flows(rules.Port, null));
            }
        }

        foreach (ServicePortRules last in before.Ports)
        {
            if (last.Port.Protocol != IPProtocol.Udp)
            {
                continue;
            }

            if (!now.TryGetValue(last.Port.FullName, out ServicePortRules? rules))
            {
                stale.Add(new DeleteConntrack(IPProtocol.Udp, last.Port.ClusterIP, null, null));
            }

            if (!ReferenceEquals(last, rules))
            {
                HashSet<Endpoint> serving = [.. (rules?.Endpoints ?? []).Where(e => e.Serving).Select(e => e.Address)];
                stale.AddRange(last.Endpoints.Where(e => e.Serving && !serving.Contains(e.Address))
                    .SelectMany(e => Flows(last.Port, e.Address.Address)));
            }
        }

        return stale;
    }

    private static Dictionary<string, ServicePortRules> UdpPorts(ServiceRuleSet set) => set.Ports
        .Where(p => p.Port.Protocol == IPProtocol.Udp)
        .ToDictionary(p => p.Port.FullName, StringComparer.Ordinal);

    private static IEnumerable<DeleteConntrack> Flows(ServicePort port, IPv4Address? endpoint)
    {
        foreach (IPv4Address address in (IEnumerable<IPv4Address>)
            [port.ClusterIP, .. port.ExternalIPs, .. port.LoadBalancerIPs])
        {
            yield return new DeleteConntrack(IPProtocol.Udp, address, null, endpoint);
        }

        if (port.NodePort != 0)
        {
            yield return new DeleteConntrack(IPProtocol.Udp, null, port.NodePort, endpoint);
        }
    }
}
