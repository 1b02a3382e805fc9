namespace Emulator.Engine.Execution;

/// <summary>
/// All shards of a run as the time loop sees them: in this process (<see cref="ShardSet"/>), or elsewhere
/// (<see cref="Distribution.RemoteShards"/>).
/// </summary>
internal interface IShards : IDisposable
{
    /// <summary>How many windows were run.</summary>
    long Windows { get; }

    /// <summary>The least time of all events that wait anywhere, or <see cref="long.MaxValue"/>.</summary>
    long NextTime { get; }

    /// <summary>Messages delivered, by shard.</summary>
    IReadOnlyList<long> EventsByShard { get; }

    /// <summary>Starts the actors at time 0.</summary>
    void Start();

    /// <summary>
    /// Runs events before an instant and hands over messages between shards, window by window; may stop short of the
    /// instant, but only where every shard has come as far as every other.
    /// </summary>
    /// <returns>How far all shards have come: everything before it has happened.</returns>
    long Run(long end);

    /// <summary>Puts an event into its receiver's queue, with all shards stopped.</summary>
    void Push(in ScheduledEvent scheduled);

    /// <summary>Hands every waiting journal entry to the projections.</summary>
    void Flush();

    /// <summary>Packets under way: in messages that wait and in actors' own queues. Counted anew.</summary>
    long CountPackets();

    /// <summary>The machines' digests by name.</summary>
    IReadOnlyDictionary<string, ulong> Digests();

    /// <summary>The reference of the living actor of that name on a machine, or null.</summary>
    Core.Actors.ActorRef? FindActor(Core.Actors.MachineRef machine, string name);
}
