using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Underlay;

namespace Emulator.Cluster.Building;

/// <summary>A switch while it is being built.</summary>
internal sealed class ZoneSwitch(string zone, string name, MacAddress mac, Cidr subnet, IPv4Address? gateway)
{
    /// <summary>Its zone.</summary>
    public string Zone { get; } = zone;

    /// <summary>Its own address.</summary>
    public MacAddress Mac { get; } = mac;

    /// <summary>The subnet of its machines.</summary>
    public Cidr Subnet { get; } = subnet;

    /// <summary>Its address as a router; null where it only switches.</summary>
    public IPv4Address? Gateway { get; } = gateway;

    /// <summary>The switch.</summary>
    public Switch Actor { get; } = new(new ActorRef($"switch/{name}", "", new MachineRef(name, zone)));

    /// <summary>The ports of its machines, in the order in which they were plugged in.</summary>
    public OrderedDictionary<MachineRef, int> PortOf { get; } = [];

    /// <summary>The ports to other switches.</summary>
    public Dictionary<ZoneSwitch, int> TrunkTo { get; } = [];

    /// <summary>Its machines, for the gateway.</summary>
    public List<GatewayHost> Hosts { get; } = [];

    /// <summary>Addresses that machines have besides the one on the subnet.</summary>
    public List<GatewayRoute> FurtherAddresses { get; } = [];

    /// <summary>The ways to what is behind another switch.</summary>
    public IEnumerable<GatewayRoute> RoutesTo(ZoneSwitch other)
    {
        int port = TrunkTo[other];
        yield return new GatewayRoute(other.Subnet, port, other.Mac);
        foreach (GatewayRoute further in other.FurtherAddresses)
        {
            yield return new GatewayRoute(further.Prefix, port, other.Mac);
        }
    }
}
