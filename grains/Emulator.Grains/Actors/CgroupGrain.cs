namespace Emulator.Grains.Actors;

/// <summary>A node's tree of control groups.</summary>
public interface ICgroupGrain : IActorGrain;

/// <summary>Hosts <see cref="Linux.Cgroups.CgroupsActor"/>.</summary>
public sealed class CgroupGrain(OfferedActors offered) : ActorGrain(offered), ICgroupGrain;
