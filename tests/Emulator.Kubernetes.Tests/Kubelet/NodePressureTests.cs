using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Kubelet;
using Emulator.Kubernetes.Kubelet.Eviction;
using Emulator.Linux.Cgroups;
using Emulator.Kubernetes.Tests.KubeProxy;
using Emulator.Linux.Netlink;

namespace Emulator.Kubernetes.Tests.Kubelet;

/// <summary>Evictions on a node with 1Gi of memory and of disk. Wording: kubernetes pkg/kubelet/eviction/helpers.go;
/// amounts and instants by arithmetic.</summary>
public sealed class NodePressureTests
{
    private const long Mebibyte = 1 << 20;

    private const string Small = """{"requests":{"memory":"100Mi"}}""";

    /// <summary>600Mi are held and 10Mi leak a second, 924Mi are the node's without the threshold: passed after 32.4 s,
    /// seen at the next look. The steady pod is further above its request than the leak was at the beginning, and not
    /// any more.</summary>
    [Fact]
    public void A_leak_is_evicted_at_the_first_look_below_the_threshold()
    {
        KubeletRig rig = Rig(memory: "1Gi", "memory.available", "100Mi");
        rig.Put("steady", Container(Small), annotations: Memory("250Mi"));
        rig.Put("modest", Container("""{"requests":{"memory":"400Mi"}}"""), annotations: Memory("350Mi"));
        rig.Put("leak", Container(Small), annotations: """ "leak":"10Mi" """);
        SimTime start = rig.Zero;
        rig.Until(60_000);

        (SimTime at, ActorRef _, Message _) = rig.Told.First(t => t.Message is TerminateProcess);
        SimTime passed = start + SimDuration.FromMilliseconds(32_400);
        Assert.True(at > passed && at - passed <= SimDuration.FromSeconds(10));
        SimTime grid = Grid(rig);
        Assert.Equal(0, (at - grid).Nanoseconds % 10_000_000_000);
        long leaked = (long)((Int128)10 * Mebibyte * (at - start).Nanoseconds / 1_000_000_000);
        string message = $"The node was low on resource: memory. Threshold quantity: 100Mi, available: "
            + $"{Shown((424 * Mebibyte) - leaked)}. Container app was using {Shown(leaked)}, request is 100Mi, "
            + "has larger consumption of memory. ";
        JsonObject status = rig.Status("leak");
        Assert.Equal(
            ("Failed", "Evicted", message),
            (status.Find("phase")!.AsString, status.Find("reason")!.AsString, status.Find("message")!.AsString));
        Condition disruption = Condition.Find(status, "DisruptionTarget")!; // It was evicted.
        Assert.Equal(("True", "TerminationByKubelet", message),
            (disruption.Status, disruption.Reason, disruption.Message));
        Assert.Contains($"Evicted 1 {message}", rig.Events("leak"));
        Assert.Equal(["EvictionThresholdMet 1 Attempting to reclaim memory"], rig.Events("node-1"));
        Assert.Equal(("Running", "Running"), (rig.Phase("steady"), rig.Phase("modest")));
    }

    /// <summary>The node's own condition is written with a heartbeat, at most 10 s later, and taken back when 5 minutes
    /// have passed since the last look below the threshold.</summary>
    [Fact]
    public void A_node_under_memory_pressure_says_so_and_lets_no_pod_in_that_asks_for_nothing()
    {
        KubeletRig rig = Rig(memory: "1Gi", "memory.available", "100Mi");
        rig.Put("big", Container(Small), annotations: Memory("950Mi"));
        rig.Until(20_100);
        Assert.Equal("Failed", rig.Phase("big"));
        Assert.Equal(
            ("True", "KubeletHasInsufficientMemory"), PressureOf(rig, "MemoryPressure"));
        Assert.Equal(("False", "KubeletHasNoDiskPressure"), PressureOf(rig, "DiskPressure"));

        rig.Put(Pod("nothing", Container("{}")));
        rig.Put(Pod("something", Container(Small)));
        rig.Put(Pod("liar", Container("{}")).With( // Static pods are let in; the API has none.
            ["metadata", "annotations"], JsonObject.Of(("kubernetes.io/config.source", "file"))));
        rig.Advance(2_000);
        Assert.Equal("Failed", rig.Phase("liar"));
        Assert.Equal(
            ("Failed", "Pod was rejected: The node had condition: [MemoryPressure]. "),
            (rig.Phase("nothing"), rig.Status("nothing").Find("message")!.AsString));
        Assert.Equal("Running", rig.Phase("something"));

        SimTime met = rig.Told.Last(t => t.Message is UsageReport).At;
        rig.Advance(290_000 - ((rig.Now - met).Nanoseconds / 1_000_000));
        Assert.Equal("True", PressureOf(rig, "MemoryPressure").Status);
        rig.Advance(30_000);
        Assert.Equal("False", PressureOf(rig, "MemoryPressure").Status);
        rig.Put(Pod("later", Container("{}")));
        rig.Advance(2_000);
        Assert.Equal("Running", rig.Phase("later"));
    }

