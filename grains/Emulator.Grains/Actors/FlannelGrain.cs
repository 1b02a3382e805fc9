namespace Emulator.Grains.Actors;

/// <summary>A node's flanneld: the pod network's routes, neighbours and FDB entries.</summary>
public interface IFlannelGrain : IActorGrain;

/// <summary>Hosts <see cref="Kubernetes.Cni.Flannel"/>.</summary>
public sealed class FlannelGrain(OfferedActors offered) : ActorGrain(offered), IFlannelGrain;
