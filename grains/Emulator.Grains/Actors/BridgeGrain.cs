namespace Emulator.Grains.Actors;

/// <summary>A bridge: ports, forwarding database, flooding.</summary>
public interface IBridgeGrain : IActorGrain;

/// <summary>Hosts <see cref="Linux.NetDevices.BridgeActor"/>.</summary>
public sealed class BridgeGrain(OfferedActors offered) : ActorGrain(offered), IBridgeGrain;
