using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Scheduler.Framework;
using Emulator.Kubernetes.Scheduler.Pods;

namespace Emulator.Kubernetes.Scheduler.Queue;

/// <summary>A pod that waits for a node, and its history in the scheduling queue.</summary>
/// <remarks>Mutable state of the scheduler; never sent. Source: kube-scheduler's <c>QueuedPodInfo</c>.</remarks>
public sealed class QueuedPod(ApiObject pod, PodRequirements requirements)
{
    /// <summary>The pod as last seen.</summary>
    public ApiObject Pod { get; internal set; } = pod;

    /// <summary>What it needs.</summary>
    public PodRequirements Requirements { get; internal set; } = requirements;

    /// <summary>Its namespace and name.</summary>
    public ObjectKey Key { get; } = pod.Key;

    /// <summary>Which pod of that name.</summary>
    public string Uid { get; } = pod.Uid;

    /// <summary>Its priority; higher goes first. Default 0.</summary>
    public long Priority { get; internal set; } = pod.Spec["priority"]?.AsInt64 ?? 0;

    /// <summary>The node that its spec names, or null.</summary>
    public string? RequestedNode { get; } = pod.Spec["nodeName"]?.AsString is { Length: > 0 } name ? name : null;

    /// <summary>When it came into the queue; kept while it is tried again.</summary>
    public SimTime Timestamp { get; internal set; }

    /// <summary>The order of arrival in the queue, which breaks ties of priority and time.</summary>
    public long Sequence { get; internal set; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; internal set; }

    /// <summary>When its back-off ends.</summary>
    public SimTime BackoffUntil { get; internal set; }

    /// <summary>Since when it is unschedulable.</summary>
    public SimTime UnschedulableSince { get; internal set; }

    /// <summary>What the plugins that refused it wait for.</summary>
    public ClusterEvents AwaitedEvents { get; internal set; }

    /// <summary>Which of the queues holds it.</summary>
    public QueuePlace Place { get; internal set; }

    /// <summary>Its place in its heap, for removal.</summary>
    internal int HeapIndex { get; set; } = -1;

    /// <inheritdoc/>
    public override string ToString() => Key.ToString();
}

/// <summary>Where a waiting pod is.</summary>
public enum QueuePlace
{
    /// <summary>In no queue: being scheduled or bound.</summary>
    None,

    /// <summary>Ready to be tried.</summary>
    Active,

    /// <summary>Ready, but tried too recently.</summary>
    Backoff,

    /// <summary>Refused; waits for something to happen.</summary>
    Unschedulable,
}
