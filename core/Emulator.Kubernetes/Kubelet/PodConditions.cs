using Emulator.Core.Documents;
using Emulator.Kubernetes.Api;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>The conditions of a pod that the kubelet works out from its containers' statuses.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/status/generate.go. A null list of statuses is "not known yet".</remarks>
public static class PodConditions
{
    private const string ContainersNotReady = "ContainersNotReady";
    private const string ContainersNotInitialized = "ContainersNotInitialized";
    private const string UnknownStatuses = "UnknownContainerStatuses";

    /// <summary>Whether all containers, sidecars included, are ready.</summary>
    public static Condition ContainersReady(PodView pod, IReadOnlyList<JsonValue>? statuses, string phase)
    {
        if (statuses is null)
        {
            return False("ContainersReady", UnknownStatuses, "");
        }

        (List<string> unknown, List<string> unready) = Unready(
            [.. pod.InitContainers.Where(IsSidecar), .. pod.Containers], statuses, "ready");
        if (unknown.Count == 0 && phase is PodPhase.Succeeded or PodPhase.Failed)
        {
            return False("ContainersReady", phase == PodPhase.Succeeded ? "PodCompleted" : "PodFailed", "");
        }

        string message = Sentence(unknown, unready, "unready");
        return message.Length > 0 ? False("ContainersReady", ContainersNotReady, message) : True("ContainersReady", "");
    }

    /// <summary>Whether the pod takes traffic: its containers are ready and its readiness gates are open.</summary>
    public static Condition Ready(PodView pod, IReadOnlyList<JsonValue>? statuses, string phase)
    {
        Condition containers = ContainersReady(pod, statuses, phase);
        if (!containers.IsTrue)
        {
            return containers with { Type = "Ready" };
        }

        var closed = new List<string>();
        foreach (JsonValue gate in pod.ReadinessGates)
        {
            string type = gate["conditionType"]?.AsString ?? "";
            if (pod.FindCondition(type) is not { } condition)
            {
                closed.Add($"corresponding condition of pod readiness gate \"{type}\" does not exist.");
            }
            else if (!condition.IsTrue)
            {
                closed.Add($"the status of pod readiness gate \"{type}\" is not \"True\", but {condition.Status}");
            }
        }

        return closed.Count == 0
            ? True("Ready", "")
            : False("Ready", "ReadinessGatesNotReady", string.Join(", ", closed));
    }

    /// <summary>Whether all init containers have done their work.</summary>
    public static Condition Initialized(PodView pod, IReadOnlyList<JsonValue>? initStatuses, string phase)
    {
        if (initStatuses is null && pod.InitContainers.Count > 0)
        {
            return False("Initialized", UnknownStatuses, "");
        }

        (List<string> unknown, List<string> incomplete) = Unready(
            pod.InitContainers, initStatuses ?? [], "started");
        if (unknown.Count == 0 && phase == PodPhase.Succeeded)
        {
            return True("Initialized", "PodCompleted");
        }

        string message = Sentence(unknown, incomplete, "incomplete");
        return message.Length > 0 ? False("Initialized", ContainersNotInitialized, message) : True("Initialized", "");
    }

    private static bool IsSidecar(ContainerView container) => container.RestartPolicy == "Always";

    private static Condition True(string type, string reason) => new(type, "True", reason, "", null);

    private static Condition False(string type, string reason, string message) =>
        new(type, "False", reason, message, null);

    private static (List<string> Unknown, List<string> Unready) Unready(
        IReadOnlyList<ContainerView> containers, IReadOnlyList<JsonValue> statuses, string sidecarsMustBe)
    {
        var unknown = new List<string>();
        var unready = new List<string>();
        foreach (ContainerView container in containers)
        {
            JsonValue? status = statuses.FirstOrDefault(s => s["name"]?.AsString == container.Name);
            if (status is null)
            {
                unknown.Add(container.Name);
            }
            else if (status[IsSidecar(container) ? sidecarsMustBe : "ready"]?.AsBool != true)
            {
                unready.Add(container.Name);
            }
        }

        return (unknown, unready);
    }

    private static string Sentence(List<string> unknown, List<string> others, string word)
    {
        var parts = new List<string>();
        if (unknown.Count > 0)
        {
            parts.Add($"containers with unknown status: [{string.Join(' ', unknown)}]");
        }

        if (others.Count > 0)
        {
            parts.Add($"containers with {word} status: [{string.Join(' ', others)}]");
        }

        return string.Join(", ", parts);
    }
}
