using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.Kubelet.Containers;
using Emulator.Kubernetes.Scheduler.Pods;

namespace Emulator.Kubernetes.Kubelet.Eviction;

/// <summary>When what containers write will pass a limit or the node's thresholds, while nothing else
/// happens.</summary>
internal static class StorageForecast
{
    private const string Storage = "ephemeral-storage";

    /// <summary>The earliest instant; now if something is passed already, null for never.</summary>
    public static SimTime? Of(IReadOnlyList<PodWorker> pods, KubeletOptions options, SimTime now)
    {
        SimTime? earliest = null;
        void Consider(IEnumerable<ContainerRecord> containers, long most)
        {
            SimTime? passes = Passes(containers, most, now);
            earliest = passes is { } at && (earliest is null || at < earliest.Value) ? at : earliest;
        }

        foreach (PodWorker worker in pods.Where(p => p.HasStorage))
        {
            if (PodResources.Limits(worker.Pod.Object.Spec).Find(Storage) is { } limit)
            {
                Consider(worker.Containers, limit);
            }

            foreach (ContainerRecord record in worker.Containers.Where(c => !c.Spec.Limits[Storage].IsZero))
            {
                Consider([record], record.Spec.Limits[Storage].Value);
            }
        }

        if (options.Capacity.TryGet(Storage, out var capacity))
        {
            foreach (EvictionThreshold threshold in options.Eviction.Thresholds.Where(
                t => EvictionSignals.ConditionOf(t.Signal) == EvictionSignals.DiskPressure))
            {
                Consider(
                    pods.SelectMany(p => p.Containers), capacity.Value - threshold.Value.Of(capacity).Value);
            }
        }

        return earliest;
    }

    private static SimTime? Passes(IEnumerable<ContainerRecord> containers, long most, SimTime now)
    {
        Int128 held = 0;
        Int128 growth = 0;
        foreach (ContainerRecord record in containers)
        {
            held += record.StorageNanobytes(now);
            growth += record.IsRunning ? record.Behaviour.StorageGrowth : 0;
        }

        Int128 missing = (((Int128)most + 1) * 1_000_000_000) - held;
        if (missing <= 0)
        {
            return now;
        }

        Int128 wait = growth == 0 ? long.MaxValue : (missing + growth - 1) / growth;
        return wait > long.MaxValue - now.Nanoseconds ? null : now + new SimDuration((long)wait);
    }
}
