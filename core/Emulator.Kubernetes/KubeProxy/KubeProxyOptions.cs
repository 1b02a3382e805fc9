using Emulator.Core.Addresses;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>kube-proxy's configuration; the same on all nodes of a cluster.</summary>
/// <remarks>Source: KubeProxyConfiguration, kubeproxy.config.k8s.io/v1alpha1.</remarks>
public sealed record KubeProxyOptions
{
    /// <summary>clusterCIDR: what comes from outside of it is masqueraded; null without a local-traffic
    /// detector.</summary>
    public Cidr? ClusterCidr { get; init; }

    /// <summary>masqueradeAll: masquerade everything that goes to a cluster IP. Default false.</summary>
    public bool MasqueradeAll { get; init; }

    /// <summary>MASQUERADE with <c>--random-fully</c>, as where the kernel knows it. Default true.</summary>
    public bool RandomFully { get; init; } = true;

    /// <summary>nodePortAddresses: node ports only at the node's addresses inside of these; null for all local
    /// addresses.</summary>
    public IReadOnlyList<Cidr>? NodePortAddresses { get; init; }

    /// <summary>localhostNodePorts: node ports at 127.0.0.0/8 too. Default true.</summary>
    public bool LocalhostNodePorts { get; init; } = true;
}
