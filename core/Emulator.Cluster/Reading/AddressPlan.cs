using System.Numerics;
using Emulator.Cluster.Spec;
using Emulator.Core.Addresses;
using Emulator.Core.Documents;

namespace Emulator.Cluster.Reading;

/// <summary>Fills a draft's gaps: subnets, addresses, MACs and names, each a function of the place in the
/// document.</summary>
internal sealed class AddressPlan(ClusterDraft draft, ManifestDocument document, List<ManifestError> mistakes)
{
    private static readonly Cidr DefaultNodes = Cidr.Parse("192.168.0.0/16");
    private static readonly Cidr DefaultOutside = Cidr.Parse("203.0.113.0/24");
    private static readonly Cidr DefaultServices = Cidr.Parse("10.96.0.0/12");

    private readonly Cidr _nodeCidr = draft.NodeCidr ?? DefaultNodes;
    private readonly Cidr _outside = draft.OutsideCidr ?? DefaultOutside;
    private readonly bool _isFlat = draft.Underlay == UnderlayMode.L2;

    /// <summary>Makes the spec; null where something does not fit, which is reported.</summary>
    public ClusterSpec? Make()
    {
        string[] zoneOfNode = TakeZones();
        if (MakeZones(zoneOfNode) is not List<ZoneSpec> zones
            || new PodBlocks(draft, document, mistakes).Make() is not (Cidr podCidr, int mask, Cidr[] blocks))
        {
            return null;
        }

        List<ExternalHostSpec> hosts = new HostPlan(draft, zones, _nodeCidr, _outside).Make();
        return new ClusterSpec
        {
            Name = draft.Name,
            Zones = zones,
            Nodes = MakeNodes(zones, zoneOfNode, blocks, hosts),
            ExternalHosts = hosts,
            PodCidr = podCidr,
            NodeCidrMaskSize = mask,
            ServiceCidr = draft.ServiceCidr ?? DefaultServices,
            NodeCidr = _nodeCidr,
            OutsideCidr = _outside,
            ControlPlaneAddress = new InterfaceAddress(FreeFrom(zones[0], 2, Pinned()), zones[0].Subnet.Length),
            Cni = new CniSpec(draft.Mode, PodMtu(), draft.Vni, draft.Port, draft.Hairpin),
            Underlay = draft.Underlay,
            Links = draft.Links,
            Addons = draft.Addons,
            Cpu = draft.Cpu,
            Kubelet = draft.Kubelet,
        };
    }

    private string[] TakeZones()
    {
        int turn = 0;
        return [.. draft.Nodes.Select(n => n.Zone ?? draft.Zones[turn++ % draft.Zones.Count].Name)];
    }

    private List<ZoneSpec>? MakeZones(string[] zoneOfNode)
    {
        int most = draft.Zones.Max(z => zoneOfNode.Count(name => name == z.Name));
        int hostBits = Math.Max(8, 32 - BitOperations.LeadingZeroCount((uint)(most + 16)));
        long subnets = _nodeCidr.Length + hostBits <= 32 ? 1L << (32 - _nodeCidr.Length - hostBits) : 0;
        bool needed = !_isFlat && draft.Zones.Any(z => z.Subnet is null);
        if (needed && draft.Zones.Count == 1 && subnets <= 1)
        {
            return [Zone(draft.Zones[0], _nodeCidr)];
        }

        if (needed && subnets < draft.Zones.Count)
        {
            mistakes.Add(document.Error("spec.nodeCIDR",
            $"node CIDR {_nodeCidr} holds {subnets} subnets of /{32 - hostBits} "
                + $"for {most} nodes a zone, but there are {draft.Zones.Count} zones; choose a shorter prefix."));
            return null;
        }

        // The first subnet stays free where there is room, so that zone 1 has 192.168.1.0/24.
        int first = subnets > draft.Zones.Count ? 1 : 0;
        return [.. draft.Zones.Select((zone, i) => Zone(
            zone, _isFlat ? _nodeCidr : zone.Subnet ?? _nodeCidr.Subnet(32 - hostBits, i + first)))];
    }

    private ZoneSpec Zone(ZoneDraft zone, Cidr subnet)
    {
        IPv4Address? gateway = _isFlat ? null : zone.Gateway ?? subnet.At(Math.Min(1, subnet.Count - 1));
        int number = draft.Zones.ToList().IndexOf(zone) + 1;
        return new ZoneSpec(
            zone.Name, subnet, gateway, zone.SwitchName ?? $"switch-{zone.Name}",
            zone.SwitchMac ?? MacPlan.Switch(number));
    }

