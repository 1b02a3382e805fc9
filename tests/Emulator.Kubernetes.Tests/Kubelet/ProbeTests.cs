using Emulator.Core.Packets;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Tests.Kubelet;

/// <summary>Probes on a kubelet whose node and pods are real kernels: the packets go over the node's bridge. Times and
/// thresholds: kubernetes' API (first after initialDelaySeconds, then every periodSeconds).</summary>
public sealed class ProbeTests
{
    private readonly KubeletRig _rig = new();

    [Fact]
    public void A_container_is_ready_when_its_readiness_probe_has_succeeded_as_often_as_asked()
    {
        _rig.Put("web", With("readinessProbe", """
            "httpGet":{"port":80},"initialDelaySeconds":2,"periodSeconds":3,"successThreshold":2
            """));
        _rig.Until(4_900);
        Assert.Equal(("Running", false), (_rig.Phase("web"), _rig.IsReady("web")));
        _rig.Until(5_000);
        Assert.True(_rig.IsReady("web"));
        Assert.Equal(["2000", "5000"], Asked());
        Assert.Contains(_rig.Told, t => t.Message is EthernetFrame); // Not a short cut: frames on the bridge.
    }

    [Fact]
    public void A_container_that_hangs_is_not_ready_after_three_failures_and_is_not_killed_for_it()
    {
        _rig.Put(
            "web", With("readinessProbe", """ "httpGet":{"port":80,"path":"/healthz"} """),
            annotations: """ "emulator.dev/unhealthy-after":"5s" """);
        _rig.Until(30_900); // Failures at 11, 21 and 31 s: asked at 10, 20, 30, given up after 1 s.
        Assert.True(_rig.IsReady("web"));
        _rig.Until(31_000);
        Assert.False(_rig.IsReady("web"));
        _rig.Until(100_000);
        Assert.Single(_rig.Starts());
        Assert.Contains(
            "Unhealthy 9 Readiness probe failed: Get \"http://10.244.1.2:80/healthz\": context deadline exceeded",
            _rig.Events("web"));
    }

    [Fact]
    public void A_container_that_hangs_is_killed_by_its_liveness_probe_and_started_again()
    {
        _rig.Put(
            "web", With("livenessProbe", """ "httpGet":{"port":80},"periodSeconds":5,"failureThreshold":2 """),
            spec: ""","terminationGracePeriodSeconds":7""",
            annotations: """ "emulator.dev/unhealthy-after":"12s" """);
        _rig.Until(29_000); // Asked at 15 and 20 s; given up at 21 s; SIGTERM is not heard; SIGKILL 7 s later.
        Assert.Equal(["main 21000"], _rig.Times<TerminateProcess>(t => t.ContainerName));
        Assert.Equal(["main 28000"], _rig.Times<KillProcess>(k => k.ContainerName));
        Assert.Equal(["main 0", "main 28000"], _rig.Starts());
        Assert.Equal(137, _rig.Container("web").At("lastState", "terminated", "exitCode")?.AsInt64);
        Assert.Contains("Killing 1 Container main failed liveness probe, will be restarted", _rig.Events("web"));
    }

    [Fact]
    public void Nothing_else_is_asked_until_the_startup_probe_has_succeeded()
    {
        _rig.Put(
            "web", With("startupProbe", """
                "tcpSocket":{"port":80},"periodSeconds":4},"livenessProbe":{"tcpSocket":{"port":80},"periodSeconds":1
                """),
            annotations: """ "emulator.dev/start-up-time":"7s" """);
        _rig.Until(7_900);
        Assert.Equal(["0", "4000"], Asked());
        Assert.False(_rig.IsReady("web"));
        Assert.Contains(
            "Unhealthy 2 Startup probe failed: dial tcp 10.244.1.2:80: connect: connection refused",
            _rig.Events("web"));
        _rig.Until(8_100);
        Assert.True(_rig.IsReady("web"));
    }

    [Fact]
    public void A_command_is_not_run_and_succeeds_while_the_container_is_up_and_does_not_hang()
    {
        _rig.Put(
            "web", With("readinessProbe", """ "exec":{"command":["true"]},"periodSeconds":1,"failureThreshold":1 """),
            annotations: """ "emulator.dev/start-up-time":"1500ms","emulator.dev/unhealthy-after":"3500ms" """);
        _rig.Until(1_900);
        Assert.False(_rig.IsReady("web"));
        _rig.Until(2_000);
        Assert.True(_rig.IsReady("web"));
        _rig.Until(4_000);
        Assert.False(_rig.IsReady("web"));
        Assert.Empty(Asked());
    }

    [Fact]
    public void A_pre_stop_request_comes_before_sigterm()
    {
        _rig.Put("web", """
            {"name":"main","image":"web:1","ports":[{"containerPort":80}],
             "lifecycle":{"preStop":{"httpGet":{"port":80,"path":"/drain"}}}}
            """);
        _rig.Until(1_000);
        _rig.Told.Clear();
        _rig.Delete("web");
        List<string> order = [.. _rig.Told.Select(t => t.Message)
            .Where(m => m is RunExchange or ExchangeCompleted or TerminateProcess).Select(m => m.GetType().Name)];
        Assert.Equal(["RunExchange", "ExchangeCompleted", "TerminateProcess"], order);
    }

    private static string With(string probe, string content) =>
        "{\"name\":\"main\",\"image\":\"web:1\",\"ports\":[{\"containerPort\":80}],\""
        + probe + "\":{" + content + "}}";

    private List<string> Asked() => [.. _rig.Times<RunExchange>(_ => "").Select(t => t.Trim())];
}
