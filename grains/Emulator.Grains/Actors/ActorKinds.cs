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
    /// <summary>The reference of an actor's grain; its key is the actor's name.</summary>
    public static IActorGrain GrainOf(Actor actor, IGrainFactory grains)
    {
        string name = actor.Self.Name;
        return actor switch
        {
            NamespaceActor when Runs(name, Addons.DnsPodPrefix) => grains.GetGrain<IDnsGrain>(name),
            NamespaceActor when Runs(name, Addons.IngressPodPrefix) => grains.GetGrain<IIngressControllerGrain>(name),
            NamespaceActor => grains.GetGrain<IPodGrain>(name),
            BridgeActor => grains.GetGrain<IBridgeGrain>(name),
            HostActor when name == ClusterBuilder.ControlPlaneName => grains.GetGrain<IControlPlaneGrain>(name),
            HostActor when name.StartsWith("external/", StringComparison.Ordinal) =>
                grains.GetGrain<IExternalHostGrain>(name),
            HostActor => grains.GetGrain<INodeGrain>(name),
            Switch => grains.GetGrain<ISwitchGrain>(name),
            KubeApiServer => grains.GetGrain<IApiServerGrain>(name),
            SchedulerActor => grains.GetGrain<ISchedulerGrain>(name),
            Kubelet => grains.GetGrain<IKubeletGrain>(name),
            KubeProxy => grains.GetGrain<IKubeProxyGrain>(name),
            Flannel => grains.GetGrain<IFlannelGrain>(name),
            CgroupsActor => grains.GetGrain<ICgroupGrain>(name),
            NetworkSetup => grains.GetGrain<INetworkSetupGrain>(name),
            _ => grains.GetGrain<IControllerGrain>(name),
        };
    }

    private static bool Runs(string actor, string podPrefix) =>
        actor.StartsWith("pod/", StringComparison.Ordinal)
        && actor.AsSpan(4).StartsWith(podPrefix, StringComparison.Ordinal);
}
