namespace Emulator.Grains.Actors;

/// <summary>A node's kube-proxy.</summary>
public interface IKubeProxyGrain : IActorGrain;

/// <summary>Hosts <see cref="Kubernetes.KubeProxy.KubeProxy"/>.</summary>
public sealed class KubeProxyGrain(OfferedActors offered) : ActorGrain(offered), IKubeProxyGrain;
