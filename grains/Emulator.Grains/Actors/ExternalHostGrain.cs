namespace Emulator.Grains.Actors;

/// <summary>The kernel of a host outside the cluster.</summary>
public interface IExternalHostGrain : IActorGrain;

/// <summary>Hosts <see cref="Linux.HostActor"/>.</summary>
public sealed class ExternalHostGrain(OfferedActors offered) : ActorGrain(offered), IExternalHostGrain;
