namespace Emulator.Grains.Actors;

/// <summary>The pod of the ingress controller: its network namespace with the proxy in it.</summary>
public interface IIngressControllerGrain : IActorGrain;

/// <summary>Hosts <see cref="Linux.NamespaceActor"/>.</summary>
public sealed class IngressControllerGrain(OfferedActors offered) : ActorGrain(offered), IIngressControllerGrain;
