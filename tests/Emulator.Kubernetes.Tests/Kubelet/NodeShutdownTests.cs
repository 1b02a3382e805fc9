using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Kubelet;
using Emulator.Kubernetes.Tests.KubeProxy;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Tests.Kubelet;

/// <summary>Expected: kubernetes pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go, by its configuration's
/// arithmetic.</summary>
public sealed class NodeShutdownTests
{
    private const string Container = """{"name":"app","image":"app"}""";

    private readonly KubeletRig _rig = new(o => o with
    {
        ShutdownGracePeriod = SimDuration.FromSeconds(30),
        ShutdownGracePeriodCriticalPods = SimDuration.FromSeconds(10),
    });

    /// <summary>The ordinary pod would stop in 25 s and is killed after its group's 20; the critical one then has 10 s
    /// and needs 4.</summary>
    [Fact]
    public void Pods_end_by_priority_each_group_in_its_time()
    {
        _rig.Put("user", Container, annotations: """ "emulator.dev/stop-time":"25s" """);
        _rig.Put(
            "critical", Container, ",\"priorityClassName\":\"system-node-critical\"",
            """ "emulator.dev/stop-time":"4s" """);
        _rig.Until(1_000);
        _rig.Told.Clear();
        _rig.Zero = _rig.Now;
        _rig.Tell(new ShutDown());
        _rig.Advance(60_000);

        Assert.Equal(["app 0", "app 20000"], _rig.Times<TerminateProcess>(t => t.ContainerName));
        Assert.Equal(["app 20000"], _rig.Times<KillProcess>(t => t.ContainerName));
        foreach (string pod in (string[])["user", "critical"])
        {
            Assert.Equal("Failed", _rig.Phase(pod));
            Assert.Equal("Terminated", _rig.Status(pod).Find("reason")!.AsString);
            Assert.Equal(
                "Pod was terminated in response to imminent node shutdown.",
                _rig.Status(pod).Find("message")!.AsString);
            Condition disruption = Condition.Find(_rig.Status(pod), "DisruptionTarget")!; // It was disrupted.
            Assert.Equal(("True", "TerminationByKubelet"), (disruption.Status, disruption.Reason));
        }
    }

    [Fact]
    public void A_node_that_shuts_down_is_not_ready_lets_nobody_in_and_falls_silent()
    {
        _rig.Put("user", Container, annotations: """ "emulator.dev/stop-time":"5s" """);
        _rig.Until(1_000);
        _rig.Tell(new ShutDown());
        _rig.Advance(100);
        Condition ready = Condition.Find(_rig.Node.Status, "Ready")!; // The kubelet writes it.
        Assert.Equal(
            ("False", "KubeletNotReady", "node is shutting down"), (ready.Status, ready.Reason, ready.Message));
        _rig.Put(Manifests.Read("""
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"late","namespace":"default"},
             "spec":{"nodeName":"node-1","containers":[{"name":"app","image":"app"}]}}
            """));
        _rig.Advance(100);
        Assert.Equal(
            ("Failed", "NodeShutdown", "Pod was rejected: Pod was rejected as the node is shutting down."),
            (_rig.Phase("late"), _rig.Status("late").Find("reason")!.AsString,
                _rig.Status("late").Find("message")!.AsString));

        _rig.Advance(20_000);
        int writes = _rig.Writes.Count;
        _rig.Advance(60_000);
        Assert.Equal(writes, _rig.Writes.Count);
        Assert.Contains("NodeShutdown 1 Shutdown manager detected shutdown event", _rig.Events("node-1"));
    }

    [Fact]
    public void Without_a_grace_everything_is_killed_and_nothing_is_said()
    {
        var rig = new KubeletRig();
        rig.Put("user", Container);
        rig.Until(1_000);
        int writes = rig.Writes.Count;
        rig.Tell(new ShutDown());
        rig.Advance(60_000);
        Assert.Single(rig.Told, t => t.Message is KillProcess);
        Assert.DoesNotContain(rig.Told, t => t.Message is TerminateProcess);
        Assert.Equal("Running", rig.Phase("user"));
        Assert.Equal(writes, rig.Writes.Count);
    }

    /// <summary>The main container takes all of the group's 20 s, so the sidecar's own grace is none; its SIGKILL is
    /// the machine's end.</summary>
    [Fact]
    public void What_still_runs_when_the_last_group_has_had_its_time_is_killed_with_the_machine()
    {
        _rig.Put(
            "user", Container,
            ""","initContainers":[{"name":"proxy","image":"i","restartPolicy":"Always"}]""",
            """ "emulator.dev/stop-time":"40s" """);
        _rig.Until(1_000);
        _rig.Told.Clear();
        _rig.Zero = _rig.Now;
        _rig.Tell(new ShutDown());
        _rig.Advance(60_000);
        Assert.Equal(["app 20000", "proxy 20000"], _rig.Times<KillProcess>(t => t.ContainerName));
    }

    /// <summary>A group without pods is over: nobody waits for the rest of its 20 s.</summary>
    [Fact]
    public void A_pod_whose_object_is_gone_is_waited_for_no_longer()
    {
        _rig.Put("user", Container, annotations: """ "emulator.dev/stop-time":"15s" """);
        _rig.Put("critical", Container, ",\"priorityClassName\":\"system-node-critical\"");
        _rig.Until(1_000);
        _rig.Told.Clear();
        _rig.Zero = _rig.Now;
        _rig.Tell(new ShutDown());
        _rig.Delete("user", grace: 0);
        _rig.Advance(10);
        Assert.Equal(2, _rig.Told.Count(t => t.Message is TerminateProcess));
    }

    [Fact]
    public void A_machine_that_is_off_starts_no_container_again_and_ends_no_pod()
    {
        var rig = new KubeletRig();
        rig.Put("user", """
            {"name":"app","image":"app","ports":[{"containerPort":80}],
             "livenessProbe":{"httpGet":{"port":80},"periodSeconds":1}}
            """);
        rig.Until(1_000);
        rig.Tell(new ShutDown());
        rig.Told.Clear();
        int writes = rig.Writes.Count;
        rig.Advance(30_000);
        rig.Delete("user");
        rig.Advance(60_000);
        Assert.DoesNotContain(
            rig.Told,
            t => t.Message is StartProcess or TerminateProcess or KillProcess or RunExchange or DeleteNamespace);
        Assert.Equal(writes, rig.Writes.Count);
        Assert.True(rig.Pod("user")!.IsTerminating); // Nobody says that it has ended.
    }

    [Fact]
    public void A_machine_that_goes_off_before_its_node_has_a_block_of_addresses_never_runs_a_pod()
    {
        var rig = new KubeletRig(o => o with { PodCidr = null });
        rig.Tell(new ShutDown());
        ApiObject node = rig.Node.With(["spec", "podCIDR"], "10.244.1.0/24");
        rig.Put(new ApiObject(ResourceTypes.Nodes, node.Json.Without("status")));
        rig.Put(Manifests.Read("""
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"late","namespace":"default"},
             "spec":{"nodeName":"node-1","containers":[{"name":"app","image":"app"}]}}
            """));
        rig.Advance(2_000);
        Assert.DoesNotContain(rig.Told, t => t.Message is CreateNamespace);
    }
}
