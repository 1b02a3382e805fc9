namespace Emulator.Kubernetes.Scheduler.Framework;

/// <summary>A part of the scheduler that takes part at one or more extension points.</summary>
/// <remarks>
/// Source: the scheduling framework (kubernetes.io/docs/concepts/scheduling-eviction/scheduling-framework). A plugin is
/// one class that implements the interfaces of the points it serves; it keeps no state of the pod at hand but in <see
/// cref="CycleState"/>.
/// </remarks>
public interface IPlugin
{
    /// <summary>Its name as kube-scheduler has it, such as <c>NodeResourcesFit</c>.</summary>
    string Name { get; }

    /// <summary>Which happenings may make a pod schedulable that this plugin refused.</summary>
    ClusterEvents EventsToRegister { get; }
}