    [Fact]
    public void A_condition_whose_write_was_lost_is_written_again()
    {
        KubeletRig rig = Rig(memory: "1Gi", "memory.available", "100Mi");
        rig.Put("big", Container(Small), annotations: Memory("950Mi"));
        rig.Until(100);
        rig.IsCut = true;
        rig.Until(30_000);
        rig.IsCut = false;
        rig.Until(120_000);
        Assert.Equal("True", PressureOf(rig, "MemoryPressure").Status);
    }

    [Fact]
    public void A_node_where_nothing_grows_is_never_looked_at()
    {
        KubeletRig rig = Rig(memory: "1Gi", "memory.available", "100Mi");
        rig.Put("steady", Container(Small), annotations: Memory("900Mi"));
        rig.Advance(600_000);
        Assert.DoesNotContain(rig.Told, t => t.Message is ReadUsage or UsagePassed);
    }

    /// <summary>Looks are 10 s apart: the first below the threshold begins the grace, the first 30 s later ends
    /// it.</summary>
    [Fact]
    public void A_soft_threshold_waits_for_its_grace_and_gives_pods_time()
    {
        KubeletRig rig = new(o => o with
        {
            Capacity = Capacity("1Gi", "100Gi"),
            Eviction = new EvictionOptions
            {
                Thresholds = ThresholdParser.Parse(
                    [], [new("memory.available", "200Mi")], [new("memory.available", "30s")], [], true, out _)!,
                MaxPodGracePeriodSeconds = 7,
            },
        });
        rig.Put("big", Container(Small), annotations: Memory("900Mi") + ",\"emulator.dev/stop-time\":\"60s\"");
        rig.Until(60_000);
        SimTime grid = Grid(rig);
        SimTime look = grid + SimDuration.FromSeconds(((rig.Zero - grid).Nanoseconds / 10_000_000_000 * 10) + 10);
        Assert.Equal(look + SimDuration.FromSeconds(30), rig.Told.First(t => t.Message is TerminateProcess).At);
        Assert.Equal(look + SimDuration.FromSeconds(37), rig.Told.First(t => t.Message is KillProcess).At);
        Assert.Equal("Failed", rig.Phase("big"));
    }

    /// <summary>Three pods of 300Mi above their requests go one by one until what is to be reclaimed is free: after the
    /// first, 24 + 300 &lt; 100 + 300; after the second it is enough.</summary>
    [Fact]
    public void Pods_go_one_at_a_time_until_the_minimum_is_reclaimed()
    {
        KubeletRig rig = new(o => o with
        {
            Capacity = Capacity("1Gi", "100Gi"),
            Eviction = new EvictionOptions
            {
                Thresholds = ThresholdParser.Parse(
                    [new("memory.available", "100Mi")], [], [], [new("memory.available", "300Mi")], true, out _)!,
            },
        });
        rig.Put(Class("low", -1));
        rig.Put(Class("high", 1));
        rig.Put("first", Container(Small), ",\"priorityClassName\":\"low\"", Memory("334Mi"));
        rig.Put("second", Container(Small), annotations: Memory("334Mi"));
        rig.Put("third", Container(Small), ",\"priorityClassName\":\"high\"", Memory("334Mi"));
        rig.Until(40_000);
        Assert.Equal(["first", "second"], new[] { "first", "second", "third" }.Where(p => rig.Phase(p) == "Failed"));
        SimTime[] ends = [.. rig.Told.Where(t => t.Message is TerminateProcess).Select(t => t.At)];
        // The pod is gone 100 ms after its process; the kubelet looks whether it is each second.
        Assert.Equal([SimDuration.FromSeconds(1)], ends.Skip(1).Select(e => e - ends[0]));
    }

