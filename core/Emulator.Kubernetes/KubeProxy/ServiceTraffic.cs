using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Linux.Netfilter;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>The rules that catch a Service port's traffic and lead it to its policy chains, or refuse it.</summary>
/// <remarks>Source: kubernetes pkg/proxy/iptables (syncProxyRules), whose order and comments are kept.</remarks>
internal sealed class ServiceTraffic
{
    private readonly ServicePort _port;
    private readonly KubeProxyOptions _options;
    private readonly bool _hasEndpoints;
    private readonly Chain? _cluster;
    private readonly Chain? _internal;
    private readonly Chain? _externalPolicy;
    private readonly Chain? _external;
    private readonly Chain? _firewall;

    /// <summary>The traffic of a port at some nodes.</summary>
    /// <param name="port">The Service port.</param>
    /// <param name="options">kube-proxy's options.</param>
    /// <param name="hasEndpoints">Whether any node has a usable endpoint.</param>
    /// <param name="cluster">The chain of policy Cluster, or null without endpoints for it.</param>
    /// <param name="local">The chain of policy Local, or null without endpoints for it.</param>
    /// <param name="allowFromNode">Whether the load balancer's source ranges hold the node.</param>
    public ServiceTraffic(
        ServicePort port, KubeProxyOptions options, bool hasEndpoints, Chain? cluster, Chain? local, bool allowFromNode)
    {
        _port = port;
        _options = options;
        _hasEndpoints = hasEndpoints;
        _cluster = cluster;
        _internal = port.InternalPolicyLocal ? local : cluster;
        _externalPolicy = port.ExternalPolicyLocal ? local : cluster;
        if (!hasEndpoints || !port.ExternallyAccessible)
        {
            return;
        }

        _external = External();
        if (port.LoadBalancerIPs.Count > 0 && port.LoadBalancerSourceRanges.Count > 0)
        {
            _firewall = Firewall(_external, allowFromNode);
        }
    }

    /// <summary>KUBE-EXT and KUBE-FW, where there are any.</summary>
    public IEnumerable<Chain> Chains => new[] { _external, _firewall }.OfType<Chain>();

    /// <summary>Everything together.</summary>
    public ServiceFragment Fragment(IReadOnlyList<Chain> sharedChains, IReadOnlyList<Chain> ownChains) => new()
    {
        FilterServices = Run(ChainNames.Services, _internal is null ? [Refuse([Destination(_port.ClusterIP)])] : []),
        FilterExternalServices = Run(ChainNames.ExternalServices, _externalPolicy is null ? Refusals() : []),
        FilterNodePorts = Run(ChainNames.NodePorts, HealthCheck()),
        FilterFirewall = Run(ChainNames.ProxyFirewall, _firewall is null ? [] : Unaccepted(_firewall)),
        NatServices = Run(ChainNames.Services, Portals()),
        NatNodePorts = Run(ChainNames.NodePorts, NodePort()),
        SharedChains = sharedChains,
        OwnChains = ownChains,
    };

    /// <summary>Rules that know their chain, so that chains which are put together from them take them as they
    /// are.</summary>
    private static IReadOnlyList<Rule> Run(string chain, IEnumerable<Rule> rules) => new Chain(chain, [.. rules]).Rules;

    private static DestinationMatch Destination(IPv4Address address) => new(Cidr.Host(address));

    private Rule Catch(IPv4Address address, string what, Chain chain) => new(
        [
            Destination(address),
            new ProtocolMatch(_port.Protocol),
            new CommentMatch($"{_port.FullName} {what} IP"),
            new DestinationPortMatch(_port.Protocol, _port.Port, _port.Port),
        ],
        new JumpTarget(chain));

    private IEnumerable<Rule> Portals()
    {
        if (_internal is not null)
        {
            yield return Catch(_port.ClusterIP, "cluster", _internal);
        }

        if (_external is null)
        {
            yield break;
        }

        foreach (IPv4Address address in _port.ExternalIPs)
        {
            yield return Catch(address, "external", _external);
        }

        foreach (IPv4Address address in _port.LoadBalancerIPs)
        {
            yield return Catch(address, "loadbalancer", _firewall ?? _external);
        }
    }

    private IEnumerable<Rule> NodePort()
    {
        if (_external is not null && _port.NodePort != 0)
        {
            yield return new Rule(
                [
                    new ProtocolMatch(_port.Protocol),
                    new CommentMatch(_port.FullName),
                    new DestinationPortMatch(_port.Protocol, _port.NodePort, _port.NodePort),
                ],
                new JumpTarget(_external));
        }
    }

