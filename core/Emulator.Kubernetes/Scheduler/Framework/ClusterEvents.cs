namespace Emulator.Kubernetes.Scheduler.Framework;

/// <summary>Happenings in the cluster that may make an unschedulable pod schedulable.</summary>
/// <remarks>Source: kube-scheduler's <c>ClusterEvent</c> and <c>ActionType</c>. Queueing hints, which look at the
/// objects before moving a pod, are not modelled: an event moves every pod that a registered plugin refused.</remarks>
[Flags]
public enum ClusterEvents
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A node came.</summary>
    NodeAdd = 1,

    /// <summary>A node's allocatable changed.</summary>
    NodeAllocatable = 2,

    /// <summary>A node's labels changed.</summary>
    NodeLabel = 4,

    /// <summary>A node's taints or its <c>unschedulable</c> changed.</summary>
    NodeTaint = 8,

    /// <summary>A pod that had a node ended, left it or shrank.</summary>
    AssignedPodDelete = 16,

    /// <summary>The pod itself changed.</summary>
    PodUpdate = 32,

    /// <summary>All of them.</summary>
    All = 63,
}