    [Fact]
    public void A_pod_that_the_node_needs_is_not_evicted()
    {
        KubeletRig rig = Rig(memory: "1Gi", "memory.available", "100Mi");
        rig.Put(Class("system-node-critical", 2_000_001_000));
        rig.Put("system", Container("{}"), ",\"priorityClassName\":\"system-node-critical\"", Memory("800Mi"));
        rig.Put("user", Container("""{"requests":{"memory":"200Mi"}}"""), annotations: Memory("150Mi"));
        rig.Until(20_000);
        Assert.Equal(("Running", "Failed"), (rig.Phase("system"), rig.Phase("user")));
    }

    /// <summary>1Mi a second from 90Mi: 100Mi and a byte after 10 s and a nanosecond or more.</summary>
    [Theory]
    [InlineData("\"ephemeral-storage\":\"100Mi\"", "\"ephemeral-storage\":\"1Gi\"",
        "Container app exceeded its local ephemeral storage limit \"100Mi\". ")]
    [InlineData("\"ephemeral-storage\":\"100Mi\"", "",
        "Pod ephemeral local storage usage exceeds the total limit of containers 100Mi. ")]
    public void A_pod_that_writes_more_than_it_may_is_evicted(string own, string others, string message)
    {
        KubeletRig rig = Rig(memory: "1Gi", "memory.available", "100Mi");
        string second = """{"name":"other","image":"other","resources":{"limits":{"""
            + others + "}}}";
        rig.Put(
            "writer", Container($$$"""{"limits":{{{{own}}}}}""") + "," + second,
            annotations: """
                "emulator.dev/ephemeral-storage.app":"90Mi","emulator.dev/ephemeral-storage-growth.app":"1Mi/s"
                """);
        SimTime grid = Grid(rig);
        SimTime passed = rig.Zero + SimDuration.FromSeconds(10);
        rig.Until(30_000);
        SimTime look = grid + SimDuration.FromSeconds(((passed - grid).Nanoseconds / 10_000_000_000 * 10) + 10);
        Assert.Equal(look, rig.Told.First(t => t.Message is TerminateProcess).At);
        JsonObject status = rig.Status("writer");
        Assert.Equal(("Failed", "Evicted", message), (rig.Phase("writer"), status.Find("reason")!.AsString,
            status.Find("message")!.AsString));
        Assert.Null(Condition.Find(status, "DisruptionTarget"));
        Assert.Equal("False", PressureOf(rig, "DiskPressure").Status);
    }

    /// <summary>1Gi of disk with 10% to be left: the pod that is most above its request goes.</summary>
    [Fact]
    public void A_full_disk_evicts_who_writes_most_above_its_request()
    {
        KubeletRig rig = new(o => o with
        {
            Capacity = Capacity("1Gi", "1Gi"),
            Eviction = new EvictionOptions
            {
                Thresholds = ThresholdParser.Parse([new("nodefs.available", "10%")], [], [], [], true, out _)!,
            },
        });
        rig.Put("asked", Container("""{"requests":{"ephemeral-storage":"500Mi"}}"""), annotations: Storage("600Mi"));
        rig.Put("silent", Container("{}"), annotations: Storage("350Mi"));
        rig.Until(22_000);
        Assert.Equal(("Running", "Failed"), (rig.Phase("asked"), rig.Phase("silent")));
        Assert.Equal(
            "The node was low on resource: ephemeral-storage. Threshold quantity: 107374182, available: 74Mi. "
            + "Container app was using 350Mi, request is 0, has larger consumption of ephemeral-storage. ",
            rig.Status("silent").Find("message")!.AsString);
        Assert.Equal(("True", "KubeletHasDiskPressure"), PressureOf(rig, "DiskPressure"));
        rig.Put(Pod("late", Container(Small)));
        rig.Advance(1_000);
        Assert.Equal(
            "Pod was rejected: The node had condition: [DiskPressure]. ",
            rig.Status("late").Find("message")!.AsString);
    }

