namespace Emulator.Grains.Actors;

/// <summary>A controller: deployments, replica sets, endpoint slices, node lifecycle; the key says which.</summary>
public interface IControllerGrain : IActorGrain;

/// <summary>Hosts <see cref="Core.Actors.Actor"/>.</summary>
public sealed class ControllerGrain(OfferedActors offered) : ActorGrain(offered), IControllerGrain;
