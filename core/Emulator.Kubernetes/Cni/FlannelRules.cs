using Emulator.Core.Addresses;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;

namespace Emulator.Kubernetes.Cni;

/// <summary>flanneld's netfilter rules: forwarding for the pod network, and masquerading for what leaves it.</summary>
/// <remarks>Source: flannel pkg/trafficmngr/iptables.</remarks>
public static class FlannelRules
{
    /// <summary>The bit by which kube-proxy marks what it will masquerade itself.</summary>
    private const uint KubeProxyMark = 0x4000;

    private static readonly Cidr MulticastBlock = Cidr.Parse("224.0.0.0/4");

    /// <summary>filter: FLANNEL-FWD.</summary>
    public static TableContent Filter(Cidr network)
    {
        var forward = new Chain("FLANNEL-FWD",
        [
            new Rule([new SourceMatch(network)], new AcceptTarget()),
            new Rule([new DestinationMatch(network)], new AcceptTarget()),
        ]);
        return new TableContent(
            [(Hook.Forward, new Rule([new CommentMatch("flanneld forward")], new JumpTarget(forward)))], [forward]);
    }

    /// <summary>nat: FLANNEL-POSTRTG.</summary>
    /// <param name="network">The block of all pods.</param>
    /// <param name="own">The node's own part of it.</param>
    /// <param name="randomFully">MASQUERADE with <c>--random-fully</c>.</param>
    public static TableContent Nat(Cidr network, Cidr own, bool randomFully)
    {
        var masquerade = new MasqueradeTarget(randomFully);
        var @return = new ReturnTarget();
        var from = new SourceMatch(network);
        var fromOutside = new SourceMatch(network, Negated: true);
        var to = new DestinationMatch(network);
        var toOwn = new DestinationMatch(own);
        var postrouting = new Chain("FLANNEL-POSTRTG",
        [
            new Rule([new MarkMatch(KubeProxyMark, KubeProxyMark)], @return),
            new Rule([new SourceMatch(own), to], @return),
            new Rule([from, toOwn], @return),
            new Rule([fromOutside, toOwn], @return),
            new Rule([from, new DestinationMatch(MulticastBlock, Negated: true)], masquerade),
            new Rule([fromOutside, to], masquerade),
        ]);
        return new TableContent(
            [(Hook.Postrouting, new Rule([new CommentMatch("flanneld masq")], new JumpTarget(postrouting)))],
            [postrouting]);
    }
}
