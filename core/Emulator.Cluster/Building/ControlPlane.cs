using Emulator.Core.Actors;
using Emulator.Kubernetes.Controllers.Deployments;
using Emulator.Kubernetes.Controllers.EndpointSlices;
using Emulator.Kubernetes.Controllers.NodeLifecycle;
using Emulator.Kubernetes.Controllers.ReplicaSets;
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
        yield return new DeploymentActor(Named("deployment-controller"), host, apiServer);
        yield return new ReplicaSetActor(Named("replicaset-controller"), host, apiServer);
        yield return new EndpointSliceActor(Named("endpointslice-controller"), host, apiServer);
        yield return new NodeLifecycleActor(Named("node-lifecycle-controller"), host, apiServer);
    }
}
