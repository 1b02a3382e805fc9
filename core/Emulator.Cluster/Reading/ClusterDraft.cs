using Emulator.Cluster.Spec;
using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Core.Time;

namespace Emulator.Cluster.Reading;

/// <summary>What a Cluster document says, before defaults: null is "not written".</summary>
internal sealed record ClusterDraft
{
    public required string Name { get; init; }

    public required IReadOnlyList<ZoneDraft> Zones { get; init; }

    public required IReadOnlyList<NodeDraft> Nodes { get; init; }

    /// <summary>Null for the default host.</summary>
    public required IReadOnlyList<HostDraft>? Hosts { get; init; }

    public required Cidr? PodCidr { get; init; }

    public required int? NodeCidrMaskSize { get; init; }

    public required Cidr? ServiceCidr { get; init; }

    public required Cidr? NodeCidr { get; init; }

    public required Cidr? OutsideCidr { get; init; }

    public required CniMode Mode { get; init; }

    public required int? PodMtu { get; init; }

    public required int Vni { get; init; }

    public required ushort Port { get; init; }

    public required bool Hairpin { get; init; }

    public required UnderlayMode Underlay { get; init; }

    public required LinksSpec Links { get; init; }

    public required AddonsSpec Addons { get; init; }

    /// <summary>How CPU time is given out.</summary>
    public required CpuSpec Cpu { get; init; }

    /// <summary>How kubelets are configured.</summary>
    public required KubeletSpec Kubelet { get; init; }
}

/// <summary>A zone as written.</summary>
internal sealed record ZoneDraft(
    string Path, string Name, Cidr? Subnet, IPv4Address? Gateway, string? SwitchName, MacAddress? SwitchMac);

/// <summary>A port, bridge or tunnel device as written.</summary>
internal sealed record DeviceDraft(string? Name, MacAddress? Mac, int? Mtu);

/// <summary>A node as written.</summary>
internal sealed record NodeDraft
{
    public required string Path { get; init; }

    public required string Name { get; init; }

    /// <summary>Null takes the zones in turn.</summary>
    public string? Zone { get; init; }

    public InterfaceAddress? Address { get; init; }

    public MacAddress? Mac { get; init; }

    public Cidr? PodCidr { get; init; }

    public string Interface { get; init; } = "eth0";

    public int Mtu { get; init; } = 1_500;

    public IPv4Address? DefaultGateway { get; init; }

    public CapacitySpec Capacity { get; init; } = new("4", "16Gi", "110");

    /// <summary>Static pods, each a part of the Cluster document.</summary>
    public IReadOnlyList<ManifestDocument> StaticPods { get; init; } = [];

    /// <summary>When it is shut down, from the run's start; null for never.</summary>
    public SimDuration? ShutdownAt { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    public IReadOnlyList<TaintSpec> Taints { get; init; } = [];

    public DeviceDraft SwitchPort { get; init; } = new(null, null, null);

    public DeviceDraft Bridge { get; init; } = new(null, null, null);

    public DeviceDraft Vtep { get; init; } = new(null, null, null);

    public IReadOnlyList<KeyValuePair<string, long>> Sysctls { get; init; } = [];

    public IReadOnlyList<NeighbourSpec> Neighbours { get; init; } = [];
}

/// <summary>A host outside as written.</summary>
internal sealed record HostDraft
{
    public required string Path { get; init; }

    public required string Name { get; init; }

    public string? Zone { get; init; }

    /// <summary>A length of 0 is "not written".</summary>
    public IReadOnlyList<InterfaceAddress> Addresses { get; init; } = [];

    public MacAddress? Mac { get; init; }

    public int Mtu { get; init; } = 1_500;

    public bool? Forwarding { get; init; }

    public IPv4Address? DefaultGateway { get; init; }

    public DeviceDraft SwitchPort { get; init; } = new(null, null, null);

    public IReadOnlyList<KeyValuePair<string, long>> Sysctls { get; init; } = [];

    public IReadOnlyList<NeighbourSpec> Neighbours { get; init; } = [];
}
