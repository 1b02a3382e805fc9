namespace Emulator.Cluster.Spec;

/// <summary>How packets cross from node to node, as flannel's back ends do it.</summary>
public enum CniMode
{
    /// <summary>Inside UDP (RFC 7348). The default.</summary>
    Vxlan,

    /// <summary>By plain routes to the other node; all nodes must share a subnet.</summary>
    HostGateway,
}

/// <summary>How pods are wired.</summary>
/// <param name="Mode">How packets cross from node to node.</param>
/// <param name="Mtu">Pods' MTU in bytes; default the node's interface, less 50 for VXLAN.</param>
/// <param name="Vni">The VXLAN network identifier, 0 to 16,777,215; default 1.</param>
/// <param name="Port">VXLAN's UDP port; default 8472 (Linux').</param>
/// <param name="Hairpin">Whether the bridge sends a frame back out of the port that it came in by; default
/// true.</param>
public sealed record CniSpec(CniMode Mode, int Mtu, int Vni, ushort Port, bool Hairpin);

/// <summary>What runs in the cluster without being asked for.</summary>
/// <param name="Dns">CoreDNS behind the Service <c>kube-system/kube-dns</c>; default true.</param>
/// <param name="IngressController">An ingress controller behind a NodePort Service, and its IngressClass; default
/// true.</param>
public sealed record AddonsSpec(bool Dns, bool IngressController);
