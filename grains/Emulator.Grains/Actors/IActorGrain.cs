using Orleans.Concurrency;

namespace Emulator.Grains.Actors;

/// <summary>
/// An actor of the run as a grain: its key is the actor's name, and it hosts the actor's state machine on the silo of
/// its shard.
/// </summary>
public interface IActorGrain : IGrainWithStringKey
{
    /// <summary>Takes the state machine that its shard offers on this silo.</summary>
    /// <param name="shard">The key of the shard's grain.</param>
    /// <returns>False where none is offered: an older activation on another silo, which then ends.</returns>
    Task<bool> Attach(string shard);

    /// <summary>
    /// Takes one message. One-way: what the state machine sends goes into its shard's queue, and the shard's next
    /// message
    /// goes to its own receiver's grain from here.
    /// </summary>
    [OneWay]
    Task Receive(Immutable<Carriage> carriage);

    /// <summary>Lets the state machine go, at the actor's or the run's end.</summary>
    /// <param name="shard">The key of the shard's grain; where another one's machine is hosted by now, nothing
    /// happens.</param>
    Task Release(string shard);
}
