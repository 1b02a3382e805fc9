using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Emulator.Linux.Netfilter;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>
/// All Services and their endpoints at one moment, and the tables that they give at each node. Nodes whose tables are
/// equal get the same object: all of them, but for Services with policy Local, zone hints or source ranges.
/// </summary>
public sealed class ServiceRuleSet
{
    private readonly ServicePortRules[] _ports;
    private readonly int[] _dependent;
    private readonly KubeProxyOptions _options;
    private readonly ConcurrentDictionary<Key, ServiceTables> _tables = new();

    internal ServiceRuleSet(IEnumerable<ServicePortRules> ports, KubeProxyOptions options)
    {
        _ports = [.. ports];
        _options = options;
        _dependent = [.. Enumerable.Range(0, _ports.Length).Where(i => _ports[i].DependsOnNode)];
    }

    /// <summary>The Service ports with their endpoints.</summary>
    internal IReadOnlyList<ServicePortRules> Ports => _ports;

    /// <summary>How many Service ports there are.</summary>
    public int PortCount => _ports.Length;

    /// <summary>The tables at a node.</summary>
    public ServiceTables At(ProxyNode node)
    {
        var fragments = new ServiceFragment[_dependent.Length];
        for (int i = 0; i < fragments.Length; i++)
        {
            fragments[i] = _ports[_dependent[i]].At(node);
        }

        IReadOnlyList<DestinationMatch>? addresses = ServiceRuleBuilder.NodePortAddresses(_options, node);
        var key = new Key(fragments, addresses is null ? "" : string.Join(' ', addresses.Select(a => a.Cidr)));
        return _tables.TryGetValue(key, out ServiceTables? known)
            ? known
            : _tables.GetOrAdd(
                key, ServiceRuleBuilder.Build([.. _ports.Select(p => p.At(node))], addresses, _options));
    }

    /// <summary>What the tables of two nodes can differ by. Fragments are compared by reference: equal ones are
    /// shared.</summary>
    private readonly record struct Key(ServiceFragment[] Fragments, string NodePortAddresses)
    {
        public bool Equals(Key other) =>
            NodePortAddresses == other.NodePortAddresses && Fragments.AsSpan().SequenceEqual(other.Fragments);

        public override int GetHashCode()
        {
            int hash = NodePortAddresses.Length;
            foreach (ServiceFragment fragment in Fragments)
            {
                hash = (hash * 31) + RuntimeHelpers.GetHashCode(fragment);
            }

            return hash;
        }
    }
}
