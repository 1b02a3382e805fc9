using Emulator.Core.Documents;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Kubelet;
using Emulator.Kubernetes.Kubelet.Containers;
using Emulator.Linux.Cgroups.Cpu;
using static Emulator.Kubernetes.Tests.FactsFile;

namespace Emulator.Kubernetes.Tests.Kubelet;

/// <summary>The kubelet's arithmetic. Cases: kubernetes v1.19 pkg/kubelet tests, and formulas where the names say so
/// (Facts/).</summary>
public sealed class KubeletFactsTests
{
    [Theory]
    [InlineData("class", 10)]
    public void Pods_have_the_qos_class_of_upstreams_table(string group, int count) =>
        Each("qos.json", group, count, test =>
        (Text(test, "expected"), PodQos.Of(Pod(test["pod"])).ToString()));

    [Theory]
    [InlineData("oom", 6)]
    public void Containers_have_the_oom_score_of_upstreams_table(string group, int count) =>
        Each("qos.json", group, count, test =>
    {
        PodView pod = Pod(test["pod"]);
        int score = PodQos.OomScoreAdjust(pod, pod.Containers[0], Number(test, "memoryCapacity"));
        return ($"{test.At("expect", "min")}..{test.At("expect", "max")}", $"{score}..{score}");
    });

    [Theory]
    [InlineData("TestPodPhaseWithRestartAlways", 5)]
    [InlineData("TestPodPhaseWithRestartNever", 5)]
    [InlineData("TestPodPhaseWithRestartOnFailure", 6)]
    public void Pods_have_the_phase_of_upstreams_table(string group, int count) =>
        Each("phase.json", group, count, test =>
    {
        PodView pod = Pod(test["pod"]);
        return (Text(test, "status"), PodPhase.Of(pod, [], pod.ContainerStatuses));
    });

    [Theory]
    [InlineData("ContainersReady", 5)]
    [InlineData("Ready", 10)]
    [InlineData("Initialized", 5)]
    public void Pods_have_the_conditions_of_upstreams_table(string group, int count) =>
        Each("conditions.json", group, count, test =>
    {
        JsonValue status = JsonObject.Of(("conditions", test["conditions"] ?? JsonNull.Instance));
        PodView pod = Pod(JsonObject.Of(("spec", test["spec"] ?? JsonNull.Instance), ("status", status)));
        IReadOnlyList<JsonValue>? statuses = test["containerStatuses"] is JsonArray list ? list.Elements : null;
        string phase = Text(test, "podPhase");
        Condition seen = group switch
        {
            "ContainersReady" => PodConditions.ContainersReady(pod, statuses, phase),
            "Ready" => PodConditions.Ready(pod, statuses, phase),
            _ => PodConditions.Initialized(pod, statuses, phase),
        };
        JsonValue expected = test["expectReady"] ?? test["expected"] ?? JsonNull.Instance;
        string message = expected["message"]?.AsString ?? "";
        return ($"{Text(expected, "status")} {Text(expected, "reason")} {message}",
            // The table of Initialized has no messages.
            $"{seen.Status} {seen.Reason} {(group == "Initialized" ? "" : seen.Message)}");
    });

    [Theory]
    [InlineData("containers", 10)]
    [InlineData("initContainers", 8)]
    public void A_pods_next_actions_are_those_of_upstreams_table(string group, int count) =>
        Each("actions.json", group, count, test =>
        {
            JsonValue? made = test["sandbox"];
            SandboxObservation? sandbox = made is not JsonObject ? null : new SandboxObservation(
                made["ready"]?.AsBool == true, made["address"]?.AsBool == true, (int)Number(made, "attempt"));
            PodActions seen = PodActions.Of(
                Pod(JsonObject.Of(("spec", test["spec"] ?? JsonNull.Instance))), sandbox,
                [.. test["seen"]!.Items.Select(Observation)]); // Every case has a list.
            JsonValue expected = test["expected"]!; // Every case has one.
            return (
                $"{expected["killPod"]} {expected["createSandbox"]} {expected["attempt"]} "
                + $"[{Text(expected, "start")}] [{Text(expected, "kill")}] {Text(expected, "nextInit")}",
                $"{(JsonValue)seen.KillPod} {(JsonValue)seen.CreateSandbox} {seen.Attempt} "
                + $"[{string.Join(' ', seen.Start)}] [{string.Join(' ', seen.Kill)}] {seen.NextInit}");
        });

