namespace Emulator.Grains.Actors;

/// <summary>A pod's network namespace with the processes in it.</summary>
public interface IPodGrain : IActorGrain;

/// <summary>Hosts <see cref="Linux.NamespaceActor"/>.</summary>
public sealed class PodGrain(OfferedActors offered) : ActorGrain(offered), IPodGrain;
