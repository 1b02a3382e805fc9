namespace Emulator.Grains.Actors;

/// <summary>What configures a machine's interfaces when it boots.</summary>
public interface INetworkSetupGrain : IActorGrain;

/// <summary>Hosts <see cref="Cluster.Building.NetworkSetup"/>.</summary>
public sealed class NetworkSetupGrain(OfferedActors offered) : ActorGrain(offered), INetworkSetupGrain;
