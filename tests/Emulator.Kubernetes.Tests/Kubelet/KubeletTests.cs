using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Kubernetes.Cni;
using Emulator.Kubernetes.Kubelet;
using Emulator.Kubernetes.Tests.KubeProxy;
using Emulator.Linux;
using Emulator.Linux.Cgroups;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Tests.Kubelet;

/// <summary>A kubelet between a real API server and its machine's kernel. Addresses, MACs and MTU: two nodes with
/// flannel on a real kernel; 0a:58 and the address is what the bridge plugin gives.</summary>
public sealed class KubeletTests
{
    private static readonly SimDuration Second = SimDuration.FromSeconds(1);
    private readonly NodeRig _rig = new();
    private readonly CgroupsActor _cgroups;

    public KubeletTests()
    {
        _cgroups = new CgroupsActor(_rig.Ref("cgroups"));
        _rig.Add(_cgroups);
        _rig.Add(new BootedHost(_rig.Host));
    }

    [Fact]
    public void Registers_its_node_with_what_the_machine_has()
    {
        Start();
        ApiObject node = _rig.Find(ResourceTypes.Nodes, "", "node-1")!; // Registered.
        Assert.Equal("10.244.1.0/24", node.Spec.Find("podCIDR")?.AsString);
        Assert.Equal("192.168.77.11", NodeView.Of(node).InternalIP.ToString());
        Assert.Equal(("node-1", "zone-a"), (node.Labels["kubernetes.io/hostname"], NodeView.Of(node).Zone));
        Assert.True(NodeView.Of(node).Ready?.IsTrue);
        Assert.Equal("16Gi", NodeView.Of(node).Capacity["memory"].ToString());
        Assert.Equal("16284Mi", NodeView.Of(node).Allocatable["memory"].ToString()); // 100Mi is the eviction threshold.
        Assert.Equal("4", NodeView.Of(node).Allocatable["cpu"].ToString());
    }

    [Fact]
    public void Renews_its_lease_every_ten_seconds_and_its_node_every_five_minutes()
    {
        Start();
        _rig.Writes.Clear();
        _rig.Advance(SimDuration.FromSeconds(400));
        List<SimTime> renewals = [.. _rig.Writes.Where(w => w.Request.Type == ResourceTypes.Leases).Select(w => w.At)];
        Assert.Equal(40, renewals.Count);
        Assert.All(renewals.Zip(renewals.Skip(1)), pair => Assert.Equal(Second * 10, pair.Second - pair.First));
        Assert.Single(_rig.Writes, w => w.Request.Type == ResourceTypes.Nodes);
        ApiObject lease = _rig.Find(ResourceTypes.Leases, "kube-node-lease", "node-1")!; // Renewed all the time.
        Assert.Equal(ModelClock.ToMicroText(renewals[^1]), lease.Spec.Find("renewTime")?.AsString);
    }

    [Fact]
    public void Says_that_it_is_ready_with_the_next_heartbeat_after_somebody_said_that_it_is_not()
    {
        Start();
        ApiObject node = _rig.Find(ResourceTypes.Nodes, "", "node-1")!; // Registered.
        var lost = new Condition("Ready", "Unknown", "NodeStatusUnknown", "Kubelet stopped posting node status.", null);
        _rig.Put(node.WithStatus(Condition.Put(node.Status, lost))
            .WithMetadata(node.Metadata.Without("resourceVersion")));
        Assert.Equal("Unknown", NodeView.Of(_rig.Find(ResourceTypes.Nodes, "", "node-1")!).Ready?.Status); // As before.
        _rig.Advance(SimDuration.FromSeconds(10));
        Assert.Equal("True", NodeView.Of(_rig.Find(ResourceTypes.Nodes, "", "node-1")!).Ready?.Status); // As before.
    }

