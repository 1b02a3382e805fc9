using Emulator.Core.Addresses;

namespace Emulator.Kubernetes.Cni;

/// <summary>flannel's back ends.</summary>
public enum FlannelBackend : byte
{
    /// <summary>Packets between nodes go in VXLAN tunnels.</summary>
    Vxlan,

    /// <summary>Packets between nodes go by routes; all nodes must be on one link.</summary>
    HostGateway,
}

/// <summary>flanneld's configuration: the ConfigMap <c>kube-flannel-cfg</c>; the same on all nodes of a
/// cluster.</summary>
public sealed record FlannelOptions
{
    /// <summary>Network: the block that all pod CIDRs are cut from.</summary>
    public required Cidr Network { get; init; }

    /// <summary>Backend.Type. Default VXLAN.</summary>
    public FlannelBackend Backend { get; init; } = FlannelBackend.Vxlan;

    /// <summary>Backend.VNI, 1 to 16,777,215. Default 1.</summary>
    public int Vni { get; init; } = 1;

    /// <summary>Backend.Port. Default 8472, Linux' own.</summary>
    public ushort Port { get; init; } = 8472;

    /// <summary>The underlay device. Default <c>eth0</c>.</summary>
    public string UnderlayDevice { get; init; } = "eth0";

    /// <summary>The underlay's MTU in bytes; VXLAN's is 50 less. Default 1,500.</summary>
    public int UnderlayMtu { get; init; } = 1_500;

    /// <summary>MASQUERADE with <c>--random-fully</c>, as where the kernel knows it. Default true.</summary>
    public bool RandomFully { get; init; } = true;

    /// <summary>The VXLAN device's name.</summary>
    public string VxlanDevice => $"flannel.{Vni}";

    /// <summary>The MTU of pods' interfaces.</summary>
    public int PodMtu => Backend == FlannelBackend.Vxlan ? UnderlayMtu - VxlanOverhead : UnderlayMtu;

    /// <summary>Outer IPv4, UDP and VXLAN headers and the inner Ethernet header. Source: RFC 7348 section 5.</summary>
    private const int VxlanOverhead = 20 + 8 + 8 + 14;
}
