using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Strategies;
using Emulator.Kubernetes.Kubelet.Containers;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>Gives the containers of a running pod other resources in place.</summary>
/// <remarks>
/// Source: kubernetes pkg/kubelet/allocation and kuberuntime (doPodResizeAction), 1.33. What fits is written to the
/// cgroups at once; a container whose <c>resizePolicy</c> says so is restarted. What the node never has is infeasible,
/// what it has not now is deferred, and tried again when another pod goes. Left out: init containers, pods of the
/// static CPU manager, the order of deferred pods by priority.
/// </remarks>
internal sealed class PodResize(PodSurroundings around, PodAdmission admission, ContainerStopper stopper)
{
    /// <summary>Looks whether a pod that runs asks for something else, and gives it that.</summary>
    public void Sync(PodWorker worker, Outbox outbox)
    {
        List<ContainerRecord> changed =
        [
            .. worker.Containers.Where(
                c => c.Kind == ContainerKind.Main && !ResizeRules.Same(c.Allocated, c.Spec)),
        ];
        if (changed.Count == 0)
        {
            worker.ResizePending = null;
            return;
        }

        worker.ResizePending = admission.Resize(worker.Pod);
        if (worker.ResizePending is not null)
        {
            return;
        }

        var inPlace = new List<ContainerRecord>();
        foreach (ContainerRecord record in changed)
        {
            ContainerView before = record.Allocated;
            record.Allocated = record.Spec;
            record.Resources = record.Spec.Json.Find("resources");
            if (!record.IsRunning)
            {
                continue;
            }

            if (NeedsRestart(before, record.Spec))
            {
                record.IsResizing = true;
                stopper.Begin(
                    worker, record, SimDuration.FromSeconds(worker.Pod.TerminationGracePeriodSeconds),
                    $"Container {record.Spec.Name} resize requires restart", outbox);
            }
            else
            {
                inPlace.Add(record);
            }
        }

        WritePod(worker, around.Cgroups, outbox);
        foreach (ContainerRecord record in inPlace)
        {
            around.Cgroups.Resize(worker.Pod, record.Spec, outbox);
        }
    }

    /// <summary>Writes the pod's own cgroup anew, unless a container still ends for that: the pod's smaller memory
    /// would kill it, so that its next start writes it.</summary>
    public static void WritePod(PodWorker worker, PodCgroups cgroups, Outbox outbox)
    {
        if (!worker.Containers.Any(c => c is { IsResizing: true, IsRunning: true }))
        {
            cgroups.Resize(worker.Pod, outbox);
        }
    }

    /// <summary>The conditions that say how far a resize is; those that are over are taken away.</summary>
    public static JsonObject Conditions(PodWorker worker, JsonObject status, string text)
    {
        Condition?[] now =
        [
            worker.ResizePending is { } why
                ? new Condition("PodResizePending", "True", why.Reason, why.Message, text) : null,
            worker.Containers.Any(c => c.IsResizing)
                ? new Condition("PodResizeInProgress", "True", "", "", text) : null,
        ];
        JsonValue[] others =
        [
            .. (status.Find("conditions")?.Items ?? []).Where(
                c => c["type"]?.AsString is not ("PodResizePending" or "PodResizeInProgress")),
        ];
        if (others.Length == (status.Find("conditions")?.Items.Count ?? 0) && now.All(c => c is null))
        {
            return status;
        }

        // One that was there keeps its time.
        JsonObject before = status;
        status = status.With("conditions", new JsonArray(others));
        foreach (Condition? condition in now)
        {
            status = condition is null ? status : Condition.Put(
                Condition.Find(before, condition.Type) is { } old ? Condition.Put(status, old) : status, condition);
        }

        return status;
    }

    private static bool NeedsRestart(ContainerView before, ContainerView after) =>
        ((string[])["cpu", "memory"]).Any(name => ResizeRules.Restarts(after, name)
            && (before.Requests[name] != after.Requests[name] || before.Limits[name] != after.Limits[name]));
}
