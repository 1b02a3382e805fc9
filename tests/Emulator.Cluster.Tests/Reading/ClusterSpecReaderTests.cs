using Emulator.Cluster.Reading;
using Emulator.Cluster.Spec;
using Emulator.Core.Documents;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Engine.Manifests;
using Emulator.Linux.Netlink;

namespace Emulator.Cluster.Tests.Reading;

public sealed class ClusterSpecReaderTests
{
    [Fact]
    public void Without_a_document_there_are_three_nodes_in_one_zone()
    {
        ClusterSpec spec = ClusterSpecReader.Default;

        Assert.Equal("cluster", spec.Name);
        Assert.Equal(UnderlayMode.Routed, spec.Underlay);
        Assert.Equal("10.244.0.0/16", spec.PodCidr.ToString());
        Assert.Equal(24, spec.NodeCidrMaskSize);
        Assert.Equal("10.96.0.0/12", spec.ServiceCidr.ToString());
        Assert.Equal("192.168.0.0/16", spec.NodeCidr.ToString());
        Assert.Equal("203.0.113.0/24", spec.OutsideCidr.ToString());
        Assert.Equal("192.168.1.2/24", spec.ControlPlaneAddress.ToString());
        Assert.Equal(new CniSpec(CniMode.Vxlan, 1450, 1, 8472, true), spec.Cni);
        Assert.Equal(new AddonsSpec(true, true), spec.Addons);
        Assert.Equal(SimDuration.FromMicroseconds(1), spec.Links.HopCost);
        Assert.Equal(new LinkSpec { Latency = SimDuration.FromMicroseconds(50) }, spec.Links.WithinZone);
        Assert.Equal(new LinkSpec { Latency = SimDuration.FromMicroseconds(500) }, spec.Links.BetweenZones);
        Assert.Equal(new LinkSpec { Latency = SimDuration.FromMilliseconds(5) }, spec.Links.Outside);
        ZoneSpec zone = Assert.Single(spec.Zones);
        Assert.Equal(("zone-1", "192.168.1.0/24", "192.168.1.1", "switch-zone-1", "02:51:00:00:00:01"),
            (zone.Name, zone.Subnet.ToString(), zone.Gateway?.ToString(), zone.SwitchName, zone.SwitchMac.ToString()));
        Assert.Equal(["node-1", "node-2", "node-3"], spec.Nodes.Select(n => n.Name));
    }

    [Fact]
    public void A_node_without_a_word_about_it_has_these_defaults()
    {
        NodeSpec node = ClusterSpecReader.Default.Nodes[1];

        Assert.Equal(("zone-1", "eth0", "192.168.1.12/24", "02:00:c0:a8:01:0c", 1500, "192.168.1.1", "10.244.2.0/24"),
            (node.Zone, node.Interface, node.Address.ToString(), node.Mac.ToString(), node.Mtu,
                node.DefaultGateway?.ToString(), node.PodCidr.ToString()));
        Assert.Equal(new CapacitySpec("4", "16Gi", "110"), node.Capacity);
        Assert.Equal("PortSpec { Name = sw-node-2, Mac = 0e:00:c0:a8:01:0c }", node.SwitchPort.ToString());
        Assert.Equal("BridgeSpec { Name = cni0, Mac = 0a:58:0a:f4:02:01, Mtu = 1450 }", node.Bridge.ToString());
        Assert.Equal("VtepSpec { Name = flannel.1, Mac = 02:f1:00:00:00:02, Mtu = 1450 }", node.Vtep?.ToString());
        Assert.Equal(
            ["net.ipv4.ip_forward=1", "net.bridge.bridge-nf-call-iptables=1", "net.ipv4.conf.all.rp_filter=0",
                "net.ipv4.conf.default.rp_filter=0"],
            node.Sysctls.Select(s => $"{s.Key}={s.Value}"));
        Assert.Empty(node.Labels);
        Assert.Empty(node.Taints);
        Assert.Empty(node.Neighbours);
    }

    [Fact]
    public void The_host_outside_stands_behind_a_router_of_its_own()
    {
        ExternalHostSpec host = Assert.Single(ClusterSpecReader.Default.ExternalHosts);

        Assert.Equal(("external", null, "203.0.113.10/24", "02:00:cb:00:71:0a", 1500, false, "203.0.113.1",
        "sw-external"),
            (host.Name, host.Zone, Assert.Single(host.Addresses).ToString(), host.Mac.ToString(), host.Mtu,
            host.Forwarding,
                host.DefaultGateway?.ToString(), host.SwitchPort.Name));
    }

