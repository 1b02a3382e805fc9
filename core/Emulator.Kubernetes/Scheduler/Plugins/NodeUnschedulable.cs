using Emulator.Kubernetes.Scheduler.Framework;
using Emulator.Kubernetes.Scheduler.Nodes;
using Emulator.Kubernetes.Scheduler.Pods;
using Emulator.Kubernetes.Scheduler.Queue;

namespace Emulator.Kubernetes.Scheduler.Plugins;

/// <summary>Filters out cordoned nodes, unless the pod tolerates <c>node.kubernetes.io/unschedulable</c>.</summary>
public sealed class NodeUnschedulable : IFilterPlugin
{
    private static readonly Status Cordoned = Status.Unresolvable("node(s) were unschedulable");

    /// <inheritdoc/>
    public string Name => "NodeUnschedulable";

    /// <inheritdoc/>
    public ClusterEvents EventsToRegister => ClusterEvents.NodeAdd | ClusterEvents.NodeTaint;

    /// <inheritdoc/>
    public Status Filter(CycleState state, QueuedPod pod, NodeEntry node) =>
        node.Unschedulable && !Toleration.AnyTolerates(pod.Requirements.Tolerations, NodeTaint.Unschedulable)
            ? Cordoned : Status.Success;
}
