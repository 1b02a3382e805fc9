using Emulator.Core.Actors;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Kubelet.Containers;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>Stops whole pods: containers together, then the sidecars one by one, then what is left of the pod, its
/// object last.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/kuberuntime (killContainersWithSyncResult, termination_order.go).</remarks>
internal sealed class PodTermination(PodSurroundings around, ContainerStopper stopper, PodStatusWriter statuses)
{
    /// <summary>Stops a pod's containers, sidecars last; again only to shorten the grace.</summary>
    public void Stop(PodWorker worker, SimDuration grace, Outbox outbox)
    {
        bool isFirst = worker.Stage < PodStage.Stopping;
        worker.Stage = PodStage.Stopping;
        worker.StopDeadline = isFirst || outbox.Now + grace < worker.StopDeadline
            ? outbox.Now + grace : worker.StopDeadline;
        foreach (ContainerRecord record in worker.Containers)
        {
            if (record.IsPlanned)
            {
                record.IsPlanned = false;
                record.Generation++;
            }

            if (record.IsRunning && (record.Kind != ContainerKind.Sidecar || record.StopDeadline is not null))
            {
                stopper.Begin(worker, record, grace, $"Stopping container {record.Spec.Name}", outbox);
            }
        }

        if (isFirst)
        {
            Continue(worker, outbox);
        }
    }

    /// <summary>A container of a pod that is being stopped has ended, or none ran.</summary>
    public void Continue(PodWorker worker, Outbox outbox)
    {
        if (worker.Containers.Any(c => c.IsRunning && c.Kind != ContainerKind.Sidecar))
        {
            statuses.Report(worker, outbox);
            return;
        }

        // Sidecars end in the reverse of their order, each when the one after it has ended.
        if (worker.Containers.LastOrDefault(c => c.IsRunning) is { } sidecar)
        {
            SimDuration left = worker.StopDeadline - outbox.Now;
            stopper.Begin(
                worker, sidecar, left > SimDuration.Zero ? left : SimDuration.Zero,
                $"Stopping container {sidecar.Spec.Name}", outbox);
            return;
        }

        if (worker.Containers.Any(c => c.Last is not null) || worker.KeepsObject)
        {
            statuses.Report(worker, outbox);
        }

        around.Later(worker, PodStepKind.Remove, around.Options.StopDuration.Nanoseconds, outbox);
    }

    /// <summary>Deletes the object of a pod of which nothing else is left, if somebody asked for that.</summary>
    public void Delete(PodWorker worker, Outbox outbox)
    {
        if (worker.KeepsObject)
        {
            return;
        }

        around.Client.Delete(
            ResourceTypes.Pods, worker.Pod.Object.Key, outbox,
            (response, later) =>
            {
                if (response.Error is { IsTimeout: true })
                {
                    around.Later(worker, PodStepKind.Delete, PodStatusWriter.RetryPeriod.Nanoseconds, later);
                }
            },
            gracePeriodSeconds: 0, uid: worker.Pod.Uid);
    }
}
