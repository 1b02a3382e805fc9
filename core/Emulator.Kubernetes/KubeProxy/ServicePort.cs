using Emulator.Core.Addresses;
using Emulator.Core.Packets;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>One port of one Service, as kube-proxy sees it: everything its rules depend on but the endpoints.</summary>
/// <remarks>Source: kubernetes pkg/proxy (BaseServicePortInfo).</remarks>
public sealed record ServicePort
{
    /// <summary>The Service's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The Service's name.</summary>
    public required string Name { get; init; }

    /// <summary>The port's name; empty for a Service's only, unnamed port.</summary>
    public string PortName { get; init; } = "";

    /// <summary>TCP, UDP or SCTP.</summary>
    public IPProtocol Protocol { get; init; } = IPProtocol.Tcp;

    /// <summary>The Service's address inside the cluster.</summary>
    public required IPv4Address ClusterIP { get; init; }

    /// <summary>The port at the cluster IP, 1 to 65,535.</summary>
    public required ushort Port { get; init; }

    /// <summary>The port at every node; 0 for none.</summary>
    public ushort NodePort { get; init; }

    /// <summary>Addresses that somebody routes to the nodes.</summary>
    public IReadOnlyList<IPv4Address> ExternalIPs { get; init; } = [];

    /// <summary>Addresses of the load balancer that keep the packet's destination (ipMode VIP, the default).</summary>
    public IReadOnlyList<IPv4Address> LoadBalancerIPs { get; init; } = [];

    /// <summary>Who may use the load balancer; empty for everybody.</summary>
    public IReadOnlyList<Cidr> LoadBalancerSourceRanges { get; init; } = [];

    /// <summary>internalTrafficPolicy Local: the cluster IP reaches this node's endpoints only.</summary>
    public bool InternalPolicyLocal { get; init; }

    /// <summary>externalTrafficPolicy Local: traffic from outside reaches this node's endpoints only.</summary>
    public bool ExternalPolicyLocal { get; init; }

    /// <summary>Seconds that a client keeps its endpoint (sessionAffinity ClientIP); 0 without affinity.</summary>
    public int AffinitySeconds { get; init; }

    /// <summary>Where load balancers ask for local endpoints; 0 unless type LoadBalancer with externalTrafficPolicy
    /// Local.</summary>
    public ushort HealthCheckNodePort { get; init; }

    /// <summary><c>default/web:http</c>, or <c>default/web</c> for an unnamed port.</summary>
    public string FullName => PortName.Length == 0 ? $"{Namespace}/{Name}" : $"{Namespace}/{Name}:{PortName}";

    /// <summary><c>tcp</c>, <c>udp</c> or <c>sctp</c>.</summary>
    public string ProtocolText => Protocol switch
    {
        IPProtocol.Tcp => "tcp",
        IPProtocol.Udp => "udp",
        IPProtocol.Sctp => "sctp",
        _ => throw new System.Diagnostics.UnreachableException($"a Service port with protocol {Protocol}"),
    };

    /// <summary>Whether anything outside of the cluster can address the port.</summary>
    public bool ExternallyAccessible => NodePort != 0 || LoadBalancerIPs.Count > 0 || ExternalIPs.Count > 0;

    /// <summary>Whether any traffic follows policy Cluster. Pods' own traffic to external addresses always
    /// does.</summary>
    public bool UsesClusterEndpoints => !InternalPolicyLocal || ExternallyAccessible;

    /// <summary>Whether any traffic follows policy Local.</summary>
    public bool UsesLocalEndpoints => InternalPolicyLocal || (ExternalPolicyLocal && ExternallyAccessible);
}
