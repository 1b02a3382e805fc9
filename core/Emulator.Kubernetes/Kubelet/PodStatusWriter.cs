using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>Writes pods' statuses to the API server, when they have changed.</summary>
internal sealed class PodStatusWriter(PodSurroundings around)
{
    /// <summary>After a call of the API failed.</summary>
    public static readonly SimDuration RetryPeriod = SimDuration.FromSeconds(1);

    /// <summary>Writes a pod's status if it is another than the last.</summary>
    public void Report(PodWorker worker, Outbox outbox)
    {
        JsonObject status = PodStatus.Of(worker, around.Options.NodeAddress, outbox.Now);
        if (!status.Equals(worker.Reported))
        {
            Write(worker, status, outbox);
        }
    }

    /// <summary>Writes a status, and again until the API server has it.</summary>
    public void Write(PodWorker worker, JsonObject status, Outbox outbox)
    {
        worker.Reported = status;
        worker.Unwritten = status;
        if (worker.ObjectUid is not { } uid)
        {
            return; // It is written when there is something to write it to.
        }

        around.Client.Patch(
            ResourceTypes.Pods, worker.Pod.Object.Key, PatchType.Merge,
            JsonObject.Of(("metadata", JsonObject.Of(("uid", uid))), ("status", status)), outbox,
            (response, later) => Written(worker, status, response, later), status: true);
    }

    private void Written(PodWorker worker, JsonObject status, ApiResponse response, Outbox outbox)
    {
        if (!ReferenceEquals(worker.Unwritten, status))
        {
            return;
        }

        if (response.Error is { IsTimeout: true })
        {
            around.Later(worker, PodStepKind.Report, RetryPeriod.Nanoseconds, outbox);
            return;
        }

        worker.Unwritten = null;
        if (response.Error is { IsNotFound: false, IsConflict: false } error)
        {
            throw new InvalidOperationException($"{around.Self}: status of {worker.Pod.Object}: {error.Message}");
        }
    }
}
