using Emulator.Core.Addresses;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Kubernetes.Cni;
using Emulator.Kubernetes.Tests.KubeProxy;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;

namespace Emulator.Kubernetes.Tests.Cni;

/// <summary>Addresses and devices: two nodes with flannel on a real kernel (VNI 1, UDP 8472, MTU 1450).</summary>
public sealed class FlannelTests
{
    private const string Annotations =
        """
        {"flannel.alpha.coreos.com/backend-data":"{\"VNI\":1,\"VtepMAC\":\"02:f1:00:00:00:02\"}",
         "flannel.alpha.coreos.com/backend-type":"vxlan","flannel.alpha.coreos.com/public-ip":"192.168.77.12",
         "flannel.alpha.coreos.com/kube-subnet-manager":"true"}
        """;

    private static readonly FlannelOptions Options = new() { Network = Cidr.Parse("10.244.0.0/16") };

    [Fact]
    public void Makes_the_vxlan_device_and_tells_the_others_its_vtep()
    {
        NodeRig api = Script(Options);
        api.Put(Manifests.Node("node-1", "192.168.77.11", "10.244.1.0/24"));
        api.Start();
        Assert.Equal(
            [
                new AddVxlan(
                    "flannel.1", MacAddress.Parse("02:f1:00:00:00:01"), 1450, 1,
                    IPv4Address.Parse("192.168.77.11"), 8472),
                new AddAddress("flannel.1", IPv4Address.Parse("10.244.1.0"), 32),
                new SetLink("flannel.1", Up: true),
            ],
            api.Told.Select(t => t.Message).Take(3));
        PatchRequest patch = Assert.IsType<PatchRequest>(Assert.Single(api.Writes).Request);
        Assert.Equal(
            """{"VNI":1,"VtepMAC":"02:f1:00:00:00:01"}""",
            patch.Patch.At("metadata", "annotations", "flannel.alpha.coreos.com/backend-data")?.AsString);
        ApiObject? node = api.Find(ResourceTypes.Nodes, "", "node-1");
        Assert.Equal("192.168.77.11", node?.Annotations[FlannelAnnotations.PublicIP]);
    }

    [Fact]
    public void Waits_for_its_pod_cidr()
    {
        NodeRig api = Script(Options);
        api.Start();
        Assert.Empty(api.Told);
        api.Put(Manifests.Node("node-1", "192.168.77.11", ""));
        Assert.Empty(api.Told);
        api.Put(Manifests.Node("node-1", "192.168.77.11", "10.244.1.0/24"));
        Assert.Single(api.ToldOf<AddVxlan>());
    }

    [Fact]
    public void Reaches_a_peer_by_route_neighbour_and_fdb_entry()
    {
        NodeRig api = Script(Options);
        api.Put(Manifests.Node("node-1", "192.168.77.11", "10.244.1.0/24"));
        api.Put(Manifests.Node("node-2", "192.168.77.12", "10.244.2.0/24", annotations: Annotations));
        api.Start();
        api.Advance(SimDuration.FromSeconds(1));
        ReplacePeers peers = api.ToldOf<ReplacePeers>()[^1];
        Assert.Equal(("flannel.1", 1), (peers.Device, peers.Vni));
        Peer two = peers.Route(IPv4Address.Parse("10.244.2.7"))!; // The node has all that makes a peer.
        Assert.Equal("10.244.2.0", peers.Gateway(two).ToString());
        Assert.Equal("02:f1:00:00:00:02", peers.Neighbour(peers.Gateway(two))?.VtepMac.ToString());
        Assert.Equal("192.168.77.12", peers.FdbEntry(two.VtepMac)?.NodeAddress.ToString());
        Assert.Null(peers.Route(IPv4Address.Parse("10.244.1.7")));
    }

