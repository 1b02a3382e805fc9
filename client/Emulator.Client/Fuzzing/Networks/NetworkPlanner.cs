using Emulator.Core.Addresses;
using Emulator.Linux.Netlink;

namespace Emulator.Client.Fuzzing.Networks;

/// <summary>Draws a small network: zones, nodes, pods, MTUs, links with faults.</summary>
internal sealed class NetworkPlanner(ulong seed)
{
    private static readonly Cidr Underlay = Cidr.Parse("172.16.0.0/16");
    private static readonly Cidr PodNetwork = Cidr.Parse("10.244.0.0/16");
    private static readonly Cidr ServiceNetwork = Cidr.Parse("10.96.0.0/24");
    private static readonly int[] Mtus = [1_500, 1_500, 1_500, 1_500, 9_000, 1_280, 576, 128, 68];
    private static readonly ushort[] ServicePorts = [80, 53, 443, 8_080];

    private readonly Dice _dice = new(seed, "network");
    private readonly WireMaker _wires = new(new Dice(seed, "wires"));
    private uint _macs;

    /// <summary>The network of this seed.</summary>
    public NetworkPlan Plan()
    {
        bool isRouted = _dice.OneIn(2);
        ZonePlan[] zones = new ZonePlan[_dice.Between(1, 3)];
        for (int i = 0; i < zones.Length; i++)
        {
            zones[i] = new ZonePlan(
                $"z{i}", Underlay.Subnet(24, i + 1), Mac(), Mac(), _wires.Make(), _wires.Make());
        }

        HostPlan[] nodes = [.. Enumerable.Range(0, _dice.Between(1, 4)).Select(i => Node(i, zones))];
        HostPlan[] hosts = [.. Enumerable.Range(0, _dice.Between(0, 2)).Select(i => Host($"h{i}", 100 + i, zones))];
        return new NetworkPlan
        {
            IsVxlan = _dice.OneIn(2),
            IsRouted = isRouted,
            VxlanPort = _dice.OneIn(4) ? (ushort)4_789 : (ushort)8_472,
            Zones = zones,
            Hosts = [.. nodes, .. hosts],
            Trunk = _wires.Make(),
            Services = [.. Enumerable.Range(1, _dice.Between(1, 3)).Select(
                i => new Endpoint(ServiceNetwork.At(i), _dice.Pick(ServicePorts)))],
            Peers = new PeerTable(nodes.Select(n => new Peer(n.PodCidr, n.VtepMac, n.Address))),
        };
    }

    private HostPlan Node(int number, ZonePlan[] zones)
    {
        HostPlan host = Host($"n{number}", 10 + number, zones);
        int mtu = _dice.OneIn(3) ? _dice.Pick(Mtus) : Math.Max(68, host.Mtu - 50);
        Cidr block = PodNetwork.Subnet(24, number);
        PodPlan[] pods = new PodPlan[_dice.Between(1, 3)];
        for (int i = 0; i < pods.Length; i++)
        {
            pods[i] = new PodPlan(
                $"default/p{number}{i}", block.At(i + 2), Mac(), Mac(), _dice.OneIn(5) ? _dice.Pick(Mtus) : mtu,
                _dice.OneIn(8) ? _dice.Pick(Mtus) : mtu, Hairpin: !_dice.OneIn(4));
        }

        return host with
        {
            IsNode = true, PodCidr = block, BridgeMac = Mac(), VtepMac = Mac(), PodMtu = mtu, Pods = pods,
        };
    }

    private HostPlan Host(string name, int place, ZonePlan[] zones)
    {
        int zone = _dice.Below(zones.Length);
        return new HostPlan
        {
            Name = name,
            IsNode = false,
            Zone = zone,
            Address = zones[zone].Subnet.At(place),
            Mac = Mac(),
            Mtu = _dice.Pick(Mtus),
            ToSwitch = _wires.Make(),
            FromSwitch = _wires.Make(),
        };
    }

    private MacAddress Mac() => new(0x0200_0000_0000UL | ++_macs);
}
