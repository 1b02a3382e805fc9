using Emulator.Core.Documents;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Tests.Kubelet;

/// <summary>The life of pods on a kubelet. Times are milliseconds after the instant at which a pod's containers could
/// start; the rules are the kubelet's (restart at once, then 10 s doubling to 300 s, forgotten after 10 minutes;
/// SIGTERM, grace, SIGKILL; init containers in order).</summary>
public sealed class PodLifecycleTests
{
    private const string Main = """{"name":"main","image":"web:1","ports":[{"containerPort":80}]}""";
    private readonly KubeletRig _rig = new();

    [Fact]
    public void A_container_that_crashes_at_once_starts_again_at_once_and_then_after_waits_that_double_to_300_s()
    {
        _rig.Put("web", Main, annotations: """ "emulator.dev/crash-after":"0s" """);
        _rig.Until(1_200_000);
        Assert.Equal(
            [
                "main 0", "main 0", "main 10000", "main 30000", "main 70000", "main 150000", "main 310000",
                "main 610000", "main 910000",
            ],
            _rig.Starts());
        JsonValue container = _rig.Container("web");
        Assert.Equal("CrashLoopBackOff", container.At("state", "waiting", "reason")?.AsString);
        Assert.Equal(
            $"back-off 5m0s restarting failed container=main pod=web_default({_rig.Pod("web")?.Uid})",
            container.At("state", "waiting", "message")?.AsString);
        Assert.Equal(
            (1L, "Error"),
            (container.At("lastState", "terminated", "exitCode")?.AsInt64 ?? 0,
            container.At("lastState", "terminated", "reason")?.AsString));
        Assert.Equal(8, container["restartCount"]?.AsInt64);
        Assert.Equal(("Running", false), (_rig.Phase("web"), _rig.IsReady("web")));
    }

    [Fact]
    public void Waits_begin_anew_when_a_container_ran_longer_than_ten_minutes()
    {
        _rig.Put("web", Main, annotations: """ "emulator.dev/crash-after":"601s" """);
        _rig.Until(2_000_000);
        Assert.Equal(["main 0", "main 601000", "main 1202000", "main 1803000"], _rig.Starts());
    }

    /// <summary>The end at 1,200 s is not more than 600 s after the start at 600 s: its wait holds. The start at
    /// 1,210 s is: the wait after it is the first again (client-go's Backoff.Next).</summary>
    [Fact]
    public void Waits_hold_when_a_container_ran_ten_minutes_or_less()
    {
        _rig.Put("web", Main, annotations: """ "emulator.dev/crash-after":"600s" """);
        _rig.Until(1_900_000);
        Assert.Equal(["main 0", "main 600000", "main 1210000", "main 1820000"], _rig.Starts());
    }

    [Fact]
    public void Init_containers_run_one_after_the_other_before_the_containers()
    {
        _rig.Put("web", Main,
            spec: ""","initContainers":[{"name":"first","image":"i"},{"name":"second","image":"i"}]""",
            annotations: """ "emulator.dev/run-time.first":"2s","emulator.dev/run-time.second":"500ms" """);
        _rig.Until(1_000);
        Assert.Equal("Pending", _rig.Phase("web"));
        Assert.Equal("PodInitializing", _rig.Container("web").At("state", "waiting", "reason")?.AsString);
        Assert.Equal(
            "containers with incomplete status: [first second]",
            Condition.Find(_rig.Status("web"), "Initialized")?.Message);
        _rig.Until(3_000);
        Assert.Equal(["first 0", "second 2000", "main 2500"], _rig.Starts());
        Assert.Equal(("Running", true), (_rig.Phase("web"), _rig.IsReady("web")));
    }

    [Fact]
    public void A_failing_init_container_is_tried_again_with_waits_and_the_containers_wait()
    {
        _rig.Put("web", Main, spec: ""","initContainers":[{"name":"first","image":"i"}]""",
            annotations: """ "emulator.dev/run-time.first":"1s","emulator.dev/exit-code.first":"3" """);
        _rig.Until(40_000);
        Assert.Equal(["first 0", "first 1000", "first 12000", "first 33000"], _rig.Starts());
        Assert.Equal("Pending", _rig.Phase("web"));
    }

