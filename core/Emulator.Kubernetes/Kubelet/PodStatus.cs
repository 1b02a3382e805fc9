using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Kubelet.Containers;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>A pod's status as the kubelet writes it. Conditions of others (the scheduler's, readiness gates')
/// stay.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/kubelet_pods.go (generateAPIPodStatus). Succeeded and Failed are said when
/// no container runs any more, sidecars included.</remarks>
internal static class PodStatus
{
    private static readonly string[] OwnConditions =
        ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled", "DisruptionTarget"];

    /// <summary>The status now.</summary>
    public static JsonObject Of(PodWorker worker, IPv4Address hostAddress, SimTime now)
    {
        PodView pod = worker.Pod;
        var inits = new JsonArray(
            [.. worker.Containers.Where(c => c.Kind != ContainerKind.Main).Select(c => Container(worker, c))]);
        var mains = new JsonArray(
            [.. worker.Containers.Where(c => c.Kind == ContainerKind.Main).Select(c => Container(worker, c))]);
        JsonObject status = Begin(worker, hostAddress);
        IPv4Address? address = worker.Attachment?.Address
            ?? (pod.HostNetwork && worker.Namespace is not null ? hostAddress : null);
        if (address is { } podAddress)
        {
            status = status
                .With("podIP", podAddress.ToString())
                .With("podIPs", new JsonArray([JsonObject.Of(("ip", podAddress.ToString()))]));
        }

        string phase = PhaseOf(worker, inits, mains);
        status = status.With("phase", phase);
        if (worker.Eviction is { } eviction && phase == PodPhase.Failed)
        {
            status = status.With("reason", eviction.Reason).With("message", eviction.Message);
        }

        status = Conditions(worker, status, inits, mains, phase, ModelClock.ToText(now));
        status = inits.Elements.Count > 0 ? status.With("initContainerStatuses", inits) : status;
        return status.With("containerStatuses", mains);
    }

    /// <summary>The kubelet does not take the pod; it never runs.</summary>
    public static JsonObject Rejected(PodView pod, Rejection rejection, SimTime now) => pod.Object.Status
        .With("phase", PodPhase.Failed)
        .With("reason", rejection.Reason)
        .With("message", rejection.Message)
        .With("startTime", ModelClock.ToText(now));

    /// <summary>What others wrote, with the conditions that the kubelet wrote last.</summary>
    private static JsonObject Begin(PodWorker worker, IPv4Address hostAddress)
    {
        JsonObject status = worker.Pod.Object.Status
            .With("hostIP", hostAddress.ToString())
            .With("hostIPs", new JsonArray([JsonObject.Of(("ip", hostAddress.ToString()))]))
            .With("startTime", ModelClock.ToText(worker.StartTime))
            .With("qosClass", PodQos.Of(worker.Pod).ToString());
        foreach (string type in worker.Reported is null ? [] : OwnConditions)
        {
            if (Condition.Find(worker.Reported!, type) is { } condition) // Null has an empty list.
            {
                status = Condition.Put(status, condition);
            }
        }

        return status;
    }

    private static string PhaseOf(PodWorker worker, JsonArray inits, JsonArray mains)
    {
        bool runs = worker.Containers.Any(c => c.IsRunning);
        if (worker.Eviction is not null && !runs)
        {
            return PodPhase.Failed;
        }

        string phase = PodPhase.Of(worker.Pod, inits.Elements, mains.Elements);
        return runs && phase is PodPhase.Succeeded or PodPhase.Failed ? PodPhase.Running : phase;
    }

    private static JsonObject Conditions(
        PodWorker worker, JsonObject status, JsonArray inits, JsonArray mains, string phase, string text)
    {
        PodView pod = worker.Pod;
        bool hasSandbox = worker.Stage is PodStage.Ready or PodStage.Running
            || (worker.Stage == PodStage.Stopping && status.Find("podIP") is not null);
        List<JsonValue> all = [.. inits.Elements, .. mains.Elements];
        foreach (Condition condition in (ReadOnlySpan<Condition>)
        [
            new Condition("PodReadyToStartContainers", hasSandbox ? "True" : "False", "", "", null),
            PodConditions.Initialized(pod, inits.Elements, phase),
            PodConditions.Ready(pod, all, phase),
            PodConditions.ContainersReady(pod, all, phase),
            new Condition("PodScheduled", "True", "", "", null),
        ])
        {
            status = Condition.Put(status, condition with { LastTransitionTime = text });
        }

        status = PodResize.Conditions(worker, status, text);
        return worker.Eviction is { IsDisruption: true } eviction
            ? Condition.Put(
                status, new Condition("DisruptionTarget", "True", "TerminationByKubelet", eviction.Message, text))
            : status;
    }

    private static JsonObject Container(PodWorker worker, ContainerRecord record)
    {
        ContainerState state = StateOf(worker, record);
        ContainerTerminated? last = state is ContainerTerminated ? record.Earlier : record.Last;
        JsonObject json = JsonObject.Of(
            ("name", record.Spec.Name), ("image", record.Image), ("imageID", ""), ("ready", IsReady(record)),
            ("restartCount", record.RestartCount), ("state", state.ToJson()),
            ("lastState", last?.ToJson() ?? JsonObject.Empty));
        if (record.IsRunning || record.Last is not null)
        {
            json = json
                .With("started", record.IsStarted)
                .With("containerID", $"emulator://{worker.Pod.Uid}/{record.Spec.Name}");
        }

        return record.Resources is { } resources
            ? json.With("allocatedResources", resources["requests"] ?? JsonObject.Empty).With("resources", resources)
            : json;
    }

    private static bool IsReady(ContainerRecord record) => record.Kind == ContainerKind.Init
        ? record.State is ContainerTerminated { ExitCode: 0 }
        : record is { IsRunning: true, IsReady: true };

    /// <summary>What a container waits for before its first start depends on its pod.</summary>
    private static ContainerState StateOf(PodWorker worker, ContainerRecord record)
    {
        if (record.State is not ContainerWaiting { Reason: "ContainerCreating" } || record.Last is not null
            || record.IsPlanned)
        {
            return record.State;
        }

        return worker.SandboxProblem is { } problem ? new ContainerWaiting("ContainerCreating", problem)
            : worker.Stage >= PodStage.Running && worker.Pod.InitContainers.Count > 0
                ? new ContainerWaiting("PodInitializing")
            : record.State;
    }
}
