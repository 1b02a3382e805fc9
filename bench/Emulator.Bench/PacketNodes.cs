using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Engine.Execution;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Cni;
using Emulator.Kubernetes.KubeProxy;
using Emulator.Linux;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;
using Emulator.Underlay;

namespace Emulator.Bench;

/// <summary>
/// Nodes with ten pods each, flannel VXLAN and kube-proxy's real rules, without a control plane: each node's pods send
/// to the
/// Service of the next node's pods, so every packet crosses from pod to ClusterIP to a pod on another node.
/// </summary>
internal sealed class PacketNodes
{
    public const int PodsPerNode = 10;
    private const int Hop = 1_000;
    private const ushort Port = 8080;

    private static readonly Cidr PodNetwork = Cidr.Parse("10.0.0.0/9");
    private static readonly Cidr NodeNetwork = Cidr.Parse("172.16.0.0/12");
    private static readonly Cidr ServiceNetwork = Cidr.Parse("10.200.0.0/16");

    private readonly InProcessEngine _engine;
    private readonly int _nodes;
    private readonly HostActor[] _hosts;
    private readonly NamespaceActor[] _pods;
    private readonly Switch _switch;

    public PacketNodes(InProcessEngine engine, int nodes)
    {
        _engine = engine;
        _nodes = nodes;
        _hosts = new HostActor[nodes];
        _pods = new NamespaceActor[nodes * PodsPerNode];
        var machine = new MachineRef("sw", "a");
        _switch = new Switch(new ActorRef("switch/sw", "", machine));
        for (int i = 0; i < nodes; i++)
        {
            AddNode(i);
        }

        _engine.Add(machine, _switch, []);
        var cache = new ServiceRuleCache(new KubeProxyOptions { ClusterCidr = PodNetwork });
        ServiceRuleSet rules = cache.Rules(Set(cache, Service), Set(cache, Slice));
        var peers = new PeerTable(Enumerable.Range(0, nodes).Select(PeerOf));
        for (int i = 0; i < nodes; i++)
        {
            Configure(i, rules, peers);
        }
    }

    /// <summary>Starts one flow a pod: a 64-byte datagram every <paramref name="interval"/> nanoseconds.</summary>
    public void Send(long interval, int count)
    {
        for (int pod = 0; pod < _pods.Length; pod++)
        {
            int next = (pod / PodsPerNode + 1) % _nodes;
            var service = new Endpoint(ServiceNetwork.At(next + 1), Port);
            var sender = new UdpSender(service, interval, count, pod * 37 % interval);
            _engine.Inject(_pods[pod].Self, new StartProcess("sender", sender));
        }
    }

    private static Cidr PodCidr(int node) => PodNetwork.Subnet(24, node);

    private static IPv4Address NodeAddress(int node) => NodeNetwork.At(node + 10);

    private static MacAddress Mac(int kind, int number) => new(0x0200_0000_0000UL | ((ulong)kind << 32) | (uint)number);

    private static Peer PeerOf(int node) => new(PodCidr(node), Mac(0xF1, node), NodeAddress(node));

    private SharedSet<ApiObject> Set(ServiceRuleCache cache, Func<int, ApiObject> make)
    {
        SharedSet<ApiObject> set = cache.Objects.Empty;
        for (int i = 0; i < _nodes; i++)
        {
            ApiObject item = make(i);
            set = set.With(item.Key.ToString(), item);
        }

        return set;
    }

    private static ApiObject Service(int node)
    {
        ApiObject service = Read("""
            {"apiVersion": "v1", "kind": "Service",
             "metadata": {"namespace": "default", "resourceVersion": "1"},
             "spec": {"type": "ClusterIP",
              "ports": [{"name": "udp", "protocol": "UDP", "port": 8080, "targetPort": 8080}]}}
            """);
        return service.With(["metadata", "name"], $"sink-{node}").With(["metadata", "uid"], $"s{node}")
            .With(["spec", "clusterIP"], ServiceNetwork.At(node + 1).ToString());
    }

