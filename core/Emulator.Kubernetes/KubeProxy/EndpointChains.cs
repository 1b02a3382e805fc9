using System.Collections.Concurrent;
using Emulator.Core.Addresses;
using Emulator.Core.Randomness;
using Emulator.Linux.Netfilter;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>A Service port's KUBE-SEP chains, each made once, and the chains that choose among them.</summary>
/// <remarks>Source: kubernetes pkg/proxy/iptables (writeServiceToEndpointRules).</remarks>
internal sealed class EndpointChains(ServicePort port, KubeProxyOptions options)
{
    /// <summary>How many endpoints' chains are kept for those that come back; beyond it they are made anew.</summary>
    private const int ChainsMax = 10_000;

    private readonly ConcurrentDictionary<Endpoint, Chain> _chains = new();

    /// <summary>KUBE-SEP: marks what comes from the endpoint itself, notes the client, translates.</summary>
    public Chain Of(Endpoint endpoint) => _chains.GetOrAdd(endpoint, Build);

    /// <summary>Forgets endpoints of the past once there are too many of them.</summary>
    public void Trim()
    {
        if (_chains.Count > ChainsMax)
        {
            _chains.Clear();
        }
    }

    /// <summary>KUBE-SVC or KUBE-SVL: affinity first, then an equal chance for each endpoint.</summary>
    /// <param name="name">The chain's name.</param>
    /// <param name="endpoints">The endpoints, at least one.</param>
    /// <param name="takesClusterIP">Whether packets for the cluster IP come here, which may need masquerading.</param>
    public Chain Policy(string name, IReadOnlyList<ProxyEndpoint> endpoints, bool takesClusterIP)
    {
        var rules = new List<Rule>();
        if (takesClusterIP && (options.MasqueradeAll || options.ClusterCidr is not null))
        {
            rules.Add(new Rule(MasqueradeMatches(), new JumpTarget(FixedChains.MarkMasquerade)));
        }

        if (port.AffinitySeconds > 0)
        {
            rules.AddRange(endpoints.Select(e => Affinity(Of(e.Address), e.Address)));
        }

        for (int i = 0; i < endpoints.Count; i++)
        {
            rules.Add(Choice(endpoints[i].Address, endpoints.Count - i));
        }

        return new Chain(name, rules);
    }

    private List<Match> MasqueradeMatches()
    {
        var matches = new List<Match>();
        if (!options.MasqueradeAll && options.ClusterCidr is Cidr cluster)
        {
            matches.Add(new SourceMatch(cluster, Negated: true));
        }

        matches.Add(new DestinationMatch(Cidr.Host(port.ClusterIP)));
        matches.Add(new ProtocolMatch(port.Protocol));
        matches.Add(new CommentMatch($"{port.FullName} cluster IP"));
        matches.Add(new DestinationPortMatch(port.Protocol, port.Port, port.Port));
        return matches;
    }

    private Rule Affinity(Chain chain, Endpoint endpoint) => new(
        [
            new CommentMatch($"{port.FullName} -> {endpoint}"),
            new RecentMatch(chain.Name, Set: false, port.AffinitySeconds, Reap: true),
        ],
        new JumpTarget(chain));

    private Rule Choice(Endpoint endpoint, int left)
    {
        var comment = new CommentMatch($"{port.FullName} -> {endpoint}");
        return new Rule(
            left > 1 ? [comment, new StatisticMatch(new Ratio(1, (uint)left))] : [comment],
            new JumpTarget(Of(endpoint)));
    }

    private Chain Build(Endpoint endpoint)
    {
        string name = ChainNames.Endpoint(port, endpoint);
        var comment = new CommentMatch(port.FullName);
        List<Match> matches = [new ProtocolMatch(port.Protocol), comment];
        if (port.AffinitySeconds > 0)
        {
            matches.Add(new RecentMatch(name, Set: true, Seconds: 0, Reap: false));
        }

        matches.Add(new ProtocolExtensionMatch(port.Protocol));
        return new Chain(name,
        [
            new Rule(
                [new SourceMatch(Cidr.Host(endpoint.Address)), comment],
                new JumpTarget(FixedChains.MarkMasquerade)),
            new Rule(matches, new DnatTarget(endpoint.Address, endpoint.Port)),
        ]);
    }
}