    [Fact]
    public void Takes_a_peer_away_with_its_node_and_says_nothing_of_heartbeats()
    {
        NodeRig api = Script(Options);
        api.Put(Manifests.Node("node-1", "192.168.77.11", "10.244.1.0/24"));
        ApiObject two = Manifests.Node("node-2", "192.168.77.12", "10.244.2.0/24", annotations: Annotations);
        api.Put(two);
        api.Start();
        api.Advance(SimDuration.FromSeconds(1));
        api.Told.Clear();
        api.Put(two.With(["status", "phase"], "Running"));
        api.Advance(SimDuration.FromSeconds(1));
        Assert.Empty(api.Told);
        api.Remove(ResourceTypes.Nodes, "", "node-2");
        Peer left = Assert.Single(Assert.Single(api.ToldOf<ReplacePeers>()).Table.Peers);
        Assert.Equal("10.244.1.0/24", left.PodCidr.ToString());
    }

    [Fact]
    public void Host_gateway_routes_to_the_node_itself_and_makes_no_device()
    {
        NodeRig api = Script(Options with { Backend = FlannelBackend.HostGateway });
        api.Put(Manifests.Node("node-1", "192.168.77.11", "10.244.1.0/24"));
        api.Put(Manifests.Node("node-2", "192.168.77.12", "10.244.2.0/24", annotations: Annotations.Replace(
            "\"vxlan\"", "\"host-gw\"", StringComparison.Ordinal)));
        api.Start();
        api.Advance(SimDuration.FromSeconds(1));
        Assert.Empty(api.ToldOf<AddVxlan>());
        ReplacePeers peers = api.ToldOf<ReplacePeers>()[^1];
        Assert.Equal("eth0", peers.Device);
        Peer two = peers.Route(IPv4Address.Parse("10.244.2.7"))!; // The node has all that makes a peer.
        Assert.Equal("192.168.77.12", peers.Gateway(two).ToString());
    }

    [Fact]
    public void All_nodes_share_one_peer_table()
    {
        var cache = new FlannelPeers(Options);
        List<NodeRig> nodes = []; // A set is shared as long as a node holds it.
        PeerTable[] tables = [.. new[] { "node-1", "node-2" }.Select(name =>
        {
            NodeRig api = Script(Options, name, cache);
            nodes.Add(api);
            api.Put(Manifests.Node("node-1", "192.168.77.11", "10.244.1.0/24", annotations: Annotations.Replace(
                "77.12", "77.11", StringComparison.Ordinal).Replace("00:02", "00:01", StringComparison.Ordinal)));
            api.Put(Manifests.Node("node-2", "192.168.77.12", "10.244.2.0/24", annotations: Annotations));
            api.Start();
            return api.ToldOf<ReplacePeers>()[^1].Table;
        })];
        Assert.Equal(2, tables[0].Peers.Count);
        Assert.Same(tables[0], tables[1]);
        GC.KeepAlive(nodes);
    }

    [Fact]
    public void Its_rules_stand_after_kube_proxys()
    {
        NodeRig api = Script(Options);
        api.Put(Manifests.Node("node-1", "192.168.77.11", "10.244.1.0/24"));
        api.Start();
        Assert.Equal(
            [(TableName.Filter, "flanneld", 1), (TableName.Nat, "flanneld", 1)],
            api.ToldOf<ReplaceTable>().Select(t => (t.Table, t.Owner, t.Order)));
        Assert.Equal(
            ["ReturnTarget", "ReturnTarget", "ReturnTarget", "ReturnTarget", "MasqueradeTarget", "MasqueradeTarget"],
            Assert.Single(api.ToldOf<ReplaceTable>()[1].Content.Chains).Rules.Select(r => r.Target.GetType().Name));
    }

    [Fact]
    public void A_derived_vtep_mac_is_locally_administered_unicast_and_its_own()
    {
        MacAddress mac = Flannel.VtepMacOf("node-1");
        Assert.Equal(0x02UL, (mac.Value >> 40) & 3);
        Assert.NotEqual(mac, Flannel.VtepMacOf("node-2"));
        Assert.Equal(mac, Flannel.VtepMacOf("node-1"));
    }

    private static NodeRig Script(FlannelOptions options, string name = "node-1", FlannelPeers? cache = null)
    {
        var api = new NodeRig(name);
        api.Add(new Flannel(
            api.Ref("flanneld"), api.Host, api.ApiServer, name, cache ?? new FlannelPeers(options),
            MacAddress.Parse(name == "node-1" ? "02:f1:00:00:00:01" : "02:f1:00:00:00:02")));
        return api;
    }
}
