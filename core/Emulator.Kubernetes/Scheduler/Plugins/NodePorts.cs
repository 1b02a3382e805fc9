using Emulator.Kubernetes.Scheduler.Framework;
using Emulator.Kubernetes.Scheduler.Nodes;
using Emulator.Kubernetes.Scheduler.Pods;
using Emulator.Kubernetes.Scheduler.Queue;

namespace Emulator.Kubernetes.Scheduler.Plugins;

/// <summary>Filters out nodes where a host port that the pod wants is taken.</summary>
public sealed class NodePorts : IPreFilterPlugin, IFilterPlugin
{
    private static readonly Status Taken =
        Status.Unschedulable("node(s) didn't have free ports for the requested pod ports");

    /// <inheritdoc/>
    public string Name => "NodePorts";

    /// <inheritdoc/>
    public ClusterEvents EventsToRegister => ClusterEvents.NodeAdd | ClusterEvents.AssignedPodDelete;

    /// <inheritdoc/>
    public Status PreFilter(CycleState state, QueuedPod pod) =>
        pod.Requirements.HostPorts.Length == 0 ? Status.Skip : Status.Success;

    /// <inheritdoc/>
    public Status Filter(CycleState state, QueuedPod pod, NodeEntry node)
    {
        foreach (HostPort wanted in pod.Requirements.HostPorts)
        {
            if (node.HasConflict(wanted))
            {
                return Taken;
            }
        }

        return Status.Success;
    }
}
