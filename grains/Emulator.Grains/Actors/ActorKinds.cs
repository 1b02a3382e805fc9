using Emulator.Cluster.Building;
using Emulator.Core.Actors;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.Cni;
using Emulator.Kubernetes.KubeProxy;
using Emulator.Kubernetes.Kubelet;
using Emulator.Kubernetes.Scheduler;
using Emulator.Linux;
using Emulator.Linux.Cgroups;
using Emulator.Linux.NetDevices;
using Emulator.Underlay;

namespace Emulator.Grains.Actors;

/// <summary>Which kind of grain hosts an actor: by what it is, and for namespaces by whose they are.</summary>
public static class ActorKinds
{
    /// <summary>The key of an actor's grain: its name and incarnation, in this try of this run.</summary>
    /// <remarks>
    /// So a try begins with grains of its own, and need not wait until those of one that was broken off have ended,
    /// some
    /// of them on a silo that has died. And an actor that is born when its namesake ends does not share the grain that
    /// is let go then.
    /// </remarks>
    /// <param name="run">The run and its epoch, as <c>RUN/EPOCH</c>.</param>
    /// <param name="name">The actor's name.</param>
    /// <param name="incarnation">What tells it from others of its name; empty where it is never recreated.</param>
    public static string KeyOf(string run, string name, string incarnation) => $"{run}/{name}#{incarnation}";

    /// <summary>The key of an actor's grain.</summary>
    /// <param name="run">The run and its epoch.</param>
    /// <param name="actor">The actor's address.</param>
    public static string KeyOf(string run, ActorRef actor) => KeyOf(run, actor.Name, actor.Incarnation);

    /// <summary>The reference of an actor's grain.</summary>
    public static IActorGrain GrainOf(Actor actor, string run, IGrainFactory grains)
    {
        string name = actor.Self.Name;
        string key = KeyOf(run, actor.Self);
        return actor switch
        {
            NamespaceActor when Runs(name, Addons.DnsPodPrefix) => grains.GetGrain<IDnsGrain>(key),
            NamespaceActor when Runs(name, Addons.IngressPodPrefix) => grains.GetGrain<IIngressControllerGrain>(key),
            NamespaceActor => grains.GetGrain<IPodGrain>(key),
            BridgeActor => grains.GetGrain<IBridgeGrain>(key),
            HostActor when name == ClusterBuilder.ControlPlaneName => grains.GetGrain<IControlPlaneGrain>(key),
            HostActor when name.StartsWith("external/", StringComparison.Ordinal) =>
                grains.GetGrain<IExternalHostGrain>(key),
            HostActor => grains.GetGrain<INodeGrain>(key),
            Switch => grains.GetGrain<ISwitchGrain>(key),
            KubeApiServer => grains.GetGrain<IApiServerGrain>(key),
            SchedulerActor => grains.GetGrain<ISchedulerGrain>(key),
            Kubelet => grains.GetGrain<IKubeletGrain>(key),
            KubeProxy => grains.GetGrain<IKubeProxyGrain>(key),
            Flannel => grains.GetGrain<IFlannelGrain>(key),
            CgroupsActor => grains.GetGrain<ICgroupGrain>(key),
            NetworkSetup => grains.GetGrain<INetworkSetupGrain>(key),
            _ => grains.GetGrain<IControllerGrain>(key),
        };
    }

    private static bool Runs(string actor, string podPrefix) =>
        actor.StartsWith("pod/", StringComparison.Ordinal)
        && actor.AsSpan(4).StartsWith(podPrefix, StringComparison.Ordinal);
}
