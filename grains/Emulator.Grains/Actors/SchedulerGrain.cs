namespace Emulator.Grains.Actors;

/// <summary>The scheduler.</summary>
public interface ISchedulerGrain : IActorGrain;

/// <summary>Hosts <see cref="Kubernetes.Scheduler.SchedulerActor"/>.</summary>
public sealed class SchedulerGrain(OfferedActors offered) : ActorGrain(offered), ISchedulerGrain;
