using Emulator.Kubernetes.Scheduler.Framework;
using Emulator.Kubernetes.Scheduler.Nodes;
using Emulator.Kubernetes.Scheduler.Queue;

namespace Emulator.Kubernetes.Scheduler.Plugins;

/// <summary>Binds a pod by creating its <c>Binding</c> at the API server.</summary>
public sealed class DefaultBinder : IBindPlugin
{
    /// <inheritdoc/>
    public string Name => "DefaultBinder";

    /// <inheritdoc/>
    public ClusterEvents EventsToRegister => ClusterEvents.None;

    /// <inheritdoc/>
    public Status Bind(CycleState state, QueuedPod pod, NodeEntry node, IBinder binder)
    {
        binder.SendBinding(pod, node);
        return Status.Success;
    }
}
