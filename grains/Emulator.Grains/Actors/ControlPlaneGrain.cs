namespace Emulator.Grains.Actors;

/// <summary>The kernel of the machine that the API server, scheduler and controllers run on.</summary>
public interface IControlPlaneGrain : IActorGrain;

/// <summary>Hosts <see cref="Linux.HostActor"/>.</summary>
public sealed class ControlPlaneGrain(OfferedActors offered) : ActorGrain(offered), IControlPlaneGrain;
