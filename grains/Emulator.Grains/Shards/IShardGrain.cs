using Orleans.Concurrency;

namespace Emulator.Grains.Shards;

/// <summary>
/// A shard of a run on its silo. Its key is <c>RUN/EPOCH/SHARD</c>, so each try of a run has shards of its own. Orders
/// and reports are canonical bytes; an empty answer means that nothing is known of this epoch here: the silo that knew
/// it is gone.
/// </summary>
public interface IShardGrain : IGrainWithStringKey
{
    /// <summary>Builds the shard's machines and registers their actors' grains, which waits until the silos know
    /// of one that has died: up to <see cref="Actors.ActorRegistrar.SettlingMax"/>, and a call has longer.</summary>
    /// <param name="description">A <see cref="Runs.RunDescription"/>.</param>
    /// <returns>Empty when seated; else why the silo refuses.</returns>
    [ResponseTimeout("00:02:00")]
    Task<string> Seat(Immutable<byte[]> description);

    /// <summary>Runs a stretch of windows together with the run's other shards.</summary>
    /// <param name="order">A <see cref="Engine.Distribution.StretchOrder"/>.</param>
    /// <returns>A <see cref="Engine.Distribution.StretchReport"/>.</returns>
    Task<Immutable<byte[]>> Run(Immutable<byte[]> order);

    /// <summary>
    /// Takes what a shard on another silo says of a window, for all shards on this silo; a repeated notice is dropped.
    /// One-way: one that does not arrive is missed by its receiver, who asks for it.
    /// </summary>
    /// <param name="notice">A <see cref="Engine.Distribution.WindowNotice"/>.</param>
    [AlwaysInterleave]
    [OneWay]
    Task Accept(Immutable<byte[]> notice);

    /// <summary>Sends a notice again that a silo misses.</summary>
    /// <param name="toShard">The shard that is told for its silo.</param>
    /// <param name="window">The window.</param>
    [AlwaysInterleave]
    [OneWay]
    Task Resend(int toShard, long window);

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
