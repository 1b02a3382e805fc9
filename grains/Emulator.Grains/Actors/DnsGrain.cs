namespace Emulator.Grains.Actors;

/// <summary>The pod of CoreDNS: its network namespace with the DNS server in it.</summary>
public interface IDnsGrain : IActorGrain;

/// <summary>Hosts <see cref="Linux.NamespaceActor"/>.</summary>
public sealed class DnsGrain(OfferedActors offered) : ActorGrain(offered), IDnsGrain;
