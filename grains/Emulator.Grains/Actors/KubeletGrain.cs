namespace Emulator.Grains.Actors;

/// <summary>A node's kubelet.</summary>
public interface IKubeletGrain : IActorGrain;

/// <summary>Hosts <see cref="Kubernetes.Kubelet.Kubelet"/>.</summary>
public sealed class KubeletGrain(OfferedActors offered) : ActorGrain(offered), IKubeletGrain;