    /// <summary>Of 100 numbers 20 must be free; a pod may have 60, whatever it wants: 60 and 30 are too many.</summary>
    [Fact]
    public void Process_numbers_run_out_by_pod_and_by_node()
    {
        KubeletRig rig = new(o => o with
        {
            Capacity = Capacity("1Gi", "1Gi"),
            PodPidsLimit = 60,
            Eviction = new EvictionOptions
            {
                Thresholds = ThresholdParser.Parse([new("pid.available", "20")], [], [], [], true, out _)!,
                PidMax = 100,
            },
        });
        rig.Put("fork-bomb", Container("{}"), annotations: """ "emulator.dev/pids":"1000" """);
        rig.Until(15_000);
        Assert.Equal("Running", rig.Phase("fork-bomb"));
        Assert.DoesNotContain(rig.Told, t => t.Message is UsagePassed);
        rig.Put("threads", Container("{}"), annotations: """ "emulator.dev/pids":"30" """);
        rig.Until(22_000);
        Assert.Equal(("Failed", "Running"), (rig.Phase("fork-bomb"), rig.Phase("threads")));
        Assert.Equal(
            "The node was low on resource: pids. Threshold quantity: 20, available: 10. ",
            rig.Status("fork-bomb").Find("message")!.AsString);
        Assert.Equal(("True", "KubeletHasInsufficientPID"), PressureOf(rig, "PIDPressure"));
    }

    /// <summary>Nothing is evicted here: the kernel takes who has the highest oom_score, the pod that asked for
    /// nothing, when 1Gi and a byte are held: 424Mi at 100Mi a second.</summary>
    [Fact]
    public void A_node_out_of_memory_kills_by_score_and_says_so()
    {
        KubeletRig rig = Rig(memory: "1Gi", "nodefs.available", "1%");
        rig.Put("asked", Container("""{"requests":{"memory":"600Mi"}}"""), annotations: Memory("600Mi"));
        rig.Put("leak", Container("{}"), annotations: """ "leak":"100Mi" """);
        rig.Until(4_300);
        SimTime killed = rig.Told.Single(t => t.Message is SystemOom).At;
        Assert.Equal(4_240_000_010, (killed - rig.Zero).Nanoseconds);
        JsonValue last = rig.Container("leak").At("lastState", "terminated")!;
        Assert.Equal((137, "OOMKilled"), (last["exitCode"]!.AsInt64!.Value, last["reason"]!.AsString));
        Assert.Equal(0, rig.Container("asked")["restartCount"]!.AsInt64);
        Assert.StartsWith(
            "SystemOOM 1 System OOM encountered, victim process: ", Assert.Single(rig.Events("node-1")),
            StringComparison.Ordinal);
    }

    private static KubeletRig Rig(string memory, string signal, string value) => new(o => o with
    {
        Capacity = Capacity(memory, "100Gi"),
        Eviction = new EvictionOptions
        {
            Thresholds = ThresholdParser.Parse([new(signal, value)], [], [], [], true, out _)!, // It is right.
        },
    });

    private static ResourceList Capacity(string memory, string disk) => ResourceList.Of(
        KeyValuePair.Create("cpu", Quantity.Parse("4")), KeyValuePair.Create("memory", Quantity.Parse(memory)),
        KeyValuePair.Create("ephemeral-storage", Quantity.Parse(disk)),
        KeyValuePair.Create("pods", Quantity.Parse("110")));

    /// <summary>Looks fall on whole periods after the kubelet began to run pods.</summary>
    private static SimTime Grid(KubeletRig rig) => rig.WatchedSince;

    private static string Container(string resources) =>
        """{"name":"app","image":"app","resources":""" + resources + "}";

    private static string Memory(string bytes) => $"\"memory\":\"{bytes}\"";

    private static string Storage(string bytes) => $"\"emulator.dev/ephemeral-storage\":\"{bytes}\"";

    private static ApiObject Class(string name, int value) => Manifests.Read($$"""
        {"apiVersion":"scheduling.k8s.io/v1","kind":"PriorityClass","metadata":{"name":"{{name}}"},"value":{{value}} }
        """);

    private static ApiObject Pod(string name, string container) => Manifests.Read($$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","namespace":"default"},
         "spec":{"nodeName":"node-1","containers":[{{{container}}}]}}
        """);

    private static (string Status, string Reason) PressureOf(KubeletRig rig, string type)
    {
        Condition condition = Condition.Find(rig.Node.Status, type)!; // The kubelet writes it.
        return (condition.Status, condition.Reason);
    }

    private static string Shown(long bytes) => Quantity.FromUnits(bytes, QuantityFormat.BinarySI).ToString();
}
