using Emulator.Core.Addresses;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>Puts the Service ports' rules and the fixed chains together into the two tables.</summary>
/// <remarks>Source: kubernetes pkg/proxy/iptables (syncProxyRules). Services go by namespace and name, their ports by
/// name and protocol; kube-proxy's own order is that of a Go map.</remarks>
internal static class ServiceRuleBuilder
{
    private const string NodePortsComment =
        "kubernetes service nodeports; NOTE: this must be the last rule in this chain";

    private static readonly Cidr LoopbackBlock = new(IPv4Address.Loopback, 8);

    /// <summary>The tables of these Service ports.</summary>
    public static ServiceTables Build(
        IReadOnlyList<ServiceFragment> fragments, IReadOnlyList<DestinationMatch>? nodePortAddresses,
        KubeProxyOptions options) =>
        new(Filter(fragments), Nat(fragments, nodePortAddresses, options));

    /// <summary>Where node ports are taken at a node: its own addresses inside of nodePortAddresses; null for all local
    /// ones.</summary>
    public static IReadOnlyList<DestinationMatch>? NodePortAddresses(KubeProxyOptions options, ProxyNode node)
    {
        if (options.NodePortAddresses is not { } blocks)
        {
            return null;
        }

        IEnumerable<IPv4Address> own = node.Addresses.Append(IPv4Address.Loopback).Distinct()
            .Where(a => options.LocalhostNodePorts || !a.IsLoopback);
        return [.. own.Where(a => blocks.Any(b => b.Contains(a))).Select(a => new DestinationMatch(Cidr.Host(a)))];
    }

    private static TableContent Filter(IReadOnlyList<ServiceFragment> fragments)
    {
        Chain external = Joined(ChainNames.ExternalServices, fragments, f => f.FilterExternalServices, []);
        Chain nodePorts = Joined(ChainNames.NodePorts, fragments, f => f.FilterNodePorts, []);
        Chain proxyFirewall = Joined(ChainNames.ProxyFirewall, fragments, f => f.FilterFirewall, []);
        Chain services = Joined(ChainNames.Services, fragments, f => f.FilterServices, []);
        return new TableContent(
            FixedChains.FilterHooks(services, external, nodePorts, proxyFirewall),
            [external, FixedChains.Firewall, FixedChains.Forward, nodePorts, proxyFirewall, services]);
    }

    private static TableContent Nat(
        IReadOnlyList<ServiceFragment> fragments, IReadOnlyList<DestinationMatch>? nodePortAddresses,
        KubeProxyOptions options)
    {
        Chain postrouting = FixedChains.Postrouting(options.RandomFully);
        Chain nodePorts = Joined(ChainNames.NodePorts, fragments, f => f.NatNodePorts, []);
        Chain services = Joined(
            ChainNames.Services, fragments, f => f.NatServices, ToNodePorts(nodePorts, nodePortAddresses, options));
        IEnumerable<IReadOnlyList<Chain>> chains =
        [
            [FixedChains.MarkMasquerade, nodePorts, postrouting, services],
            .. fragments.SelectMany(f => new[] { f.SharedChains, f.OwnChains }),
        ];
        return new TableContent(FixedChains.NatHooks(services, postrouting), new JoinedList<Chain>(chains));
    }

    private static Chain Joined(
        string name, IReadOnlyList<ServiceFragment> fragments, Func<ServiceFragment, IReadOnlyList<Rule>> part,
        IReadOnlyList<Rule> last)
    {
        var rules = new List<Rule>();
        foreach (ServiceFragment fragment in fragments)
        {
            rules.AddRange(part(fragment));
        }

        rules.AddRange(last);
        return new Chain(name, rules);
    }

    private static IReadOnlyList<Rule> ToNodePorts(
        Chain nodePorts, IReadOnlyList<DestinationMatch>? addresses, KubeProxyOptions options)
    {
        var comment = new CommentMatch(NodePortsComment);
        var target = new JumpTarget(nodePorts);
        if (addresses is not null)
        {
            return [.. addresses.Select(address => new Rule([address, comment], target))];
        }

        List<Match> matches = [comment, new AddressTypeMatch(null, AddressType.Local)];
        if (!options.LocalhostNodePorts)
        {
            matches.Insert(0, new DestinationMatch(LoopbackBlock, Negated: true));
        }

        return [new Rule(matches, target)];
    }
}
