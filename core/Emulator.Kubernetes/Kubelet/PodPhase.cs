using Emulator.Core.Documents;
using Emulator.Kubernetes.Api;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>A pod's phase, worked out from its containers' statuses.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/kubelet_pods.go (getPhase).</remarks>
public static class PodPhase
{
    /// <summary>Not all containers have started.</summary>
    public const string Pending = "Pending";

    /// <summary>All have started and one runs, or will be started again.</summary>
    public const string Running = "Running";

    /// <summary>All have ended well and none will be started again.</summary>
    public const string Succeeded = "Succeeded";

    /// <summary>All have ended, one of them badly, and none will be started again.</summary>
    public const string Failed = "Failed";

    /// <summary>The phase.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="initStatuses"><c>initContainerStatuses</c> as the API writes them.</param>
    /// <param name="statuses"><c>containerStatuses</c> as the API writes them.</param>
    public static string Of(PodView pod, IReadOnlyList<JsonValue> initStatuses, IReadOnlyList<JsonValue> statuses)
    {
        List<ContainerState> states = [.. pod.Containers.Select(c => StateOf(c.Name, statuses))];
        bool hasBegun = states.Exists(s => s is not (ContainerState.Unknown or ContainerState.Waiting));
        bool initFailed = false;
        bool initPending = false;
        foreach (ContainerView container in pod.InitContainers)
        {
            ContainerState state = StateOf(container.Name, initStatuses);
            bool isSidecar = container.RestartPolicy == "Always";
            initFailed |= state == ContainerState.Failed && !isSidecar;
            initPending |= !(isSidecar && hasBegun) && (state is ContainerState.Unknown or ContainerState.Waiting
                || (state == ContainerState.Running && !(isSidecar && IsStarted(container.Name, initStatuses))));
        }

        if (initFailed && pod.RestartPolicy == "Never")
        {
            return Failed;
        }

        if (initPending || states.Contains(ContainerState.Waiting) || states.Contains(ContainerState.Unknown)
            || states.Count == 0)
        {
            return Pending;
        }

        if (states.Contains(ContainerState.Running) || pod.RestartPolicy == "Always")
        {
            return Running;
        }

        return states.TrueForAll(s => s == ContainerState.Succeeded) ? Succeeded
            : pod.RestartPolicy == "Never" ? Failed
            : Running;
    }

    private static bool IsStarted(string name, IReadOnlyList<JsonValue> statuses) =>
        statuses.FirstOrDefault(s => s["name"]?.AsString == name)?["started"]?.AsBool == true;

    private static ContainerState StateOf(string name, IReadOnlyList<JsonValue> statuses)
    {
        JsonValue? status = statuses.FirstOrDefault(s => s["name"]?.AsString == name);
        JsonValue? state = status?["state"];
        JsonValue? ended = state?["terminated"];
        if (state?["running"] is not null)
        {
            return ContainerState.Running;
        }

        if (state?["waiting"] is not null)
        {
            // One that waits to be started again has ended before, which counts as ended.
            ended = status?.At("lastState", "terminated");
            return ended is null ? ContainerState.Waiting : ContainerState.Failed;
        }

        return ended is null ? ContainerState.Unknown
            : (ended["exitCode"]?.AsInt64 ?? 0) == 0 ? ContainerState.Succeeded
            : ContainerState.Failed;
    }

    private enum ContainerState : byte
    {
        Unknown,
        Waiting,
        Running,
        Succeeded,
        Failed,
    }
}