    [Fact]
    public void In_an_l2_underlay_zones_share_a_subnet_and_the_host_outside_is_the_gateway()
    {
        ClusterSpec spec = Read("zones: [a, b]\nnodes: 3\nunderlay: l2\ncni: {mode: host-gw}");

        Assert.Equal(["a", "b", "a"], spec.Nodes.Select(n => n.Zone));
        Assert.Equal(["192.168.0.11/16", "192.168.0.12/16", "192.168.0.13/16"],
            spec.Nodes.Select(n => n.Address.ToString()));
        Assert.All(spec.Nodes, n => Assert.Equal("192.168.255.254", n.DefaultGateway?.ToString()));
        Assert.All(spec.Nodes, n => Assert.Null(n.Vtep));
        Assert.Equal(new CniSpec(CniMode.HostGateway, 1500, 1, 8472, true), spec.Cni);
        ExternalHostSpec host = Assert.Single(spec.ExternalHosts);
        Assert.Equal(["192.168.255.254/16", "203.0.113.10/32"], host.Addresses.Select(a => a.ToString()));
        Assert.True(host.Forwarding);
        Assert.Null(host.DefaultGateway);
        Assert.All(spec.Zones, z => Assert.Null(z.Gateway));
    }

    [Fact]
    public void Nodes_take_the_zones_in_turn_and_groups_may_stay_in_one()
    {
        ClusterSpec spec = Read("""
            zones: [a, {name: b, subnet: 192.168.9.0/24, gateway: 192.168.9.254}]
            nodes:
              - count: 2
              - name: big-{n}
                count: 2
                zone: b
                capacity: {cpu: 0.5, memory: 64Gi, pods: 30}
                labels: {tier: "1"}
                taints: [{key: only, value: db, effect: NoExecute}]
                sysctls: {net.ipv4.ip_forward: 0, net.ipv4.tcp_congestion_control: reno}
            sysctls: {net.ipv4.ip_forward: 1, net.ipv4.conf.all.rp_filter: 2}
            """);

        Assert.Equal(["node-1", "node-2", "big-1", "big-2"], spec.Nodes.Select(n => n.Name));
        Assert.Equal(["a", "b", "b", "b"], spec.Nodes.Select(n => n.Zone));
        Assert.Equal(["192.168.1.11", "192.168.9.11", "192.168.9.12", "192.168.9.13"],
            spec.Nodes.Select(n => n.Address.Address.ToString()));
        Assert.Equal("192.168.9.254", spec.Nodes[3].DefaultGateway?.ToString());
        Assert.Equal(new CapacitySpec("0.5", "64Gi", "30"), spec.Nodes[2].Capacity);
        Assert.Equal(KeyValuePair.Create("tier", "1"), Assert.Single(spec.Nodes[3].Labels));
        Assert.Equal(new TaintSpec("only", "db", "NoExecute"), Assert.Single(spec.Nodes[2].Taints));
        Assert.Equal(0, spec.Nodes[2].Sysctls.Single(s => s.Key == "net.ipv4.ip_forward").Value);
        Assert.Equal(1, spec.Nodes[2].Sysctls.Single(s => s.Key == "net.ipv4.tcp_congestion_control").Value);
        Assert.Equal(2, spec.Nodes[0].Sysctls.Single(s => s.Key == "net.ipv4.conf.all.rp_filter").Value);
    }

    [Theory]
    [InlineData(255, "10.244.0.0/16", "10.244.255.0/24")]
    [InlineData(256, "10.128.0.0/9", "10.129.0.0/24")]
    [InlineData(5000, "10.128.0.0/9", "10.147.136.0/24")]
    public void The_pod_cidr_grows_with_the_nodes(int nodes, string podCidr, string lastBlock)
    {
        ClusterSpec spec = Read($"nodes: {nodes}");

        Assert.Equal(podCidr, spec.PodCidr.ToString());
        Assert.Equal(lastBlock, spec.Nodes[^1].PodCidr.ToString());
        Assert.Equal(nodes, spec.Nodes.Select(n => n.Address).Distinct().Count());
    }

