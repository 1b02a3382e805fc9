using Emulator.Core.Documents;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Tests.KubeProxy;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Tests.Kubelet;

/// <summary>Expected: kubernetes 1.33 pkg/kubelet/allocation; weights and quotas by the formulas of the
/// facts.</summary>
public sealed class PodResizeTests
{
    private readonly KubeletRig _rig = new();

    /// <summary>100m is weight 4, 300m weight 12; a limit of 400m is 40 ms a period.</summary>
    [Fact]
    public void A_running_container_gets_other_cpu_without_a_restart()
    {
        _rig.Put("web", Container("100m", "200m"));
        _rig.Until(100);
        Assert.Equal(("4", "20000 100000"), (Cgroup("cpu.weight"), Cgroup("cpu.max")));
        _rig.Put(Pod("web", Container("300m", "400m")));
        _rig.Advance(100);

        Assert.Equal(("12", "40000 100000"), (Cgroup("cpu.weight"), Cgroup("cpu.max")));
        Assert.Equal("40000 100000", Cgroup("cpu.max", "web", ""));
        JsonValue status = _rig.Container("web");
        Assert.Equal("300m", status.At("allocatedResources", "cpu")!.AsString);
        Assert.Equal("400m", status.At("resources", "limits", "cpu")!.AsString);
        Assert.Equal(0, status["restartCount"]!.AsInt64);
        Assert.DoesNotContain(_rig.Told, t => t.Message is TerminateProcess);
        Assert.Null(Pending("web"));
    }

    [Fact]
    public void What_the_node_never_has_is_infeasible_and_changes_nothing()
    {
        _rig.Put("web", Container("100m", "200m"));
        _rig.Until(100);
        _rig.Put(Pod("web", Container("5", "6")));
        _rig.Advance(100);
        Assert.Equal(
            ("Infeasible", "Node didn't have enough capacity: cpu, requested: 5000, capacity: 4000"),
            (Pending("web")!.Reason, Pending("web")!.Message));
        Assert.Equal(("4", "20000 100000"), (Cgroup("cpu.weight"), Cgroup("cpu.max")));
    }

    [Fact]
    public void What_the_node_has_not_now_comes_when_another_pod_goes()
    {
        _rig.Put("web", Container("100m", "200m"));
        _rig.Put("other", Container("3", "3"));
        _rig.Until(100);
        _rig.Put(Pod("web", Container("2", "2")));
        _rig.Advance(100);
        Assert.Equal(
            ("Deferred", "Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000"),
            (Pending("web")!.Reason, Pending("web")!.Message));
        _rig.Delete("other");
        _rig.Advance(1_000);
        Assert.Null(Pending("web"));
        Assert.Equal("200000 100000", Cgroup("cpu.max"));
    }

    [Fact]
    public void A_container_that_must_be_restarted_for_memory_is()
    {
        const string policy = ""","resizePolicy":[{"resourceName":"memory","restartPolicy":"RestartContainer"}]""";
        static string Sized(string memory) =>
            """{"name":"app","image":"app","resources":{"limits":{"cpu":"1","memory":""" + $"\"{memory}\"" + "}}"
            + policy + "}";
        _rig.Put("web", Sized("64Mi"), annotations: """ "emulator.dev/stop-time":"2s" """);
        _rig.Until(100);
        ApiObject larger = Pod("web", Sized("32Mi"));
        _rig.Put(larger.With(["metadata", "annotations"], JsonObject.Of(("emulator.dev/stop-time", "2s"))));
        _rig.Advance(100);
        Assert.NotNull(Condition.Find(_rig.Status("web"), "PodResizeInProgress"));
        _rig.Advance(3_000);
        Assert.Null(Condition.Find(_rig.Status("web"), "PodResizeInProgress"));
        Assert.Equal(1, _rig.Container("web")["restartCount"]!.AsInt64);
        Assert.Equal($"{32 << 20}", Cgroup("memory.max", "web", "/app", "/kubepods"));
        Assert.Contains(
            _rig.Events("web"),
            e => e.StartsWith("Killing 1 Container app resize requires restart", StringComparison.Ordinal));
    }

