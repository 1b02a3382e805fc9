using Emulator.Cluster.Spec;
using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Linux;
using Emulator.Underlay;

namespace Emulator.Cluster.Building;

/// <summary>Builds what is between the machines: switches, links, gateways and the ways of sessions.</summary>
internal sealed class UnderlayPlan
{
    /// <summary>The zone of the hosts outside.</summary>
    public const string OutsideZone = "external";

    /// <summary>The ifindex of a machine's only network card: lo is 1.</summary>
    private const int NicIndex = 2;

    private readonly ClusterSpec _spec;
    private readonly WirePlan _wires;
    private readonly List<ZoneSwitch> _switches = [];

    /// <summary>Makes the switches and joins them each with each.</summary>
    public UnderlayPlan(ClusterSpec spec)
    {
        _spec = spec;
        _wires = new WirePlan(spec.Links);
        foreach (ZoneSpec zone in spec.Zones)
        {
            _switches.Add(new ZoneSwitch(zone.Name, zone.SwitchName, zone.SwitchMac, zone.Subnet, zone.Gateway));
        }

        if (spec.Underlay == UnderlayMode.Routed && spec.ExternalHosts.Any(h => h.Zone is null))
        {
            _switches.Add(new ZoneSwitch(OutsideZone, "switch-outside",
                Reading.MacPlan.Switch(spec.Zones.Count + 1), spec.OutsideCidr, spec.OutsideCidr.At(1)));
        }

        for (int i = 0; i < _switches.Count; i++)
        {
            for (int j = i + 1; j < _switches.Count; j++)
            {
                Join(_switches[i], _switches[j]);
            }
        }
    }

    /// <summary>All links.</summary>
    public Topology Topology { get; } = new();

    /// <summary>The switches as machines.</summary>
    public IEnumerable<ClusterMachine> Machines =>
        _switches.Select(s => new ClusterMachine(s.Actor.Self.Machine, s.Actor, []));

    /// <summary>Plugs a machine into its zone's switch.</summary>
    public void Plug(HostActor host, string zone, string nic, MacAddress mac, int mtu, IPv4Address address,
        PortSpec port) =>
        Plug(host, Of(zone), nic, mac, mtu, address, port, _wires.ToSwitch, _wires.FromSwitch);

    /// <summary>Plugs a host outside into the switch of its zone or the one outside.</summary>
    public void Plug(HostActor host, ExternalHostSpec spec)
    {
        ZoneSwitch zone = Of(spec.Zone ?? OutsideZone);
        WireOptions wire = spec.Zone is null ? _wires.Outside : _wires.HostOnZone;
        Plug(host, zone, "eth0", spec.Mac, spec.Mtu, spec.Addresses[0].Address, spec.SwitchPort, wire, wire);
        foreach (InterfaceAddress further in spec.Addresses.Skip(1))
        {
            zone.FurtherAddresses.Add(
            new GatewayRoute(Cidr.Host(further.Address), zone.PortOf[host.Self.Machine], spec.Mac));
        }
    }

    /// <summary>When all machines are plugged in: teaches the switches the ways.</summary>
    public void Finish()
    {
        foreach (ZoneSwitch zone in _switches)
        {
            foreach (ZoneSwitch other in _switches)
            {
                foreach (MachineRef machine in other.PortOf.Keys)
                {
                    zone.Actor.RouteSessions(machine,
                    ReferenceEquals(zone, other) ? zone.PortOf[machine] : zone.TrunkTo[other]);
                }
            }

            if (zone.Gateway is IPv4Address gateway)
            {
                zone.Actor.UseGateway(new GatewayOptions
                {
                    Address = gateway,
                    Mac = zone.Mac,
                    Subnet = zone.Subnet,
                    Hosts = zone.Hosts,
                    Routes = [.. zone.FurtherAddresses,
                    .. _switches.Where(o => o != zone).SelectMany(o => zone.RoutesTo(o))],
                });
            }
        }
    }

    private ZoneSwitch Of(string zone) => _switches.Find(s => s.Zone == zone)
        ?? throw new InvalidOperationException($"No switch was built for zone {zone}.");

    private void Join(ZoneSwitch one, ZoneSwitch other)
    {
        bool isOutside = other.Zone == OutsideZone;
        WireOptions wire = isOutside ? _wires.ToOutside : _wires.Trunk;
        Link link = Topology.Add(new Link(
            new LinkEnd(one.Actor.Self, one.Actor.NextPort), new LinkEnd(other.Actor.Self, other.Actor.NextPort),
            wire));
        one.TrunkTo[other] = one.Actor.AddPort(one.Mac, link.AToB, isTrunk: true);
        other.TrunkTo[one] = other.Actor.AddPort(other.Mac, link.BToA, isTrunk: true);
    }

    private void Plug(
        HostActor host, ZoneSwitch zone, string nic, MacAddress mac, int mtu, IPv4Address address, PortSpec port,
        WireOptions toSwitch, WireOptions fromSwitch)
    {
        Link link = Topology.Add(new Link(
            new LinkEnd(host.Self, NicIndex), new LinkEnd(zone.Actor.Self, zone.Actor.NextPort), toSwitch, fromSwitch));
        int index = host.AddNic(nic, mac, mtu, link.AToB);
        if (index != NicIndex)
        {
            throw new InvalidOperationException($"{host.Self.Name}: {nic} has ifindex {index}, not {NicIndex} as the "
            + "wire names.");
        }

        int number = zone.Actor.AddPort(port.Mac, link.BToA, port.Name);
        zone.PortOf.Add(host.Self.Machine, number);
        if (zone.Subnet.Contains(address))
        {
            zone.Hosts.Add(new GatewayHost(address, mac, number));
        }
    }
}
