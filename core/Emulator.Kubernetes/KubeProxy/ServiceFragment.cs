using Emulator.Linux.Netfilter;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>What one Service port adds to kube-proxy's tables at some nodes. Immutable; shared between those
/// nodes.</summary>
/// <remarks>Each list is a run of consecutive rules of the chain that it is named for.</remarks>
internal sealed class ServiceFragment
{
    /// <summary>filter KUBE-SERVICES.</summary>
    public required IReadOnlyList<Rule> FilterServices { get; init; }

    /// <summary>filter KUBE-EXTERNAL-SERVICES.</summary>
    public required IReadOnlyList<Rule> FilterExternalServices { get; init; }

    /// <summary>filter KUBE-NODEPORTS.</summary>
    public required IReadOnlyList<Rule> FilterNodePorts { get; init; }

    /// <summary>filter KUBE-PROXY-FIREWALL.</summary>
    public required IReadOnlyList<Rule> FilterFirewall { get; init; }

    /// <summary>nat KUBE-SERVICES.</summary>
    public required IReadOnlyList<Rule> NatServices { get; init; }

    /// <summary>nat KUBE-NODEPORTS.</summary>
    public required IReadOnlyList<Rule> NatNodePorts { get; init; }

    /// <summary>nat: the chains that all nodes of a zone share (KUBE-SVC, KUBE-SEP).</summary>
    public required IReadOnlyList<Chain> SharedChains { get; init; }

    /// <summary>nat: the other chains (KUBE-EXT, KUBE-FW, KUBE-SVL and the KUBE-SEP that only it needs).</summary>
    public required IReadOnlyList<Chain> OwnChains { get; init; }
}