    [Fact]
    public void A_pod_that_never_restarts_fails_with_its_init_container()
    {
        _rig.Put("web", Main,
            spec: ""","restartPolicy":"Never","initContainers":[{"name":"first","image":"i"}]""",
            annotations: """ "emulator.dev/exit-code.first":"3" """);
        _rig.Until(1_000);
        Assert.Equal(["first 0"], _rig.Starts());
        Assert.Equal("Failed", _rig.Phase("web"));
    }

    [Fact]
    public void A_sidecar_starts_in_its_turn_when_started_up_runs_on_and_ends_last()
    {
        _rig.Put("web", Main, spec: """
            ,"initContainers":[
               {"name":"proxy","image":"i","restartPolicy":"Always","ports":[{"containerPort":81}],
                "startupProbe":{"tcpSocket":{"port":81},"periodSeconds":1}},
               {"name":"setup","image":"i"}]
            """, annotations: """
            "emulator.dev/start-up-time.proxy":"1500ms","emulator.dev/run-time.setup":"1s",
            "emulator.dev/stop-time":"2s"
            """);
        _rig.Until(6_000);
        // The probe asks after 0, 1 and 2 s; the third finds the port open, some microseconds later.
        Assert.Equal(["proxy", "setup", "main"], _rig.Starts().Select(s => s.Split(' ')[0]));
        SimTimeOf("setup", 2_000, 2_001);
        SimTimeOf("main", 3_000, 3_001);
        _rig.Told.Clear();
        _rig.Zero = _rig.Now;
        _rig.Delete("web");
        _rig.Until(10_000);
        Assert.Equal(["main 0.35", "proxy 2000.35"], Round(_rig.Times<TerminateProcess>(t => t.ContainerName)));
        Assert.Equal(["main 0", "proxy 0"], _rig.Times<ProcessExited>(e => $"{e.ContainerName} {e.ExitCode}")
            .Select(t => string.Join(' ', t.Split(' ')[..2])));
        Assert.Null(_rig.Pod("web"));
    }

    [Theory]
    [InlineData("Never", 0, "Succeeded", 1)]
    [InlineData("Never", 2, "Failed", 1)]
    [InlineData("OnFailure", 0, "Succeeded", 1)]
    [InlineData("OnFailure", 2, "Running", 3)]
    [InlineData("Always", 0, "Running", 3)]
    public void A_container_that_ends_is_started_again_as_the_restart_policy_says(
        string policy, int code, string phase, int starts)
    {
        _rig.Put("job", Main, spec: $$""","restartPolicy":"{{policy}}" """,
            annotations: $$""" "emulator.dev/run-time":"3s","emulator.dev/exit-code":"{{code}}" """);
        _rig.Until(17_000); // At 0, 3, and 16 s.
        Assert.Equal((phase, starts), (_rig.Phase("job"), _rig.Starts().Count));
    }

    [Fact]
    public void A_job_that_has_ended_frees_its_place_and_keeps_its_object()
    {
        _rig.Put("job", Main, spec: ""","restartPolicy":"Never" """, annotations: """ "emulator.dev/run-time":"3s" """);
        _rig.Until(4_000);
        Assert.Single(_rig.Told, t => t.Message is DeleteNamespace);
        Assert.Equal(
            ("Completed", "PodCompleted"),
            (_rig.Container("job").At("state", "terminated", "reason")?.AsString,
            Condition.Find(_rig.Status("job"), "Ready")?.Reason));
        _rig.Delete("job");
        Assert.Null(_rig.Pod("job"));
    }

    [Theory]
    [InlineData("", 143, 0)]
    [InlineData(""" "emulator.dev/stop-time":"4s" """, 0, 4_000)]
    [InlineData(""" "emulator.dev/stop-time":"40s" """, 137, 30_000)]
    [InlineData(""" "emulator.dev/unhealthy-after":"1s" """, 137, 30_000)]
    public void A_deleted_pods_container_ends_on_sigterm_or_when_its_grace_is_over(
        string annotations, int code, long milliseconds)
    {
        _rig.Put("web", Main, annotations: annotations);
        _rig.Until(5_000);
        _rig.Writes.Clear();
        _rig.Told.Clear();
        _rig.Delete("web");
        _rig.Zero = _rig.Told.First(t => t.Message is TerminateProcess).At;
        _rig.Until(31_000);
        Assert.Equal(
            code == 137 ? [$"main {milliseconds}"] : [], _rig.Times<KillProcess>(k => k.ContainerName));
        Assert.Equal(
            [$"{milliseconds + 100}"], _rig.Times<DeleteNamespace>(_ => "").Select(t => t.Trim()));
        Assert.Equal(code, LastExitCode());
        Assert.Null(_rig.Pod("web"));
    }