    [Fact]
    public void Wires_a_pod_to_the_bridge_and_starts_its_containers()
    {
        Start();
        _rig.Put(Pod("web"));
        _rig.Advance(Second);
        AddVeth veth = Assert.Single(_rig.ToldOf<AddVeth>());
        Assert.Equal(
            ("0e:58:0a:f4:01:02", 1450, "cni0", true, "eth0", "0a:58:0a:f4:01:02", 1450),
            (veth.Mac.ToString(), veth.Mtu, veth.Master, veth.Hairpin,
            veth.PeerName, veth.PeerMac.ToString(), veth.PeerMtu));
        Assert.Equal("pod/default/web", veth.PeerNamespace.Name);
        Assert.Equal(
            [
                new AddAddress("eth0", IPv4Address.Parse("10.244.1.2"), 24, IPv4Address.Parse("10.244.1.255")),
                new AddRoute(Cidr.All, IPv4Address.Parse("10.244.1.1"), "eth0"),
                new AddRoute(Cidr.Parse("10.244.0.0/16"), IPv4Address.Parse("10.244.1.1"), "eth0"),
                new StartProcess("main", new Idle("web", "main"))
                {
                    Cgroup = $"/kubepods/besteffort/pod{veth.PeerNamespace.Incarnation}/main",
                    OomScoreAdjust = 1_000, // A BestEffort pod's.
                },
            ],
            _rig.Told.Where(t => t.To == veth.PeerNamespace && t.Message is AddAddress or AddRoute or StartProcess)
                .Select(t => t.Message));
    }

    [Fact]
    public void A_pods_start_is_one_write_with_all_that_a_running_pod_has()
    {
        Start();
        _rig.Put(Pod("web"));
        _rig.Writes.Clear();
        _rig.Advance(Second * 5);
        Assert.Single(_rig.Writes, w => w.Request.Type == ResourceTypes.Pods);
        JsonObject status = Status("web");
        Assert.Equal(
            ("Running", "10.244.1.2", "192.168.77.11", "BestEffort"),
            (Text(status, "phase"), Text(status, "podIP"), Text(status, "hostIP"), Text(status, "qosClass")));
        Assert.All(
            ["PodScheduled", "Initialized", "ContainersReady", "Ready", "PodReadyToStartContainers"],
            type => Assert.True(Condition.Find(status, type)?.IsTrue));
        JsonValue container = Assert.Single(status.Find("containerStatuses")!.Items); // One container.
        Assert.True(container["ready"]?.AsBool);
        Assert.NotNull(container.At("state", "running", "startedAt"));
    }

    [Fact]
    public void Containers_start_half_a_second_to_a_second_after_the_pod_came()
    {
        Start();
        SimTime put = _rig.Now;
        for (int i = 0; i < 10; i++)
        {
            _rig.Put(Pod($"web-{i}"));
        }

        _rig.Advance(Second * 2);
        List<SimTime> starts = [.. _rig.Told.Where(t => t.Message is StartProcess).Select(t => t.At)];
        Assert.Equal(10, starts.Count);
        Assert.All(starts, at => Assert.InRange((at - put).Nanoseconds, 500_000_000, 1_250_000_000));
        Assert.Equal(10, starts.Distinct().Count());
    }

    [Fact]
    public void What_a_pod_asks_for_by_annotation_is_what_it_gets()
    {
        Start();
        _rig.Put(Pod("web", metadata: """
            "annotations":{"emulator.dev/ip":"10.244.1.77","emulator.dev/mac":"02:00:00:00:00:77",
                           "emulator.dev/host-interface":"vethp1a"},
            """));
        _rig.Advance(Second);
        AddVeth veth = Assert.Single(_rig.ToldOf<AddVeth>());
        Assert.Equal(("vethp1a", "02:00:00:00:00:77"), (veth.Name, veth.PeerMac.ToString()));
        Assert.Equal("10.244.1.77", Text(Status("web"), "podIP"));
    }

    [Fact]
    public void A_pod_whose_address_is_taken_waits_and_says_why()
    {
        Start();
        const string taken = """ "annotations":{"emulator.dev/ip":"10.244.1.9"}, """;
        _rig.Put(Pod("first", metadata: taken));
        _rig.Put(Pod("second", metadata: taken));
        _rig.Advance(Second);
        Assert.Equal("Pending", Text(Status("second"), "phase"));
        Assert.Equal(
            "Failed to create pod sandbox: plugin type=\"bridge\" failed (add): "
            + "requested IP address 10.244.1.9 is not available in range set 10.244.1.1-10.244.1.254",
            Status("second")["containerStatuses"]?.Items[0].At("state", "waiting", "message")?.AsString);
        _rig.Remove(ResourceTypes.Pods, "default", "first");
        _rig.Advance(Second * 15);
        Assert.Equal(("Running", "10.244.1.9"), (Text(Status("second"), "phase"), Text(Status("second"), "podIP")));
    }

