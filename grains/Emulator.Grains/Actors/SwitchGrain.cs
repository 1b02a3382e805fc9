namespace Emulator.Grains.Actors;

/// <summary>A zone's switch, which owns the wires that leave it.</summary>
public interface ISwitchGrain : IActorGrain;

/// <summary>Hosts <see cref="Underlay.Switch"/>.</summary>
public sealed class SwitchGrain(OfferedActors offered) : ActorGrain(offered), ISwitchGrain;