    /// <summary>It holds 50Mi: a pod's limit of 32Mi before its end would be its end.</summary>
    [Fact]
    public void A_container_that_is_restarted_for_less_memory_ends_gracefully_under_the_old_limit()
    {
        static string Sized(string memory) =>
            """{"name":"app","image":"app","resources":{"limits":{"cpu":"1","memory":""" + $"\"{memory}\"" + """}},"""
            + "\"resizePolicy\":[{\"resourceName\":\"memory\",\"restartPolicy\":\"RestartContainer\"}]}";
        _rig.Put("web", Sized("64Mi"), annotations: """ "emulator.dev/stop-time":"2s","memory":"50Mi" """);
        _rig.Until(100);
        _rig.Put(Pod("web", Sized("32Mi")).With(
            ["metadata", "annotations"], JsonObject.Of(("emulator.dev/stop-time", "2s"), ("memory", "50Mi"))));
        _rig.Advance(1_000);
        Assert.Equal($"{64 << 20}", Cgroup("memory.max", "web", "", "/kubepods"));
        Assert.DoesNotContain(_rig.Told, t => t.Message is ProcessExited);
        _rig.Advance(2_000);
        var exit = (ProcessExited)_rig.Told.First(t => t.Message is ProcessExited).Message;
        Assert.Equal((0, false), (exit.ExitCode, exit.OutOfMemory));
        Assert.Equal($"{32 << 20}", Cgroup("memory.max", "web", "", "/kubepods"));
    }

    [Fact]
    public void A_resize_that_comes_before_the_start_is_what_the_container_starts_with()
    {
        static string Sized(string cpu) =>
            """{"name":"app","image":"app","resources":{"limits":{"memory":"1Gi","cpu":""" + $"\"{cpu}\"" + """}},"""
            + "\"resizePolicy\":[{\"resourceName\":\"cpu\",\"restartPolicy\":\"RestartContainer\"}]}";
        _rig.Put("web", Sized("1"));
        _rig.Put(Pod("web", Sized("2")));
        _rig.Until(5_000);
        Assert.Equal("200000 100000", Cgroup("cpu.max", "web", "/app", "/kubepods"));
        Assert.Single(_rig.Starts());
        Assert.DoesNotContain(_rig.Told, t => t.Message is TerminateProcess);
    }

    /// <summary>3500m are missing only now, 17Gi for ever: what can never be counts.</summary>
    [Fact]
    public void What_is_infeasible_in_one_resource_is_not_deferred_for_another()
    {
        _rig.Put("web", Container("100m", "200m"));
        _rig.Put("other", Container("3", "3"));
        _rig.Until(100);
        _rig.Put(Pod("web", Container("3500m", "3500m").Replace("1Mi", "17Gi", StringComparison.Ordinal)));
        _rig.Advance(100);
        Assert.Equal("Infeasible", Pending("web")!.Reason);
    }

    private Condition? Pending(string pod) => Condition.Find(_rig.Status(pod), "PodResizePending");

    private string Cgroup(
        string file, string pod = "web", string below = "/app", string @class = "/kubepods/burstable") =>
        _rig.Cgroups.Tree.Read($"{@class}/pod{_rig.Pod(pod)!.Uid}{below}", file)!; // Both are there.

    private static string Container(string request, string limit) =>
        """{"name":"app","image":"app","resources":{"requests":{"cpu":""" + $"\"{request}\"" + ""","memory":"1Mi"},"""
        + "\"limits\":{\"cpu\":" + $"\"{limit}\"" + "}}}";

    private static ApiObject Pod(string name, string container) => Manifests.Read($$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","namespace":"default"},
         "spec":{"nodeName":"node-1","containers":[{{{container}}}]}}
        """);
}