    [Fact]
    public void A_pull_takes_its_time_once_a_node_and_one_image_after_the_other()
    {
        const string two = """{"name":"a","image":"one"},{"name":"b","image":"two"}""";
        const string pull = """ "emulator.dev/pull-time":"3s" """;
        _rig.Put("first", two, annotations: pull);
        _rig.Until(10_000);
        Assert.Equal(["a 3000", "b 6000"], _rig.Starts());
        _rig.Told.Clear();
        _rig.Put("second", two, annotations: pull);
        _rig.Until(1_000);
        Assert.Equal(["a 0", "b 0"], _rig.Starts());
    }

    [Fact]
    public void What_happens_is_told_in_events_that_count()
    {
        _rig.Put("web", Main, annotations: """ "emulator.dev/crash-after":"1s" """);
        _rig.Until(1_500);
        Assert.Equal(
            [
                "Created 2 Created container: main",
                "Pulled 2 Container image \"web:1\" already present on machine",
                "Started 2 Started container main",
            ],
            _rig.Events("web").Order(StringComparer.Ordinal));
        _rig.Until(2_500);
        Assert.Contains(
            $"BackOff 1 Back-off restarting failed container main in pod web_default({_rig.Pod("web")?.Uid})",
            _rig.Events("web"));
        _rig.Delete("web");
    }

    /// <summary>The API cannot be reached while the pod ends; it is Stopped 100 ms later.</summary>
    [Fact]
    public void The_last_status_is_written_again_until_the_api_has_it()
    {
        _rig.Put("job", Main, spec: ""","restartPolicy":"Never" """, annotations: """ "emulator.dev/run-time":"3s" """);
        _rig.Until(2_900);
        _rig.IsCut = true;
        _rig.Until(10_000);
        _rig.IsCut = false;
        _rig.Until(120_000);
        Assert.Equal("Succeeded", _rig.Phase("job"));
    }

    /// <summary>The container would end by itself at the instant at which its grace is over: it is killed and started
    /// again, and its exit is nobody's then.</summary>
    [Fact]
    public void An_exit_counts_for_the_start_that_it_ends_alone()
    {
        _rig.Put(
            "web", """
            {"name":"main","image":"web:1",
             "livenessProbe":{"exec":{"command":["true"]},"periodSeconds":10,"failureThreshold":1}}
            """,
            spec: ""","terminationGracePeriodSeconds":7""",
            annotations: """ "emulator.dev/start-up-time":"1s","emulator.dev/stop-time":"7s" """);
        _rig.Until(7_100);
        Assert.Equal(["main 7000"], _rig.Times<KillProcess>(k => k.ContainerName));
        Assert.Equal(["main 7000"], _rig.Times<ProcessExited>(e => e.ContainerName));
        Assert.Equal(["main 0", "main 7000"], _rig.Starts());
        Assert.NotNull(_rig.Container("web").At("state", "running"));
        Assert.Equal(
            (1L, 137L),
            (_rig.Container("web")["restartCount"]?.AsInt64 ?? 0,
            _rig.Container("web").At("lastState", "terminated", "exitCode")?.AsInt64 ?? 0));
    }

    [Fact]
    public void A_pod_from_the_api_is_not_static_though_it_says_so()
    {
        _rig.Put("web", Main, annotations: """ "kubernetes.io/config.source":"file" """);
        _rig.Until(100);
        Assert.Equal("Running", _rig.Phase("web"));
    }

    private static IEnumerable<string> Round(List<string> times) => times.Select(t =>
    {
        string[] parts = t.Split(' ');
        decimal time = parts[1].EndsWith("ns", StringComparison.Ordinal)
            ? decimal.Parse(parts[1][..^2], System.Globalization.CultureInfo.InvariantCulture) / 1_000_000
            : decimal.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{parts[0]} {time}");
    });

    private long? LastExitCode() => _rig.Writes.Select(w => w.Request)
        .OfType<PatchRequest>().Last(p => p.Status).Patch
        .At("status", "containerStatuses")?.Items[0].At("state", "terminated", "exitCode")?.AsInt64;

    private void SimTimeOf(string container, long least, long most)
    {
        decimal at = decimal.Parse(
            Round(_rig.Starts()).Single(s => s.StartsWith(container, StringComparison.Ordinal)).Split(' ')[1],
            System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(at, least, most);
    }
}
