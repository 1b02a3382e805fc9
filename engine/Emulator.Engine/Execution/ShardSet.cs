using System.Runtime.ExceptionServices;
using Emulator.Core.Actors;

namespace Emulator.Engine.Execution;

/// <summary>All shards of a run: runs them window by window and hands over what they sent each other.</summary>
internal sealed class ShardSet : IDisposable
{
    private readonly Shard[] _shards;
    private readonly Shard[] _busy;
    private readonly Exception?[] _failures;
    private readonly WindowCrew _crew;
    private readonly IReadOnlyList<IJournalProjection> _projections;
    private readonly Action<int> _runShard;
    private long _windowEnd;

    public ShardSet(EngineOptions options, long leastLatencyOfAllWires)
    {
        _projections = options.Projections;
        bool detail = _projections.Any(projection => projection.WantsDetail);
        _shards = new Shard[options.Shards];
        for (int i = 0; i < _shards.Length; i++)
        {
            _shards[i] = new Shard(i, options.Seed, leastLatencyOfAllWires, detail);
        }

        if (_shards.Length == 1)
        {
            _shards[0].JournalFull = Flush;
        }

        _busy = new Shard[_shards.Length];
        _failures = new Exception?[_shards.Length];
        _crew = new WindowCrew(Math.Min(options.Threads, options.Shards));
        _runShard = RunShard;
    }

    public Shard this[int index] => _shards[index];

    public int Count => _shards.Length;

    /// <summary>The shards in the order of their indices.</summary>
    public IReadOnlyList<Shard> All => _shards;

    /// <summary>How many windows were run.</summary>
    public long Windows { get; private set; }

    /// <summary>The least time of all events that wait, or <see cref="long.MaxValue"/>.</summary>
    public long NextTime
    {
        get
        {
            long least = long.MaxValue;
            foreach (Shard shard in _shards)
            {
                least = Math.Min(least, shard.Queue.NextTime);
            }

            return least;
        }
    }

    /// <summary>The time of the last message delivered anywhere.</summary>
    public long LastTime => _shards.Max(shard => shard.LastTime);

    /// <summary>Runs each shard's events before the window's end, and hands over messages between shards.</summary>
    public void RunWindow(long windowEnd)
    {
        Windows++;
        _windowEnd = windowEnd;
        int busy = 0;
        foreach (Shard shard in _shards)
        {
            if (shard.Queue.NextTime < windowEnd)
            {
                _busy[busy++] = shard;
            }
        }

        _crew.Run(busy, _runShard);
        for (int i = 0; i < busy; i++)
        {
            if (_failures[i] is Exception failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }
        }

        HandOver();
        if (_shards.Length > 1)
        {
            Flush();
        }
    }

    /// <summary>Moves messages between shards to their receivers' queues.</summary>
    public void HandOver()
    {
        foreach (Shard shard in _shards)
        {
            foreach (ScheduledEvent scheduled in shard.Handover)
            {
                Push(scheduled);
            }

            shard.Handover.Clear();
        }
    }

    /// <summary>Puts an event into its receiver's queue, with all shards stopped.</summary>
    public void Push(in ScheduledEvent scheduled)
    {
        MachineRef machine = scheduled.To.Machine;
        MachineSlot slot = machine.EngineSlot as MachineSlot
            ?? throw new EngineException($"{scheduled.To.Name}: machine {machine.Name} is not part of the run.");
        slot.Shard.Queue.Push(scheduled);
    }

    /// <summary>Hands every waiting journal entry to the projections, in the order of shards.</summary>
    public void Flush()
    {
        foreach (Shard shard in _shards)
        {
            if (shard.Journal.Count == 0)
            {
                continue;
            }

            shard.DigestJournal();
            foreach (IJournalProjection projection in _projections)
            {
                projection.Write(shard.Journal.Entries);
            }

            shard.ClearJournal();
        }
    }

    public void Dispose() => _crew.Dispose();

    private void RunShard(int job)
    {
        Shard shard = _busy[job];
        try
        {
            shard.Run(_windowEnd);
            if (_shards.Length > 1)
            {
                // Here, on the shard's own thread, the hashing is shared out too.
                shard.DigestJournal();
            }
        }
        catch (Exception exception)
        {
            // Kept for the caller of RunWindow, which throws it when all shards have stopped.
            _failures[job] = exception;
        }
    }
}
