using Emulator.Kubernetes.Scheduler.Framework;
using Emulator.Kubernetes.Scheduler.Queue;

namespace Emulator.Kubernetes.Scheduler.Plugins;

/// <summary>Orders the queue: higher priority first, then who came earlier.</summary>
public sealed class PrioritySort : IQueueSortPlugin
{
    /// <inheritdoc/>
    public string Name => "PrioritySort";

    /// <inheritdoc/>
    public ClusterEvents EventsToRegister => ClusterEvents.None;

    /// <inheritdoc/>
    public bool Less(QueuedPod left, QueuedPod right)
    {
        if (left.Priority != right.Priority)
        {
            return left.Priority > right.Priority;
        }

        return left.Timestamp != right.Timestamp ? left.Timestamp < right.Timestamp : left.Sequence < right.Sequence;
    }
}
