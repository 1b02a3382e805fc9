namespace Emulator.Engine.Distribution;

/// <summary>How a run reaches its shards in other processes. The boundary between the engine and Orleans.</summary>
public interface IShardTransport : IDisposable
{
    /// <summary>
    /// Seats every shard of a new epoch on a silo that lives now, by its index. May wait until dead silos are known to
    /// be dead. The shards have not started.
    /// </summary>
    /// <param name="epoch">The run's try, from 1: one more each time that a silo was lost.</param>
    /// <exception cref="Execution.EngineException">No silo lives, or one refuses the run.</exception>
    IReadOnlyList<IShardSeat> Open(int epoch);

    /// <summary>Ends an epoch's shards, as far as they can be reached; does not wait for it.</summary>
    void Close(IReadOnlyList<IShardSeat> seats);
}

/// <summary>One shard's seat on a silo. Calls are answered in their order.</summary>
public interface IShardSeat
{
    /// <summary>The silo's name, for messages to a person.</summary>
    string Silo { get; }

    /// <summary>
    /// Runs a stretch together with the other shards, which must be ordered the same at the same time; the same order
    /// again gives the same report and changes nothing, or goes on with a stretch that is unfinished.
    /// </summary>
    /// <exception cref="ShardLostException">The silo, or what it knew of this epoch, is gone.</exception>
    /// <exception cref="TimeoutException">No answer; the same call may be made again.</exception>
    Task<StretchReport> Run(StretchOrder order);

    /// <summary>Digests and packets of the shard's machines, between stretches.</summary>
    Task<ShardTotals> Totals();

    /// <summary>The incarnation of the living actor of that name, or null; between stretches.</summary>
    Task<string?> FindIncarnation(string machine, string actor);
}

/// <summary>A shard's silo has died, or has forgotten the epoch: all shards must run again.</summary>
public sealed class ShardLostException(string message, Exception? cause = null) : Exception(message, cause);
