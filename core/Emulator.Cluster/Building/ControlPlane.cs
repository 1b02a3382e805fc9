using Emulator.Core.Actors;
using Emulator.Kubernetes.Scheduler;

namespace Emulator.Cluster.Building;

/// <summary>The actors of the control plane besides the API server.</summary>
internal static class ControlPlane
{
    /// <summary>Makes them.</summary>
    public static IEnumerable<Actor> Actors(ActorRef host, ActorRef apiServer)
    {
        ActorRef Named(string name) => new(name, "", host.Machine);
        yield return new SchedulerActor(Named("scheduler"), host, apiServer);
    }
}
