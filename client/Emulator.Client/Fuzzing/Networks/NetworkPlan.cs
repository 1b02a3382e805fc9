using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Linux.Netlink;
using Emulator.Underlay;

namespace Emulator.Client.Fuzzing.Networks;

/// <summary>A small random network, before it is built: the same plan is built once for each number of
/// shards.</summary>
internal sealed record NetworkPlan
{
    /// <summary>Whether pods' packets travel in VXLAN tunnels; else by routes to the nodes.</summary>
    public required bool IsVxlan { get; init; }

    /// <summary>Whether zones are subnets joined by routers; else one bridged subnet.</summary>
    public required bool IsRouted { get; init; }

    /// <summary>The UDP port of the tunnels.</summary>
    public required ushort VxlanPort { get; init; }

    /// <summary>The zones, each with a switch.</summary>
    public required IReadOnlyList<ZonePlan> Zones { get; init; }

    /// <summary>Nodes, and hosts without a bridge.</summary>
    public required IReadOnlyList<HostPlan> Hosts { get; init; }

    /// <summary>What joins two zones' switches.</summary>
    public required WireOptions Trunk { get; init; }

    /// <summary>Virtual addresses that rules translate.</summary>
    public required IReadOnlyList<Endpoint> Services { get; init; }

    /// <summary>All nodes' blocks, as flannel shares them.</summary>
    public required PeerTable Peers { get; init; }

    /// <summary>Every address that means something here, for rules, routes and frames.</summary>
    public IReadOnlyList<IPv4Address> Addresses => field ??=
    [
        .. Hosts.SelectMany(h => h.Pods.Select(p => p.Address)), .. Hosts.Select(h => h.Address),
        .. Hosts.Where(h => h.IsNode).Select(h => h.PodCidr.At(1)), .. Services.Select(s => s.Address),
        .. Zones.SelectMany(z => z.RawAddresses), .. Zones.Select(z => z.Gateway),
    ];

    /// <summary>Every hardware address that means something here.</summary>
    public IReadOnlyList<MacAddress> Macs => field ??=
    [
        .. Hosts.Select(h => h.Mac), .. Hosts.Select(h => h.BridgeMac), .. Hosts.Select(h => h.VtepMac),
        .. Hosts.SelectMany(h => h.Pods.Select(p => p.Mac)), .. Zones.Select(z => z.Mac),
        .. Zones.Select(z => z.RawMac),
    ];
}

/// <summary>A zone: its switch, and a machine on it that sends raw frames.</summary>
internal sealed record ZonePlan(
    string Name, Cidr Subnet, MacAddress Mac, MacAddress RawMac, WireOptions FromRaw, WireOptions ToRaw)
{
    /// <summary>The router's address.</summary>
    public IPv4Address Gateway => Subnet.At(1);

    /// <summary>The addresses in whose name the raw sender speaks.</summary>
    public IReadOnlyList<IPv4Address> RawAddresses => [Subnet.At(200), Subnet.At(201), Subnet.At(202)];

    /// <summary>Whether the raw sender speaks for an address.</summary>
    public bool IsRaw(IPv4Address address) => RawAddresses.Contains(address);
}

/// <summary>A node with a bridge and pods, or a host with neither.</summary>
internal sealed record HostPlan
{
    /// <summary>The machine's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it has a bridge and pods.</summary>
    public required bool IsNode { get; init; }

    /// <summary>Which of the plan's zones it stands in.</summary>
    public required int Zone { get; init; }

    /// <summary>Its address on the zone's subnet.</summary>
    public required IPv4Address Address { get; init; }

    /// <summary>Its network card's address.</summary>
    public required MacAddress Mac { get; init; }

    /// <summary>Its network card's MTU.</summary>
    public required int Mtu { get; init; }

    /// <summary>The wire to the switch.</summary>
    public required WireOptions ToSwitch { get; init; }

    /// <summary>The wire back.</summary>
    public required WireOptions FromSwitch { get; init; }

    /// <summary>The block of its pods.</summary>
    public Cidr PodCidr { get; init; }

    /// <summary>The bridge's address.</summary>
    public MacAddress BridgeMac { get; init; }

    /// <summary>The bridge's and the tunnel's MTU.</summary>
    public int PodMtu { get; init; }

    /// <summary>The tunnel's address.</summary>
    public MacAddress VtepMac { get; init; }

    /// <summary>Its pods.</summary>
    public IReadOnlyList<PodPlan> Pods { get; init; } = [];

    /// <summary>Its root actor's name.</summary>
    public string Actor => $"node/{Name}";
}

/// <summary>A pod with one veth pair.</summary>
internal sealed record PodPlan(
    string Name, IPv4Address Address, MacAddress Mac, MacAddress VethMac, int Mtu, int VethMtu, bool Hairpin)
{
    /// <summary>Its incarnation.</summary>
    public const string Uid = "1";

    /// <summary>Its actor's name.</summary>
    public string Actor => $"pod/{Name}";
}

/// <summary>Something that is told to an actor in the course of a case.</summary>
/// <param name="AtMilliseconds">When, in virtual time.</param>
/// <param name="Machine">The machine's name.</param>
/// <param name="Actor">The actor's name; nothing happens where it lives no more.</param>
/// <param name="Message">What.</param>
internal sealed record Step(int AtMilliseconds, string Machine, string Actor, Message Message);
