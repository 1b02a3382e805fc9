using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Linux.Netlink;

namespace Emulator.Cluster.Spec;

/// <summary>An address and the length of its subnet's prefix, as <c>ip addr</c> writes it:
/// <c>192.168.77.11/24</c>.</summary>
public readonly record struct InterfaceAddress(IPv4Address Address, int Length)
{
    /// <summary>The subnet.</summary>
    public Cidr Subnet => new(Address, Length);

    /// <inheritdoc/>
    public override string ToString() => $"{Address}/{Length}";
}

/// <summary>What a node offers to pods, as Kubernetes quantities.</summary>
/// <param name="Cpu">Cores; default <c>4</c>.</param>
/// <param name="Memory">Bytes; default <c>16Gi</c>.</param>
/// <param name="Pods">How many pods; default <c>110</c>.</param>
public sealed record CapacitySpec(string Cpu, string Memory, string Pods)
{
    /// <summary>Bytes of disk; default <c>100Gi</c>.</summary>
    public string EphemeralStorage { get; init; } = "100Gi";
}

/// <summary>A taint: key, value (may be empty) and effect (<c>NoSchedule</c>, <c>PreferNoSchedule</c>,
/// <c>NoExecute</c>).</summary>
public sealed record TaintSpec(string Key, string Value, string Effect);

/// <summary>A port of a zone's switch.</summary>
/// <param name="Name">Default <c>sw-MACHINE</c>, or <c>swpN</c> where that is longer than an interface name may be
/// (15).</param>
/// <param name="Mac">Default 0e:00 and the machine's address.</param>
public sealed record PortSpec(string Name, MacAddress Mac);

/// <summary>The node's bridge for pods.</summary>
/// <param name="Name">Default <c>cni0</c>.</param>
/// <param name="Mac">Default 0a:58 and the bridge's address.</param>
/// <param name="Mtu">In bytes; default the pods' MTU.</param>
public sealed record BridgeSpec(string Name, MacAddress Mac, int Mtu);

/// <summary>The node's end of the VXLAN tunnels.</summary>
/// <param name="Name"><c>flannel.VNI</c>, as flanneld names it.</param>
/// <param name="Mac">Default 02:f1 and the node's number as 32 bits.</param>
/// <param name="Mtu">In bytes: 50 less than the least of all nodes' interfaces, since flanneld has one
/// configuration.</param>
public sealed record VtepSpec(string Name, MacAddress Mac, int Mtu);

/// <summary>A neighbour entry that is there from the start, on the interface or the bridge; the tunnel's are
/// flanneld's.</summary>
public sealed record NeighbourSpec(string Device, IPv4Address Address, MacAddress Mac, NeighbourState State);

/// <summary>A node, with everything decided.</summary>
public sealed record NodeSpec
{
    /// <summary>The node's name; default <c>node-N</c>, counting from 1.</summary>
    public required string Name { get; init; }

    /// <summary>The name of its zone; without one given, nodes take the zones in turn.</summary>
    public required string Zone { get; init; }

    /// <summary>The interface to the switch. Default <c>eth0</c>.</summary>
    public required string Interface { get; init; }

    /// <summary>Its address. Default the zone subnet's eleventh address and on.</summary>
    public required InterfaceAddress Address { get; init; }

    /// <summary>Its hardware address. Default 02:00 and the address.</summary>
    public required MacAddress Mac { get; init; }

    /// <summary>In bytes; default 1,500.</summary>
    public required int Mtu { get; init; }

    /// <summary>Where packets go that no route knows: the zone's router, or in an l2 underlay the first external host
    /// that forwards.</summary>
    public required IPv4Address? DefaultGateway { get; init; }

    /// <summary>The node's block of pod addresses: the N-th of the cluster's, counting from 1 (block 0 stays
    /// unused).</summary>
    public required Cidr PodCidr { get; init; }

    /// <summary>What it offers to pods.</summary>
    public required CapacitySpec Capacity { get; init; }

    /// <summary>Pods that its kubelet runs from manifests of its own: parts of the Cluster document, the same for all
    /// nodes of a group. Default none.</summary>
    public IReadOnlyList<ManifestDocument> StaticPods { get; init; } = [];

    /// <summary>When it is shut down, from the run's start; null, the default, for never.</summary>
    public SimDuration? ShutdownAt { get; init; }

    /// <summary>Labels besides those that the kubelet sets itself.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; }

    /// <summary>Taints.</summary>
    public required IReadOnlyList<TaintSpec> Taints { get; init; }

    /// <summary>The switch's port for this node.</summary>
    public required PortSpec SwitchPort { get; init; }

    /// <summary>The bridge.</summary>
    public required BridgeSpec Bridge { get; init; }

    /// <summary>The tunnel device; null in host-gw mode.</summary>
    public required VtepSpec? Vtep { get; init; }

    /// <summary>Kernel settings, in the order they are set: ip_forward and bridge-nf-call-iptables 1, rp_filter 0, then
    /// the document's.</summary>
    public required IReadOnlyList<KeyValuePair<string, long>> Sysctls { get; init; }

    /// <summary>Neighbour entries that are there from the start. Default none.</summary>
    public required IReadOnlyList<NeighbourSpec> Neighbours { get; init; }
}
