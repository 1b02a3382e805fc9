using Orleans.Concurrency;

namespace Emulator.Grains.Shards;

/// <summary>
/// A shard of a run on its silo. Its key is <c>RUN/EPOCH/SHARD</c>, so each try of a run has shards of its own. Orders
/// and reports are canonical bytes; an empty answer means that nothing is known of this epoch here: the silo that knew
/// it is gone.
/// </summary>
public interface IShardGrain : IGrainWithStringKey
{
    /// <summary>Builds the shard's machines.</summary>
    /// <param name="description">A <see cref="Runs.RunDescription"/>.</param>
    /// <returns>Empty when seated; else why the silo refuses.</returns>
    Task<string> Seat(Immutable<byte[]> description);

    /// <summary>Starts the actors at time 0.</summary>
    /// <param name="interest">A <see cref="Engine.Distribution.JournalInterest"/>.</param>
    /// <returns>A <see cref="Engine.Distribution.WindowReport"/>.</returns>
    Task<Immutable<byte[]>> Start(Immutable<byte[]> interest);

    /// <summary>Runs a window.</summary>
    /// <param name="order">A <see cref="Engine.Distribution.WindowOrder"/>.</param>
    /// <returns>A <see cref="Engine.Distribution.WindowReport"/>.</returns>
    Task<Immutable<byte[]>> Run(Immutable<byte[]> order);

    /// <summary>Takes what another shard's window produced for this one; a repeated batch is dropped.</summary>
    [AlwaysInterleave]
    Task Accept(int from, long window, Immutable<byte[]> batch);

    /// <summary>Sends a batch again that a receiver misses.</summary>
    [AlwaysInterleave]
    Task Resend(int to, long window);

    /// <summary>The machines' digests, in the order given, and the packets under way.</summary>
    Task<ShardFigures?> Totals();

    /// <summary>The incarnation of the living actor of that name.</summary>
    Task<FoundActor?> FindActor(string machine, string actor);

    /// <summary>The run's client still lives: a shard that does not hear so for a minute lets everything go.</summary>
    [AlwaysInterleave]
    Task Hear();

    /// <summary>Lets the shard and its actors' grains go.</summary>
    Task Close();
}

/// <summary>What a shard's machines have come to.</summary>
/// <param name="Machines">Names.</param>
/// <param name="Digests">Their digests, in the same order.</param>
/// <param name="Packets">Packets under way.</param>
[GenerateSerializer, Immutable]
public sealed record ShardFigures(
    [property: Id(0)] string[] Machines, [property: Id(1)] ulong[] Digests, [property: Id(2)] long Packets);

/// <summary>What was found under an actor's name.</summary>
/// <param name="Incarnation">The living actor's incarnation; null when none lives.</param>
[GenerateSerializer, Immutable]
public sealed record FoundActor([property: Id(0)] string? Incarnation);
