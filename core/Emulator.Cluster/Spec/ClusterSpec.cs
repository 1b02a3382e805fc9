using Emulator.Core.Addresses;

namespace Emulator.Cluster.Spec;

/// <summary>How zones are joined.</summary>
public enum UnderlayMode
{
    /// <summary>Each zone is a subnet of its own; routers join them. The default.</summary>
    Routed,

    /// <summary>One subnet over all zones, joined by switches; host-gw across zones needs it.</summary>
    L2,
}

/// <summary>
/// What a <c>Cluster</c> document describes with every default filled in and every address given: the machines, their
/// network and the wires. The builder reads nothing else about the hardware.
/// </summary>
public sealed record ClusterSpec
{
    /// <summary>The cluster's name; <c>cluster</c> without a document.</summary>
    public required string Name { get; init; }

    /// <summary>The zones, in order. The control plane stands in the first.</summary>
    public required IReadOnlyList<ZoneSpec> Zones { get; init; }

    /// <summary>The nodes, in order.</summary>
    public required IReadOnlyList<NodeSpec> Nodes { get; init; }

    /// <summary>Hosts outside the cluster, in order; at least one unless the document says <c>[]</c>.</summary>
    public required IReadOnlyList<ExternalHostSpec> ExternalHosts { get; init; }

    /// <summary>Pods' addresses. Default 10.244.0.0/16; 10.128.0.0/9 where the nodes' blocks do not fit into
    /// that.</summary>
    public required Cidr PodCidr { get; init; }

    /// <summary>The prefix length of a node's block of pod addresses, in bits. Default 24.</summary>
    public required int NodeCidrMaskSize { get; init; }

    /// <summary>Services' addresses. Default 10.96.0.0/12.</summary>
    public required Cidr ServiceCidr { get; init; }

    /// <summary>Nodes' addresses. Default 192.168.0.0/16.</summary>
    public required Cidr NodeCidr { get; init; }

    /// <summary>The subnet of the hosts outside, behind its own router, when <see cref="Underlay"/> is routed:
    /// 203.0.113.0/24.</summary>
    public required Cidr OutsideCidr { get; init; }

    /// <summary>The control plane's address in the first zone's subnet.</summary>
    public required InterfaceAddress ControlPlaneAddress { get; init; }

    /// <summary>How pods are wired.</summary>
    public required CniSpec Cni { get; init; }

    /// <summary>How zones are joined. Default routed.</summary>
    public required UnderlayMode Underlay { get; init; }

    /// <summary>Latencies, rates and impairments.</summary>
    public required LinksSpec Links { get; init; }

    /// <summary>What runs in the cluster without being asked for.</summary>
    public required AddonsSpec Addons { get; init; }

    /// <summary>How CPU time is given out.</summary>
    public required CpuSpec Cpu { get; init; }

    /// <summary>How the nodes' kubelets are configured.</summary>
    public required KubeletSpec Kubelet { get; init; }
}