    [Fact]
    public void Links_are_read_exactly()
    {
        LinksSpec links = Read("""
            links:
              withinNode: 1.5us
              withinZone: 0.1ms
              betweenZones:
                {latency: 2ms, rate: 1Gbit, queueLength: 50, jitter: 10us, extraDelay: 1us,
                 loss: 1%, duplicate: 1/3, reorder: 0.25}
              outside: {latency: 1s, rate: unlimited}
            """).Links;

        Assert.Equal(1_500, links.HopCost.Nanoseconds);
        Assert.Equal(100_000, links.WithinZone.Latency.Nanoseconds);
        Assert.Equal(
            new LinkSpec
            {
                Latency = SimDuration.FromMilliseconds(2),
                RateBitsPerSecond = 1_000_000_000,
                QueueLengthMax = 50,
                Jitter = SimDuration.FromMicroseconds(10),
                ExtraDelay = SimDuration.FromMicroseconds(1),
                Loss = new Ratio(1, 100),
                Duplicate = new Ratio(1, 3),
                Reorder = new Ratio(1, 4),
            },
            links.BetweenZones);
        Assert.Equal(0, links.Outside.RateBitsPerSecond);
    }

    [Fact]
    public void Everything_of_a_known_topology_can_be_pinned()
    {
        ClusterSpec spec = Read("""
            zones: [{name: z, switch: {name: sw, mac: "02:00:00:00:4d:fe"}}]
            nodeCIDR: 192.168.77.0/24
            underlay: l2
            cni: {vni: 7, port: 4789, mtu: 1400, hairpin: false}
            nodes:
              - name: n2
                address: 192.168.77.12
                mac: "02:00:00:00:4d:0c"
                podCIDR: 10.244.2.0/24
                interface: ens3
                mtu: 1480
                defaultGateway: 192.168.77.100
                switchPort: {name: sw-n2, mac: "0e:00:00:00:4d:0c"}
                bridge: {name: br0, mac: "0a:58:0a:f4:02:99", mtu: 1390}
                vtep: {mac: "02:f1:00:00:00:99"}
                neighbours: [{device: br0, address: 10.244.2.2, mac: "0a:58:0a:f4:02:02", state: reachable}]
            externalHosts:
              - name: ext
                addresses: [192.168.77.100, 203.0.113.10]
                mac: "02:00:00:00:4d:64"
                forwarding: true
                switchPort: {name: sw-ext, mac: "0e:00:00:00:4d:64"}
            """);

        NodeSpec node = Assert.Single(spec.Nodes);
        Assert.Equal(("sw", "02:00:00:00:4d:fe"), (spec.Zones[0].SwitchName, spec.Zones[0].SwitchMac.ToString()));
        Assert.Equal(("n2", "192.168.77.12/24", "02:00:00:00:4d:0c", "10.244.2.0/24", "ens3", 1480, "192.168.77.100"),
            (node.Name, node.Address.ToString(), node.Mac.ToString(), node.PodCidr.ToString(), node.Interface, node.Mtu,
                node.DefaultGateway?.ToString()));
        Assert.Equal("PortSpec { Name = sw-n2, Mac = 0e:00:00:00:4d:0c }", node.SwitchPort.ToString());
        Assert.Equal("BridgeSpec { Name = br0, Mac = 0a:58:0a:f4:02:99, Mtu = 1390 }", node.Bridge.ToString());
        Assert.Equal("VtepSpec { Name = flannel.7, Mac = 02:f1:00:00:00:99, Mtu = 1430 }", node.Vtep?.ToString());
        Assert.Equal(NeighbourState.Reachable, Assert.Single(node.Neighbours).State);
        Assert.Equal(new CniSpec(CniMode.Vxlan, 1400, 7, 4789, false), spec.Cni);
        ExternalHostSpec host = Assert.Single(spec.ExternalHosts);
        Assert.Equal(["192.168.77.100/24", "203.0.113.10/32"], host.Addresses.Select(a => a.ToString()));
        Assert.Equal("PortSpec { Name = sw-ext, Mac = 0e:00:00:00:4d:64 }", host.SwitchPort.ToString());
    }

    private static ClusterSpec Read(string spec)
    {
        ManifestSet read = ManifestReader.ReadText(
            "apiVersion: emulator.dev/v1alpha1\nkind: Cluster\nspec:\n  " + spec.Replace("\n", "\n  "), "cluster.yaml");
        Assert.Empty(read.Errors);
        var errors = new List<ManifestError>();
        ClusterSpec? cluster = ClusterSpecReader.Read(Assert.Single(read.Documents), errors);
        Assert.Empty(errors);
        Assert.NotNull(cluster);
        return cluster;
    }
}
