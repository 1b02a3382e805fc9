using Emulator.Cluster.Spec;
using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Cni;
using Emulator.Kubernetes.KubeProxy;
using Emulator.Kubernetes.Kubelet;
using Emulator.Linux.Cgroups;
using Emulator.Linux.Cgroups.Cpu;
using Emulator.Linux.Processes;

namespace Emulator.Cluster.Building;

/// <summary>Makes the actors of nodes. What all nodes compute alike is computed once: rules, peers.</summary>
internal sealed class NodeShared
{
    private readonly ClusterSpec _spec;
    private readonly ActorRef _apiServer;
    private readonly ServiceRuleCache _rules;
    private readonly FlannelPeers _peers;
    private readonly ContainerPrograms _programs;
    private readonly PodNetworkOptions _network;

    /// <summary>What the nodes of a cluster share.</summary>
    public NodeShared(ClusterSpec spec, ActorRef apiServer)
    {
        _spec = spec;
        _apiServer = apiServer;
        _programs = new ContainerPrograms(apiServer);
        _rules = new ServiceRuleCache(new KubeProxyOptions { ClusterCidr = spec.PodCidr });
        _peers = new FlannelPeers(new FlannelOptions
        {
            Network = spec.PodCidr,
            Backend = spec.Cni.Mode == CniMode.Vxlan ? FlannelBackend.Vxlan : FlannelBackend.HostGateway,
            Vni = spec.Cni.Vni,
            Port = spec.Cni.Port,
            UnderlayDevice = spec.Nodes[0].Interface,
            UnderlayMtu = spec.Nodes.Min(n => n.Mtu),
        });
        _network = new PodNetworkOptions { Network = spec.PodCidr, Mtu = spec.Cni.Mtu, Hairpin = spec.Cni.Hairpin };
    }

    /// <summary>The actors of a node, in the order in which they start.</summary>
    public IEnumerable<Actor> Actors(NodeSpec node, ActorRef host)
    {
        ActorRef Named(string name) => new($"{name}/{node.Name}", "", host.Machine);
        ResourceList capacity = CapacityOf(node);
        var cpu = new CpuOptions
        {
            Cores = CoresOf(capacity), Tick = _spec.Cpu.Tick, TickOffset = _spec.Cpu.TickOffset,
        };
        var cgroups = new CgroupsActor(Named("cgroups"), host, cpu, capacity["memory"].Value);
        yield return cgroups;
        yield return new Kubelet(
            Named("kubelet"), host, _apiServer, OptionsOf(node), (pod, container) =>
            _programs.Of(host, pod, container), cgroups.Self);
        yield return new Flannel(Named("flanneld"), host, _apiServer, node.Name, _peers, node.Vtep?.Mac);
        yield return new KubeProxy(Named("kube-proxy"), host, _apiServer, node.Name, _rules);
    }

    /// <summary>What a node has, as its kubelet reports it.</summary>
    public static ResourceList CapacityOf(NodeSpec node) => ResourceList.Of(
        KeyValuePair.Create("cpu", Quantity.Parse(node.Capacity.Cpu)),
        KeyValuePair.Create("memory", Quantity.Parse(node.Capacity.Memory)),
        KeyValuePair.Create("ephemeral-storage", Quantity.Parse(node.Capacity.EphemeralStorage)),
        KeyValuePair.Create("pods", Quantity.Parse(node.Capacity.Pods)));

    // Parts of a core cannot be bought: 1500m is a machine of two.
    private static int CoresOf(ResourceList capacity) => (int)Math.Max(1, capacity["cpu"].Value);

    private KubeletOptions OptionsOf(NodeSpec node) => new()
    {
        NodeName = node.Name,
        NodeAddress = node.Address.Address,
        PodCidr = node.PodCidr,
        Zone = node.Zone,
        Labels = node.Labels,
        Taints = [.. node.Taints.Select(t => new Taint(t.Key, t.Value, t.Effect, null))],
        Capacity = CapacityOf(node),
        Reserved = _spec.Kubelet.ReservedOf(CapacityOf(node)),
        Eviction = _spec.Kubelet.Eviction with
        {
            PidMax = node.Sysctls.LastOrDefault(
                s => s.Key == "kernel.pid_max", KeyValuePair.Create("", _spec.Kubelet.Eviction.PidMax)).Value,
        },
        PodPidsLimit = _spec.Kubelet.PodPidsLimit,
        StaticPods = [.. node.StaticPods.Select(p => (JsonObject)p.Content)], // A Part is an object.
        ShutdownAt = node.ShutdownAt,
        ShutdownGracePeriod = _spec.Kubelet.ShutdownGracePeriod,
        ShutdownGracePeriodCriticalPods = _spec.Kubelet.ShutdownGracePeriodCriticalPods,
        Network = _network with { Bridge = node.Bridge.Name },
        NamespaceSetup = SetUp,
        CpuWeights = _spec.Cpu.Weights,
        HasStaticCpus = _spec.Cpu.IsStatic,
    };

    /// <summary>Source: the kubelet's dnsPolicy ClusterFirst.</summary>
    private IEnumerable<Message> SetUp(PodView pod)
    {
        if (_spec.Addons.Dns)
        {
            IPv4Address dns = _spec.ServiceCidr.At(Addons.DnsOffset);
            yield return new SetResolver(ResolverConfiguration.ClusterFirst(dns, pod.Namespace, "cluster.local"));
        }
    }
}
