using System.Runtime.CompilerServices;
using Emulator.Core.Randomness;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Linux.Netlink;
using RulesBySlices = System.Runtime.CompilerServices.ConditionalWeakTable<
    Emulator.Kubernetes.KubeProxy.SharedSet<Emulator.Kubernetes.ApiMachinery.ApiObject>,
    Emulator.Kubernetes.KubeProxy.ServiceRuleSet>;
using StaleFlowsByNext = System.Runtime.CompilerServices.ConditionalWeakTable<
    Emulator.Kubernetes.KubeProxy.ServiceRuleSet,
    System.Collections.Generic.IReadOnlyList<Emulator.Linux.Netlink.DeleteConntrack>>;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>
/// Where the kube-proxies of one run and process find what another of them has already computed. Given to each; what it
/// answers is a pure function of the objects that were asked about, so nobody can tell that it is shared.
/// </summary>
/// <remarks>
/// With a thousand nodes and ten thousand endpoints there is one copy of the rules: only Services that changed are read
/// again, an endpoint's chain lasts as long as its Service object, and nodes differ only by what policy Local, zone
/// hints and source ranges make of single Services.
/// </remarks>
/// <param name="options">The configuration of all kube-proxies.</param>
public sealed class ServiceRuleCache(KubeProxyOptions options)
{
    private readonly ConditionalWeakTable<ApiObject, ServiceEntry> _services = [];
    private readonly ConditionalWeakTable<ApiObject, ProxySlice> _slices = [];
    private readonly ConditionalWeakTable<SharedSet<ApiObject>, RulesBySlices> _combined = [];

    private readonly ConditionalWeakTable<ServiceRuleSet, StaleFlowsByNext> _stale = [];

    /// <summary>The configuration.</summary>
    public KubeProxyOptions Options { get; } = options;

    /// <summary>Sets of API objects; the same object at the same resourceVersion is the same item.</summary>
    public SharedSets<ApiObject> Objects { get; } = new(
        static (left, right) => left.ResourceVersion == right.ResourceVersion && left.Uid == right.Uid
            && left.ResourceVersion != ResourceVersion.None,
        static item => StableHash.Combine(StableHash.Of(item.Uid), (ulong)item.ResourceVersion.Value));

    /// <summary>The rules of these Services with these EndpointSlices.</summary>
    public ServiceRuleSet Rules(SharedSet<ApiObject> services, SharedSet<ApiObject> slices)
    {
        RulesBySlices bySlices = _combined.GetValue(services, static _ => []);
        return bySlices.GetValue(slices, known => Combine(services, known));
    }

    /// <summary>The UDP flows that became stale between two moments.</summary>
    public IReadOnlyList<DeleteConntrack> StaleFlows(ServiceRuleSet before, ServiceRuleSet after) =>
        _stale.GetValue(before, static _ => []).GetValue(after, set => UdpStaleness.Between(before, set));

    private ServiceRuleSet Combine(SharedSet<ApiObject> services, SharedSet<ApiObject> slices)
    {
        var byService = new Dictionary<string, List<ProxySlice>>(StringComparer.Ordinal);
        foreach (ApiObject slice in slices.Items)
        {
            ProxySlice view = _slices.GetValue(slice, static s => EndpointSliceReader.Read(s.Json));
            if (!byService.TryGetValue(view.Service, out List<ProxySlice>? views))
            {
                views = [];
                byService.Add(view.Service, views);
            }

            views.Add(view);
        }

        var ports = new List<ServicePortRules>();
        foreach (ApiObject service in services.Items)
        {
            ServiceEntry entry = _services.GetValue(service, read => new ServiceEntry(read, Options));
            ports.AddRange(entry.Rules(byService.GetValueOrDefault($"{service.Namespace}/{service.Name}") ?? []));
        }

        return new ServiceRuleSet(ports, Options);
    }

    /// <summary>One version of a Service: its ports, their endpoints' chains, and its rules with the last slices
    /// seen.</summary>
    private sealed class ServiceEntry
    {
        private readonly IReadOnlyList<ServicePort> _ports;
        private readonly EndpointChains[] _chains;
        private readonly KubeProxyOptions _options;
        private Built? _last;

        public ServiceEntry(ApiObject service, KubeProxyOptions options)
        {
            _options = options;
            _ports = ServiceReader.Ports(service.Json);
            _chains = [.. _ports.Select(p => new EndpointChains(p, options))];
        }

        public IReadOnlyList<ServicePortRules> Rules(List<ProxySlice> slices)
        {
            Built? last = _last;
            if (last is not null && SameObjects(last.Slices, slices))
            {
                return last.Rules;
            }

            foreach (EndpointChains chains in _chains)
            {
                chains.Trim();
            }

            ServicePortRules[] rules =
            [
                .. _ports.Zip(_chains, (port, chains) =>
                    new ServicePortRules(port, EndpointSliceReader.Endpoints(port, slices), chains, _options)),
            ];
            _last = new Built(slices, rules);
            return rules;
        }

        private static bool SameObjects(List<ProxySlice> left, List<ProxySlice> right) =>
            left.Count == right.Count && left.Zip(right).All(p => ReferenceEquals(p.First, p.Second));

        private sealed record Built(List<ProxySlice> Slices, IReadOnlyList<ServicePortRules> Rules);
    }
}
