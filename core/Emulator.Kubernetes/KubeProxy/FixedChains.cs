using Emulator.Core.Addresses;
using Emulator.Linux.Netfilter;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>The chains that depend on no Service.</summary>
/// <remarks>Source: kubernetes pkg/proxy/iptables; KUBE-FIREWALL is the kubelet's
/// (pkg/kubelet/kubelet_network_linux.go).</remarks>
internal static class FixedChains
{
    /// <summary>The fwmark bit that means "masquerade" (iptables.masqueradeBit 14).</summary>
    public const uint MasqueradeMark = 0x4000;

    private static readonly Cidr LoopbackBlock = new(IPv4Address.Loopback, 8);

    /// <summary>nat KUBE-MARK-MASQ.</summary>
    public static readonly Chain MarkMasquerade =
        new(ChainNames.MarkMasquerade, [new Rule([], new MarkTarget(MasqueradeMark, MasqueradeMark))]);

    /// <summary>filter KUBE-FIREWALL.</summary>
    public static readonly Chain Firewall = new(ChainNames.Firewall,
    [
        new Rule(
            [
                new SourceMatch(LoopbackBlock, Negated: true),
                new DestinationMatch(LoopbackBlock),
                new CommentMatch("block incoming localnet connections"),
                new ConntrackStateMatch(
                    ConntrackStates.Related | ConntrackStates.Established | ConntrackStates.Dnat, Negated: true),
            ],
            new DropTarget()),
    ]);

    /// <summary>filter KUBE-FORWARD.</summary>
    public static readonly Chain Forward = new(ChainNames.Forward,
    [
        new Rule([new ConntrackStateMatch(ConntrackStates.Invalid)], new DropTarget()),
        new Rule(
            [
                new CommentMatch("kubernetes forwarding rules"),
                new MarkMatch(MasqueradeMark, MasqueradeMark),
            ],
            new AcceptTarget()),
        new Rule(
            [
                new CommentMatch("kubernetes forwarding conntrack rule"),
                new ConntrackStateMatch(ConntrackStates.Related | ConntrackStates.Established),
            ],
            new AcceptTarget()),
    ]);

    private static readonly Chain PostroutingRandomFully = PostroutingOf(randomFully: true);
    private static readonly Chain PostroutingPlain = PostroutingOf(randomFully: false);

    /// <summary>nat KUBE-POSTROUTING.</summary>
    public static Chain Postrouting(bool randomFully) => randomFully ? PostroutingRandomFully : PostroutingPlain;

    /// <summary>The rules in filter's built-in chains.</summary>
    public static IReadOnlyList<(Hook Hook, Rule Rule)> FilterHooks(
        Chain services, Chain externalServices, Chain nodePorts, Chain proxyFirewall)
    {
        Rule firewall = Jump(proxyFirewall, "kubernetes load balancer firewall", onlyNew: true);
        Rule external = Jump(externalServices, "kubernetes externally-visible service portals", onlyNew: true);
        Rule portals = Jump(services, "kubernetes service portals", onlyNew: true);
        var localnet = new Rule([], new JumpTarget(Firewall));
        return
        [
            (Hook.Input, firewall),
            (Hook.Input, Jump(nodePorts, "kubernetes health check service ports")),
            (Hook.Input, external),
            (Hook.Input, localnet),
            (Hook.Forward, firewall),
            (Hook.Forward, Jump(Forward, "kubernetes forwarding rules")),
            (Hook.Forward, portals),
            (Hook.Forward, external),
            (Hook.Output, firewall),
            (Hook.Output, portals),
            (Hook.Output, localnet),
        ];
    }

    /// <summary>The rules in nat's built-in chains.</summary>
    public static IReadOnlyList<(Hook Hook, Rule Rule)> NatHooks(Chain services, Chain postrouting) =>
    [
        (Hook.Prerouting, Jump(services, "kubernetes service portals")),
        (Hook.Output, Jump(services, "kubernetes service portals")),
        (Hook.Postrouting, Jump(postrouting, "kubernetes postrouting rules")),
    ];

    private static Rule Jump(Chain chain, string comment, bool onlyNew = false) => new(
        onlyNew
            ? [new ConntrackStateMatch(ConntrackStates.New), new CommentMatch(comment)]
            : [new CommentMatch(comment)],
        new JumpTarget(chain));

    private static Chain PostroutingOf(bool randomFully) => new(ChainNames.Postrouting,
    [
        new Rule([new MarkMatch(MasqueradeMark, MasqueradeMark, Negated: true)], new ReturnTarget()),
        new Rule([], new MarkTarget(MasqueradeMark, 0)),
        new Rule(
            [new CommentMatch("kubernetes service traffic requiring SNAT")], new MasqueradeTarget(randomFully)),
    ]);
}
