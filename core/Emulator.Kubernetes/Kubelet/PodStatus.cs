using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>A pod's status as the kubelet writes it. Conditions of others (the scheduler's, readiness gates')
/// stay.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/kubelet_pods.go (generateAPIPodStatus). Probes are not run: a container that
/// runs is ready. Init containers have always done their work when the containers start.</remarks>
internal static class PodStatus
{
    /// <summary>All containers run.</summary>
    public static JsonObject Running(
        PodView pod, IPv4Address hostAddress, IPv4Address podAddress, SimTime startTime, SimTime now)
    {
        var statuses = new JsonArray([.. pod.Containers.Select(c => RunningContainer(pod, c, now))]);
        var initStatuses = new JsonArray([.. pod.InitContainers.Select(c => InitContainer(pod, c, now))]);
        JsonObject status = Begin(pod, hostAddress, startTime)
            .With("podIP", podAddress.ToString())
            .With("podIPs", new JsonArray([JsonObject.Of(("ip", podAddress.ToString()))]));
        return Finish(pod, status, initStatuses, statuses, now);
    }

    /// <summary>The containers cannot be started yet.</summary>
    public static JsonObject Waiting(
        PodView pod, IPv4Address hostAddress, SimTime startTime, string message, SimTime now)
    {
        var waiting = JsonObject.Of(
            ("waiting", JsonObject.Of(("reason", "ContainerCreating"), ("message", message))));
        JsonArray Statuses(IReadOnlyList<ContainerView> containers) =>
            new([.. containers.Select(c => Container(c, ready: false, waiting))]);
        return Finish(
            pod, Begin(pod, hostAddress, startTime), Statuses(pod.InitContainers), Statuses(pod.Containers), now);
    }

    /// <summary>The kubelet does not take the pod; it never runs.</summary>
    public static JsonObject Rejected(PodView pod, Rejection rejection, SimTime now) => pod.Object.Status
        .With("phase", PodPhase.Failed)
        .With("reason", rejection.Reason)
        .With("message", rejection.Message)
        .With("startTime", ModelClock.ToText(now));

    private static JsonObject Begin(PodView pod, IPv4Address hostAddress, SimTime startTime) => pod.Object.Status
        .With("hostIP", hostAddress.ToString())
        .With("hostIPs", new JsonArray([JsonObject.Of(("ip", hostAddress.ToString()))]))
        .With("startTime", ModelClock.ToText(startTime))
        .With("qosClass", PodQos.Of(pod).ToString());

    private static JsonObject Finish(
        PodView pod, JsonObject status, JsonArray initStatuses, JsonArray statuses, SimTime now)
    {
        string phase = PodPhase.Of(pod, initStatuses.Elements, statuses.Elements);
        string text = ModelClock.ToText(now);
        bool hasSandbox = status.Find("podIP") is not null;
        status = status.With("phase", phase);
        foreach (Condition condition in (ReadOnlySpan<Condition>)
        [
            new Condition("PodReadyToStartContainers", hasSandbox ? "True" : "False", "", "", null),
            PodConditions.Initialized(pod, initStatuses.Elements, phase),
            PodConditions.Ready(pod, statuses.Elements, phase),
            PodConditions.ContainersReady(pod, statuses.Elements, phase),
            new Condition("PodScheduled", "True", "", "", null),
        ])
        {
            status = Condition.Put(status, condition with { LastTransitionTime = text });
        }

        status = initStatuses.Elements.Count > 0 ? status.With("initContainerStatuses", initStatuses) : status;
        return status.With("containerStatuses", statuses);
    }

    private static JsonObject RunningContainer(PodView pod, ContainerView container, SimTime now) => Container(
            container, ready: true, JsonObject.Of(("running", JsonObject.Of(("startedAt", ModelClock.ToText(now))))))
        .With("started", true)
        .With("containerID", ContainerId(pod, container));

    private static JsonObject InitContainer(PodView pod, ContainerView container, SimTime now)
    {
        if (container.RestartPolicy == "Always")
        {
            return RunningContainer(pod, container, now);
        }

        string text = ModelClock.ToText(now);
        JsonObject terminated = JsonObject.Of(
            ("exitCode", 0), ("reason", "Completed"), ("startedAt", text), ("finishedAt", text));
        return Container(container, ready: true, JsonObject.Of(("terminated", terminated)))
            .With("containerID", ContainerId(pod, container));
    }

    private static JsonObject Container(ContainerView container, bool ready, JsonObject state) => JsonObject.Of(
        ("name", container.Name), ("image", container.Image), ("imageID", ""), ("ready", ready), ("restartCount", 0),
        ("state", state), ("lastState", JsonObject.Empty));

    private static string ContainerId(PodView pod, ContainerView container) => $"emulator://{pod.Uid}/{container.Name}";
}
