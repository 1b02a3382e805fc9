using Emulator.Core.Addresses;

namespace Emulator.Cluster.Spec;

/// <summary>A host outside the cluster.</summary>
public sealed record ExternalHostSpec
{
    /// <summary>Its name; default <c>external</c>, then <c>external-2</c> and on.</summary>
    public required string Name { get; init; }

    /// <summary>The zone whose switch it is on; null for the router outside (only in a routed underlay).</summary>
    public required string? Zone { get; init; }

    /// <summary>Its addresses. The first is on <c>eth0</c>; those of 32 bits are on <c>lo</c>.</summary>
    public required IReadOnlyList<InterfaceAddress> Addresses { get; init; }

    /// <summary>The hardware address. Default 02:00 and the first address.</summary>
    public required MacAddress Mac { get; init; }

    /// <summary>In bytes; default 1,500.</summary>
    public required int Mtu { get; init; }

    /// <summary>Whether it routes for others (<c>ip_forward</c>). Default true where nodes have it as their
    /// gateway.</summary>
    public required bool Forwarding { get; init; }

    /// <summary>Its default route, or null for none.</summary>
    public required IPv4Address? DefaultGateway { get; init; }

    /// <summary>The switch's port for this host.</summary>
    public required PortSpec SwitchPort { get; init; }

    /// <summary>Kernel settings besides <c>ip_forward</c>.</summary>
    public required IReadOnlyList<KeyValuePair<string, long>> Sysctls { get; init; }

    /// <summary>Neighbour entries that are there from the start. Default none.</summary>
    public required IReadOnlyList<NeighbourSpec> Neighbours { get; init; }
}
