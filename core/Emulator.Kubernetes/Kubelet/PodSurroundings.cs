using Emulator.Core.Actors;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiServer;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>What all pods of one kubelet share.</summary>
/// <param name="Self">The kubelet.</param>
/// <param name="Host">The root of its machine.</param>
/// <param name="Client">Its way to the API server.</param>
/// <param name="Options">Its configuration.</param>
/// <param name="Programs">What a container runs.</param>
/// <param name="Cgroups">Its part of the cgroup hierarchy.</param>
/// <param name="Events">Its events.</param>
internal sealed record PodSurroundings(
    ActorRef Self, ActorRef Host, ApiClient Client, KubeletOptions Options,
    Func<PodView, ContainerView, Program> Programs, PodCgroups Cgroups, EventRecorder Events)
{
    /// <summary>Reminds the kubelet of a pod's next step.</summary>
    public void Later(
        PodWorker worker, PodStepKind step, long delayNanoseconds, Outbox outbox, int container = -1,
        int generation = 0, Probes.ProbeKind probe = default) =>
        outbox.Send(Self, new PodStep(worker.Pod.Uid, step, container, generation, probe), delayNanoseconds);

    /// <summary>In the node's own namespace the processes of several pods must not be mixed up.</summary>
    public static string ProcessName(PodView pod, ContainerView container) =>
        pod.HostNetwork ? $"{NamespaceName(pod)}/{container.Name}" : container.Name;

    /// <summary>A pod's network namespace's name.</summary>
    public static string NamespaceName(PodView pod) => $"{pod.Namespace}/{pod.Name}";
}