    [Fact]
    public void A_deleted_pods_processes_end_then_its_namespace_then_its_object()
    {
        Start();
        _rig.Put(Pod("web"));
        _rig.Advance(Second * 2);
        _rig.Told.Clear();
        _rig.Remove(ResourceTypes.Pods, "default", "web");
        SimTime killed = Assert.Single(_rig.Told, t => t.Message is TerminateProcess { ContainerName: "main" }).At;
        Assert.NotNull(_rig.Find(ResourceTypes.Pods, "default", "web"));
        _rig.Advance(Second);
        Assert.Equal(
            killed + SimDuration.FromMilliseconds(100), Assert.Single(_rig.Told, t => t.Message is DeleteNamespace).At);
        Assert.Null(_rig.Find(ResourceTypes.Pods, "default", "web"));
        Assert.Equal(0, Assert.IsType<DeleteRequest>(_rig.Writes[^1].Request).GracePeriodSeconds);
        Assert.DoesNotContain(_cgroups.Tree.Paths, p => p.Contains("/pod", StringComparison.Ordinal));
    }

    [Fact]
    public void A_pre_stop_sleep_comes_before_the_kill_and_no_longer_than_the_grace_period()
    {
        const string sleep = ""","lifecycle":{"preStop":{"sleep":{"seconds":5}}}""";
        Start();
        _rig.Put(Pod("long", container: sleep));
        _rig.Put(Pod("short", container: sleep, spec: ""","terminationGracePeriodSeconds":3"""));
        _rig.Advance(Second * 2);
        SimTime asked = _rig.Now;
        _rig.Remove(ResourceTypes.Pods, "default", "long");
        _rig.Remove(ResourceTypes.Pods, "default", "short");
        _rig.Advance(Second * 10);
        List<long> seconds =
            [.. _rig.Told.Where(t => t.Message is TerminateProcess)
                .Select(t => (t.At - asked).Nanoseconds / 1_000_000_000)];
        Assert.Equal([3, 5], seconds);
    }

    [Fact]
    public void A_pod_that_is_deleted_by_force_ends_at_once()
    {
        Start();
        _rig.Put(Pod("web"));
        _rig.Advance(Second * 2);
        _rig.Told.Clear();
        _rig.Remove(ResourceTypes.Pods, "default", "web", grace: 0);
        Assert.Single(_rig.ToldOf<KillProcess>());
        Assert.Single(_rig.ToldOf<DeleteNamespace>());
    }

    [Fact]
    public void A_pod_that_does_not_fit_fails_and_nothing_of_it_is_made()
    {
        Start();
        _rig.Put(Pod("big", container: ""","resources":{"requests":{"cpu":"3"}}"""));
        _rig.Put(Pod("more", container: ""","resources":{"requests":{"cpu":"1500m"}}"""));
        _rig.Advance(Second * 2);
        Assert.Equal(("Failed", "OutOfcpu"), (Text(Status("more"), "phase"), Text(Status("more"), "reason")));
        Assert.Equal(
            "Pod was rejected: Node didn't have enough resource: cpu, requested: 1500, used: 3000, capacity: 4000",
            Text(Status("more"), "message"));
        Assert.Equal("default/big", Assert.Single(_rig.ToldOf<CreateNamespace>()).Name);
        _rig.Remove(ResourceTypes.Pods, "default", "more");
        Assert.Null(_rig.Find(ResourceTypes.Pods, "default", "more"));
    }

    [Fact]
    public void A_pod_on_the_hosts_network_runs_in_the_hosts_namespace()
    {
        Start();
        _rig.Put(Pod("proxy", spec: ""","hostNetwork":true"""));
        _rig.Advance(Second);
        Assert.Empty(_rig.ToldOf<CreateNamespace>());
        Assert.Equal(
            (_rig.Host, "default/proxy/main"),
            _rig.Told.Where(t => t.Message is StartProcess)
                .Select(t => (t.To, ((StartProcess)t.Message).ContainerName)).Single());
        Assert.Equal("192.168.77.11", Text(Status("proxy"), "podIP"));
    }