    /// <summary>Without any endpoint REJECT; with endpoints, but none that this traffic may use, DROP.</summary>
    private Rule Refuse(IReadOnlyList<Match> first, ushort? nodePort = null)
    {
        ushort port = nodePort ?? _port.Port;
        var matches = new List<Match>();
        matches.AddRange(first.Where(m => m is DestinationMatch));
        matches.Add(new ProtocolMatch(_port.Protocol));
        matches.Add(new CommentMatch($"{_port.FullName} has no {(_hasEndpoints ? "local " : "")}endpoints"));
        matches.AddRange(first.Where(m => m is not DestinationMatch));
        matches.Add(new DestinationPortMatch(_port.Protocol, port, port));
        return new Rule(
            matches, _hasEndpoints ? new DropTarget() : new RejectTarget(RejectWith.IcmpPortUnreachable));
    }

    private IEnumerable<Rule> Refusals()
    {
        foreach (IPv4Address address in _port.ExternalIPs.Concat(_port.LoadBalancerIPs))
        {
            yield return Refuse([Destination(address)]);
        }

        if (_port.NodePort != 0)
        {
            yield return Refuse([new AddressTypeMatch(null, AddressType.Local)], _port.NodePort);
        }
    }

    private IEnumerable<Rule> HealthCheck()
    {
        ushort port = _port.HealthCheckNodePort;
        if (port != 0)
        {
            yield return new Rule(
                [
                    new ProtocolMatch(IPProtocol.Tcp),
                    new CommentMatch($"{_port.FullName} health check node port"),
                    new DestinationPortMatch(IPProtocol.Tcp, port, port),
                ],
                new AcceptTarget());
        }
    }

    private IEnumerable<Rule> Unaccepted(Chain firewall) => _port.LoadBalancerIPs.Select(address => new Rule(
        [
            Destination(address),
            new ProtocolMatch(_port.Protocol),
            new CommentMatch($"{_port.FullName} traffic not accepted by {firewall.Name}"),
            new DestinationPortMatch(_port.Protocol, _port.Port, _port.Port),
        ],
        new DropTarget()));

    /// <summary>KUBE-EXT: masquerades where another node may answer; with policy Local, pods and the node itself still
    /// reach all endpoints, as if their traffic had gone out and come back.</summary>
    private Chain External()
    {
        var rules = new List<Rule>();
        if (!_port.ExternalPolicyLocal)
        {
            rules.Add(new Rule(
                [new CommentMatch($"masquerade traffic for {_port.FullName} external destinations")],
                new JumpTarget(FixedChains.MarkMasquerade)));
        }
        else if (_cluster is not null)
        {
            if (_options.ClusterCidr is Cidr pods)
            {
                rules.Add(new Rule(
                    [new SourceMatch(pods), Comment("pod traffic")], new JumpTarget(_cluster)));
            }

            var fromHere = new AddressTypeMatch(AddressType.Local, null);
            rules.Add(new Rule(
                [Comment("masquerade LOCAL traffic"), fromHere], new JumpTarget(FixedChains.MarkMasquerade)));
            rules.Add(new Rule([Comment("route LOCAL traffic"), fromHere], new JumpTarget(_cluster)));
        }

        if (_externalPolicy is not null)
        {
            rules.Add(new Rule([], new JumpTarget(_externalPolicy)));
        }

        return new Chain(ChainNames.External(_port), rules);

        CommentMatch Comment(string what) => new($"{what} for {_port.FullName} external destinations");
    }

    private Chain Firewall(Chain external, bool allowFromNode)
    {
        var comment = new CommentMatch($"{_port.FullName} loadbalancer IP");
        IEnumerable<Cidr> allowed = _port.LoadBalancerSourceRanges;
        if (allowFromNode)
        {
            // A node that has the load balancer's address as its own sends from that address.
            allowed = allowed.Concat(_port.LoadBalancerIPs.Select(Cidr.Host));
        }

        List<Rule> rules =
            [.. allowed.Select(block => new Rule([new SourceMatch(block), comment], new JumpTarget(external)))];
        rules.Add(new Rule(
            [new CommentMatch($"other traffic to {_port.FullName} will be dropped by KUBE-PROXY-FIREWALL")],
            new NoTarget()));
        return new Chain(ChainNames.LoadBalancerFirewall(_port), rules);
    }
}
