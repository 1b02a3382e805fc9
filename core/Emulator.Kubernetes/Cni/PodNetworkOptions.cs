using Emulator.Core.Addresses;

namespace Emulator.Kubernetes.Cni;

/// <summary>How a node's pods are wired: the CNI configuration of flannel with the bridge plugin.</summary>
public sealed record PodNetworkOptions
{
    /// <summary>The block of all pods, to which they get a route of its own.</summary>
    public required Cidr Network { get; init; }

    /// <summary>The node's bridge, which must exist. Default <c>cni0</c>.</summary>
    public string Bridge { get; init; } = "cni0";

    /// <summary>Of both ends of a pod's veth, in bytes. Default 1,450: VXLAN over Ethernet.</summary>
    public int Mtu { get; init; } = 1_450;

    /// <summary>hairpinMode: the bridge may send a frame back to the pod that it came from. Default true.</summary>
    public bool Hairpin { get; init; } = true;
}