    /// <summary>Weights: 1 + (shares − 2) · 9999 / 262142 of 256 shares (250m) and of 4096 (4 CPUs).</summary>
    [Fact]
    public void Cgroups_follow_requests_and_limits()
    {
        Start();
        _rig.Put(Pod("web", container:
            ""","resources":{"requests":{"cpu":"250m","memory":"64Mi"},"limits":{"cpu":"500m","memory":"128Mi"}}"""));
        _rig.Advance(Second);
        string pod = $"/kubepods/burstable/pod{_rig.Find(ResourceTypes.Pods, "default", "web")?.Uid}";
        CgroupTree tree = _cgroups.Tree;
        Assert.Equal("157", tree.Read("/kubepods", "cpu.weight"));
        Assert.Equal("17179869184", tree.Read("/kubepods", "memory.max"));
        Assert.Equal("1", tree.Read("/kubepods/besteffort", "cpu.weight"));
        Assert.Equal("10", tree.Read("/kubepods/burstable", "cpu.weight"));
        Assert.Equal(
            ("10", "50000 100000", "134217728"),
            (tree.Read(pod, "cpu.weight"), tree.Read(pod, "cpu.max"), tree.Read(pod, "memory.max")));
        Assert.Equal(
            ("10", "50000 100000", "134217728", "1"),
            (tree.Read(pod + "/main", "cpu.weight"), tree.Read(pod + "/main", "cpu.max"),
            tree.Read(pod + "/main", "memory.max"), tree.Read(pod + "/main", "memory.oom.group")));
    }

    [Fact]
    public void Reserving_more_than_there_is_is_refused()
    {
        var reserved = new NodeAllocatable(
            ResourceList.Of([KeyValuePair.Create("cpu", Quantity.Parse("5"))]), ResourceList.Empty, ResourceList.Empty);
        ArgumentException refused = Assert.Throws<ArgumentException>(
            () => Kubelet(Options() with { Reserved = reserved }));
        Assert.Equal("node-1: more cpu is reserved than the node's 4; reserve less.", refused.Message);
    }

    private static KubeletOptions Options() => new()
    {
        NodeName = "node-1",
        NodeAddress = IPv4Address.Parse("192.168.77.11"),
        PodCidr = Cidr.Parse("10.244.1.0/24"),
        Zone = "zone-a",
        Network = new PodNetworkOptions { Network = Cidr.Parse("10.244.0.0/16") },
    };

    private static ApiObject Pod(
        string name, string metadata = "", string container = "", string spec = "") => Manifests.Read(
        $$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{{{{metadata}}} "name":"{{{name}}}","namespace":"default"},
         "spec":{"nodeName":"node-1","containers":[{"name":"main","image":"web:1"{{{container}}}}]{{{spec}}}}}
        """);

    private static string Text(JsonObject status, string name) => status.Find(name)?.AsString ?? "";

    private Kubernetes.Kubelet.Kubelet Kubelet(KubeletOptions options) => new(
        _rig.Ref("kubelet"), _rig.Host, _rig.ApiServer, options, (pod, container) => new Idle(pod.Name, container.Name),
        _cgroups.Self);

    private void Start()
    {
        _rig.Add(Kubelet(Options()));
        _rig.Start();
        _rig.Told.Clear();
    }

    private JsonObject Status(string pod) => _rig.Find(ResourceTypes.Pods, "default", pod)!.Status; // Put before.

    /// <summary>A program that does nothing.</summary>
    private sealed record Idle(string Pod, string Container) : Program
    {
        public override string Name => "idle";

        public override Process Start() => new IdleProcess();
    }

    private sealed class IdleProcess : Process
    {
        public override void OnStart(ProcessContext context)
        {
        }
    }

    /// <summary>A machine with its bridge, as it is after boot.</summary>
    private sealed class BootedHost(ActorRef self) : Actor(self)
    {
        private readonly HostActor _host = new(self, "node-1", 1_000);

        public override void OnStart(Outbox outbox)
        {
            _host.OnStart(outbox);
            Receive(new AddBridge("cni0", MacAddress.Parse("0a:58:0a:f4:01:01"), 1450), 0, outbox);
        }

        public override void Receive(Message message, int port, Outbox outbox) => _host.Receive(message, port, outbox);
    }
}
