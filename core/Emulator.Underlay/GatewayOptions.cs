using Emulator.Core.Addresses;

namespace Emulator.Underlay;

/// <summary>A station on the switch's own subnet, as the builder knows it: no ARP is needed to find it.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Mac">Its hardware address.</param>
/// <param name="Port">The switch port that it is behind.</param>
public readonly record struct GatewayHost(IPv4Address Address, MacAddress Mac, int Port);

/// <summary>A static route of a gateway.</summary>
/// <param name="Prefix">Where to.</param>
/// <param name="Port">Out of which port.</param>
/// <param name="NextHop">The hardware address of the next router: another zone's gateway, or a host that
/// forwards.</param>
public readonly record struct GatewayRoute(Cidr Prefix, int Port, MacAddress NextHop);

/// <summary>What makes a switch route.</summary>
public sealed record GatewayOptions
{
    /// <summary>The gateway's address on its own subnet: the hosts' default route.</summary>
    public required IPv4Address Address { get; init; }

    /// <summary>The gateway's hardware address, on every port.</summary>
    public required MacAddress Mac { get; init; }

    /// <summary>The zone's subnet.</summary>
    public required Cidr Subnet { get; init; }

    /// <summary>The stations on the subnet.</summary>
    public IReadOnlyList<GatewayHost> Hosts { get; init; } = [];

    /// <summary>Ways to everything else; the longest prefix wins, and of two equal ones the first.</summary>
    public IReadOnlyList<GatewayRoute> Routes { get; init; } = [];
}