    private List<NodeSpec> MakeNodes(
        List<ZoneSpec> zones, string[] zoneOfNode, Cidr[] blocks, List<ExternalHostSpec> hosts)
    {
        var nodes = new List<NodeSpec>();
        HashSet<IPv4Address> taken = Pinned();
        taken.UnionWith(hosts.Select(h => h.Addresses[0].Address));
        taken.UnionWith(zones.Where(z => z.Gateway is not null).Select(z => z.Gateway ?? default));
        taken.Add(FreeFrom(zones[0], 2, Pinned()));
        IPv4Address? flatGateway = hosts.FirstOrDefault(h => h.Forwarding)?.Addresses[0].Address;
        var next = zones.DistinctBy(z => z.Subnet).ToDictionary(z => z.Subnet, _ => 11L);
        for (int i = 0; i < draft.Nodes.Count; i++)
        {
            NodeDraft node = draft.Nodes[i];
            ZoneSpec zone = zones.Find(z => z.Name == zoneOfNode[i]) ?? zones[0];
            IPv4Address address;
            if (node.Address is InterfaceAddress pinned)
            {
                address = pinned.Address;
            }
            else
            {
                address = FreeFrom(zone, next[zone.Subnet], taken);
                next[zone.Subnet] = address.Value - (long)zone.Subnet.Address.Value + 1;
                taken.Add(address);
            }

            int length = node.Address is { Length: > 0 } written ? written.Length : zone.Subnet.Length;
            nodes.Add(MakeNode(node, i + 1, zoneOfNode[i], new InterfaceAddress(address, length), blocks[i],
                node.DefaultGateway ?? zone.Gateway ?? flatGateway));
        }

        return nodes;
    }

    private NodeSpec MakeNode(
        NodeDraft node, int number, string zone, InterfaceAddress address, Cidr block, IPv4Address? gateway) => new()
    {
        Name = node.Name,
        Zone = zone,
        Interface = node.Interface,
        Address = address,
        Mac = node.Mac ?? MacPlan.Nic(address.Address),
        Mtu = node.Mtu,
        DefaultGateway = gateway,
        PodCidr = block,
        Capacity = node.Capacity,
        ShutdownAt = node.ShutdownAt,
        StaticPods = node.StaticPods,
        Labels = node.Labels,
        Taints = node.Taints,
        SwitchPort = MacPlan.Port(node.SwitchPort, node.Name, number, address.Address),
        Bridge = new BridgeSpec(
            node.Bridge.Name ?? "cni0", node.Bridge.Mac ?? MacPlan.Pod(block.At(Math.Min(1, block.Count - 1))),
            node.Bridge.Mtu ?? PodMtu()),
        Vtep = draft.Mode == CniMode.HostGateway ? null : new VtepSpec(
            $"flannel.{draft.Vni}", node.Vtep.Mac ?? MacPlan.Vtep(number), draft.Nodes.Min(n => n.Mtu) - VxlanOverhead),
        Sysctls = Sysctls(node.Sysctls),
        Neighbours = node.Neighbours,
    };

    /// <summary>Bytes that VXLAN adds to a packet: inner Ethernet 14, VXLAN 8, UDP 8, IPv4 20.</summary>
    private const int VxlanOverhead = 50;

    private int PodMtu() =>
        draft.PodMtu ?? (draft.Nodes.Min(n => n.Mtu) - (draft.Mode == CniMode.Vxlan ? VxlanOverhead : 0));

    private static List<KeyValuePair<string, long>> Sysctls(IReadOnlyList<KeyValuePair<string, long>> written)
    {
        List<KeyValuePair<string, long>> all =
        [
            new("net.ipv4.ip_forward", 1), new("net.bridge.bridge-nf-call-iptables", 1),
            new("net.ipv4.conf.all.rp_filter", 0), new("net.ipv4.conf.default.rp_filter", 0),
        ];
        foreach (KeyValuePair<string, long> setting in written)
        {
            all.RemoveAll(s => s.Key == setting.Key);
            all.Add(setting);
        }

        return all;
    }

    private HashSet<IPv4Address> Pinned() =>
    [
        .. draft.Nodes.Where(n => n.Address is not null).Select(n => n.Address.GetValueOrDefault().Address),
        .. (draft.Hosts ?? []).SelectMany(h => h.Addresses).Select(a => a.Address),
        .. draft.Nodes.Where(n => n.DefaultGateway is not null).Select(n => n.DefaultGateway.GetValueOrDefault()),
        .. draft.Zones.Where(z => z.Gateway is not null).Select(z => z.Gateway.GetValueOrDefault()),
    ];

    private IPv4Address FreeFrom(ZoneSpec zone, long offset, HashSet<IPv4Address> taken)
    {
        for (long at = offset; at < zone.Subnet.Count - 1; at++)
        {
            if (!taken.Contains(zone.Subnet.At(at)))
            {
                return zone.Subnet.At(at);
            }
        }

        string path = _isFlat ? "spec.nodeCIDR" : draft.Zones.FirstOrDefault(z => z.Name == zone.Name)?.Path
        ?? "spec.zones";
        if (!mistakes.Any(m => m.Path == path))
        {
            mistakes.Add(document.Error(path, $"subnet {zone.Subnet} of {zone.Name} has too few addresses for its "
            + "nodes; "
                + "choose a shorter prefix."));
        }

        return zone.Subnet.At(0);
    }
}
