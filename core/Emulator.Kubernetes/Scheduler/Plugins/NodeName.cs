using Emulator.Kubernetes.Scheduler.Framework;
using Emulator.Kubernetes.Scheduler.Nodes;
using Emulator.Kubernetes.Scheduler.Queue;

namespace Emulator.Kubernetes.Scheduler.Plugins;

/// <summary>Filters out all nodes but the one that the pod's spec names.</summary>
public sealed class NodeName : IPreFilterPlugin, IFilterPlugin
{
    private static readonly Status Mismatch = Status.Unresolvable("node(s) didn't match the requested node name");

    /// <inheritdoc/>
    public string Name => "NodeName";

    /// <inheritdoc/>
    public ClusterEvents EventsToRegister => ClusterEvents.NodeAdd;

    /// <inheritdoc/>
    public Status PreFilter(CycleState state, QueuedPod pod) =>
        pod.RequestedNode is null ? Status.Skip : Status.Success;

    /// <inheritdoc/>
    public Status Filter(CycleState state, QueuedPod pod, NodeEntry node) =>
        pod.RequestedNode is null || pod.RequestedNode == node.Name ? Status.Success : Mismatch;
}
