using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.Kubelet;
using Emulator.Kubernetes.Kubelet.Eviction;

namespace Emulator.Cluster.Spec;

/// <summary>How the nodes' kubelets are configured; the names are those of a KubeletConfiguration.</summary>
public sealed record KubeletSpec
{
    /// <summary><c>evictionHard</c>, <c>evictionSoft</c> and what belongs to them.</summary>
    public EvictionOptions Eviction { get; init; } = new();

    /// <summary><c>kubeReserved</c>; default nothing.</summary>
    public ResourceList KubeReserved { get; init; } = ResourceList.Empty;

    /// <summary><c>systemReserved</c>; default nothing.</summary>
    public ResourceList SystemReserved { get; init; } = ResourceList.Empty;

    /// <summary><c>podPidsLimit</c>: process numbers of a pod at most; null, the default, is without limit.</summary>
    public long? PodPidsLimit { get; init; }

    /// <summary><c>shutdownGracePeriod</c>: how long all pods have when their node shuts down; default 0: no
    /// grace.</summary>
    public SimDuration ShutdownGracePeriod { get; init; }

    /// <summary><c>shutdownGracePeriodCriticalPods</c>: how much of that is for critical pods; default 0.</summary>
    public SimDuration ShutdownGracePeriodCriticalPods { get; init; }

    /// <summary>What kubelets keep from pods on a node.</summary>
    public NodeAllocatable ReservedOf(ResourceList capacity) =>
        new(KubeReserved, SystemReserved, Eviction.Reserved(capacity));
}
