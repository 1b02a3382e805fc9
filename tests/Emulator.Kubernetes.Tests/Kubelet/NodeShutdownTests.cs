using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Kubelet;
using Emulator.Kubernetes.Tests.KubeProxy;
using Emulator.Linux.Netlink;

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
}
