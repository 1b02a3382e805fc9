using Orleans.Concurrency;

namespace Emulator.Grains.Actors;

/// <summary>
/// An actor as a grain: its key is the actor's name and incarnation in a try of a run, and it hosts the actor's state
/// machine on the silo of its shard.
/// </summary>
public interface IActorGrain : IGrainWithStringKey
{
    /// <summary>Takes the state machine that its shard offers on this silo.</summary>
    /// <returns>False where none is offered: the grain was placed on another silo, and ends there.</returns>
    Task<bool> Attach();

    /// <summary>
    /// Takes one message. One-way: what the state machine sends goes into its shard's queue, and the shard's next
    /// message
    /// goes to its own receiver's grain from here.
    /// </summary>
    [OneWay]
    Task Receive(Immutable<Carriage> carriage);

    /// <summary>Lets the state machine go, at the actor's or the run's end.</summary>
    [OneWay]
    Task Release();
}