    private static ApiObject Slice(int node)
    {
        ApiObject slice = Read("""
            {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "addressType": "IPv4",
             "metadata": {"namespace": "default", "resourceVersion": "1"},
             "ports": [{"name": "udp", "protocol": "UDP", "port": 8080}]}
            """);
        JsonArray endpoints = new([.. Enumerable.Range(2, PodsPerNode).Select(p => JsonObject.Of(
            ("addresses", new JsonArray([PodCidr(node).At(p).ToString()])),
            ("conditions", JsonObject.Of(("ready", true)))))]);
        return slice.With(["metadata", "name"], $"sink-{node}-x").With(["metadata", "uid"], $"e{node}")
            .With(["metadata", "labels"], JsonObject.Of(("kubernetes.io/service-name", $"sink-{node}")))
            .With(["endpoints"], endpoints);
    }

    private static ApiObject Read(string json) => ApiObject.From((JsonObject)JsonText.Parse(json));

    private void AddNode(int i)
    {
        var machine = new MachineRef($"node-{i}", "a");
        var self = new ActorRef($"node/node-{i}", "", machine);
        var host = new HostActor(self, $"node-{i}", Hop);
        var options = new WireOptions { LatencyNanoseconds = 50_000 };
        var link = new Link(new LinkEnd(self, 2), new LinkEnd(_switch.Self, _switch.NextPort), options);
        host.AddNic("eth0", Mac(1, i), 1500, link.AToB);
        _switch.AddPort(Mac(2, i), link.BToA);
        _engine.DeclareWire(machine, _switch.Self.Machine, 50_000);
        _engine.DeclareWire(_switch.Self.Machine, machine, 50_000);
        _hosts[i] = host;
        var pods = new List<Actor>();
        for (int p = 0; p < PodsPerNode; p++)
        {
            var address = new ActorRef($"pod/default/p-{i}-{p}", "1", machine);
            var pod = new NamespaceActor(address, $"default/p-{i}-{p}", Hop);
            _pods[(i * PodsPerNode) + p] = pod;
            pods.Add(pod);
        }

        _engine.Add(machine, host, pods);
    }

    private void Configure(int i, ServiceRuleSet rules, PeerTable peers)
    {
        Cidr own = PodCidr(i);
        Inject(i, new SetSysctl("net.ipv4.ip_forward", 1));
        Inject(i, new AddAddress("eth0", NodeAddress(i), NodeNetwork.Length, NodeNetwork.Last));
        Inject(i, new AddBridge("cni0", Mac(3, i), 1450));
        Inject(i, new AddAddress("cni0", own.At(1), 24, own.Last));
        Inject(i, new AddVxlan("flannel.1", Mac(0xF1, i), 1450, 1, NodeAddress(i), 8472));
        Inject(i, new AddAddress("flannel.1", own.Address, 32));
        Inject(i, new ReplacePeers("flannel.1", 1, PeerEncapsulation.Vxlan, peers, own));
        ServiceTables tables = rules.At(new ProxyNode($"node-{i}", "a", [NodeAddress(i)]));
        Inject(i, new ReplaceTable(TableName.Filter, "kube-proxy", 0, tables.Filter));
        Inject(i, new ReplaceTable(TableName.Nat, "kube-proxy", 0, tables.Nat));
        Inject(i, new ReplaceTable(TableName.Filter, "flanneld", 1, FlannelRules.Filter(PodNetwork)));
        Inject(i, new ReplaceTable(TableName.Nat, "flanneld", 1, FlannelRules.Nat(PodNetwork, own, true)));
        for (int p = 0; p < PodsPerNode; p++)
        {
            int number = (i * PodsPerNode) + p;
            ActorRef pod = _pods[number].Self;
            Inject(i, new AddVeth($"veth{p}", Mac(4, number), 1450, "cni0", true, pod, "eth0", Mac(5, number), 1450));
            Later(pod, new AddAddress("eth0", own.At(p + 2), 24, own.Last));
            Later(pod, new AddRoute(Cidr.All, own.At(1), "eth0"));
            Later(pod, new StartProcess("sink", new Sink([Port])));
        }
    }

    private readonly List<(ActorRef To, Message Message)> _later = [];

    private void Later(ActorRef to, Message message) => _later.Add((to, message));

    private void Inject(int node, Message message) => _engine.Inject(_hosts[node].Self, message);

    /// <summary>Configures the pods, once the nodes have given them their interfaces.</summary>
    public void ConfigurePods()
    {
        foreach ((ActorRef to, Message message) in _later)
        {
            _engine.Inject(to, message);
        }
    }
}