    [Theory]
    [InlineData("shares", 10)]
    public void Requests_become_cpu_shares(string group, int count) =>
        Each("cgroups.json", group, count, test =>
        ($"{Number(test, "shares")}", $"{CpuShares.Of(Number(test, "milliCPU"))}"));

    [Theory]
    [InlineData("weight", 7)]
    public void Cpu_shares_become_the_linear_cpu_weight(string group, int count) =>
        Each("cgroups.json", group, count, test =>
        ($"{Number(test, "weightLinear")}", $"{ShareConversion.Weight(Number(test, "shares"))}"));

    [Theory]
    [InlineData("quota", 6)]
    public void Limits_become_cfs_quotas(string group, int count) =>
        Each("cgroups.json", group, count, test =>
        ($"{Number(test, "quota")}", $"{CpuShares.Quota(Number(test, "input"))}"));

    [Theory]
    [InlineData("pod", 8)]
    [InlineData("podCustomPeriod", 8)]
    public void Pods_have_the_cgroup_limits_of_upstreams_table(string group, int count) =>
        Each("cgroups.json", group, count, test =>
        {
            CgroupLimits seen = CgroupLimits.OfPod(
                Pod(test["pod"]), test["enforceCPULimits"]?.AsBool == true, Number(test, "quotaPeriod"));
            JsonValue expected = test["expected"]!; // Every case has one.
            return ($"{expected["CpuShares"]} {expected["CpuQuota"]} {expected["CpuPeriod"]} {expected["Memory"]}",
                $"{seen.Shares} {seen.QuotaMicroseconds} {seen.PeriodMicroseconds} {seen.MemoryBytes}");
        });

    /// <summary>TestHugePageLimits.</summary>
    [Theory]
    [InlineData("2Mi", "")]
    [InlineData("hugepages-2Mi", "2097152=128")]
    public void Limits_of_huge_pages_are_read_from_their_names(string name, string expected) => Assert.Equal(
        expected,
        string.Join(
            ' ', CgroupLimits.HugePagesOf([KeyValuePair.Create(name, 128L)]).Select(p => $"{p.Key}={p.Value}")));

    [Theory]
    [InlineData("reservation", 5)]
    [InlineData("reservationStorage", 3)]
    public void A_node_keeps_back_what_upstreams_table_says(string group, int count) =>
        Each("cgroups.json", group, count, test =>
    {
        string evicted = group == "reservation" ? "memory" : "ephemeral-storage";
        return (Amounts(ResourceList.From(test["expected"])), Amounts(Reserved(test, evicted).Reservation()));
    });

    [Theory]
    [InlineData("enforcement", 5)]
    public void The_kubepods_cgroup_is_limited_as_upstreams_table_says(string group, int count) =>
        Each("cgroups.json", group, count, test => (
            Amounts(ResourceList.From(test["expected"])),
            Amounts(Reserved(test, "memory").ForEnforcement(ResourceList.From(test["capacity"])))));

    [Theory]
    [InlineData("validation", 6)]
    public void More_than_the_capacity_cannot_be_reserved(string group, int count) =>
        Each("cgroups.json", group, count, test => (
        $"{test["invalidConfiguration"]?.AsBool ?? false}",
        $"{Reserved(test, "memory").Overbooked(ResourceList.From(test["capacity"])) is not null}"));

    private static ContainerObservation Observation(JsonValue json) => new(
        Text(json, "name"),
        Text(json, "state") switch
        {
            "running" => ObservedState.Running,
            "exited" => ObservedState.Exited,
            _ => ObservedState.Unknown,
        },
        (int)Number(json, "exitCode"), json["changed"]?.AsBool == true, json["probeFailed"]?.AsBool == true);

    private static PodView Pod(JsonValue? json) =>
        PodView.Of(new ApiObject(ResourceTypes.Pods, (JsonObject)json!)); // Every case has one.

    private static long Number(JsonValue value, string name) =>
        value[name]?.AsInt64 ?? throw new KeyNotFoundException($"the fact has no number '{name}': {value}");

    private static NodeAllocatable Reserved(JsonValue test, string evicted)
    {
        JsonValue? threshold = test.At("hardThreshold", "Quantity");
        return new NodeAllocatable(
            ResourceList.From(test["kubeReserved"]), ResourceList.From(test["systemReserved"]),
            ResourceList.From(threshold is null ? null : JsonObject.Of((evicted, threshold))));
    }

    private static string Amounts(ResourceList list) =>
        string.Join(' ', list.Amounts.Select(a => $"{a.Key}={a.Value.Value}/{a.Value.MilliValue}"));
}
