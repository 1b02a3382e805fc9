namespace Emulator.Grains.Actors;

/// <summary>A node's kernel: its devices, routes, netfilter, sockets. The root of the node's machine.</summary>
public interface INodeGrain : IActorGrain;

/// <summary>Hosts <see cref="Linux.HostActor"/>.</summary>
public sealed class NodeGrain(OfferedActors offered) : ActorGrain(offered), INodeGrain;
