using System.Runtime.ExceptionServices;
using Emulator.Core.Actors;

namespace Emulator.Engine.Execution;

/// <summary>All shards of a run in this process: runs them window by window and hands over what they sent each
/// other.</summary>
internal sealed class ShardSet : IShards
{
    private readonly RunPlan _plan;
    private readonly Shard[] _shards;
    private readonly Shard[] _busy;
    private readonly Exception?[] _failures;
    private readonly WindowCrew _crew;
    private readonly IReadOnlyList<IJournalProjection> _projections;
    private readonly Action<int> _runShard;
    private readonly long _lookahead;
    private long _windowEnd;

    public ShardSet(EngineOptions options, RunPlan plan, ShardMap map)
    {
        _plan = plan;
        _projections = options.Projections;
        bool detail = _projections.Any(projection => projection.WantsDetail);
        ShardDistances distances = plan.Wires.Distances(map);
        _lookahead = distances.Lookahead;
        _shards = new Shard[options.Shards];
        for (int i = 0; i < _shards.Length; i++)
        {
            _shards[i] = new Shard(i, options.Seed, plan.Wires.LeastOfAll, distances, detail);
        }

        if (_shards.Length == 1)
        {
            _shards[0].JournalFull = Flush;
        }

        _busy = new Shard[_shards.Length];
        _failures = new Exception?[_shards.Length];
        _crew = new WindowCrew(Math.Min(options.Threads, options.Shards));
        _runShard = RunShard;
        foreach (PlannedMachine planned in plan.Machines)
        {
            int index = map.Of(planned.Machine);
            MachineSlot slot = new(planned.Machine, index, _shards[index]);
            planned.Machine.EngineSlot = slot;
            foreach (Actor actor in planned.Actors)
            {
                slot.Admit(actor);
            }
        }
    }

    /// <inheritdoc/>
    public long Windows { get; private set; }

    /// <inheritdoc/>
    public IReadOnlyList<long> EventsByShard => [.. _shards.Select(shard => shard.Events)];

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public void Start()
    {
        foreach (PlannedMachine planned in _plan.Machines)
        {
            foreach (Actor actor in planned.Actors)
            {
                SlotOf(planned.Machine).Shard!.Start(actor, now: 0, step: 0); // All shards are here.
            }
        }

        HandOver();
    }

    /// <inheritdoc/>
    public long CountPackets() =>
        _plan.Machines.Sum(m => SlotOf(m.Machine).CountHeldPackets())
        + _shards.Sum(shard => shard.Queue.CountPackets());

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, ulong> Digests() => _plan.Machines.ToDictionary(
        m => m.Machine.Name, m => SlotOf(m.Machine).Digest, StringComparer.Ordinal);

    /// <inheritdoc/>
    public ActorRef? FindActor(MachineRef machine, string name) => FindLiving(machine, name)?.Self;

    /// <summary>The living actor of that name on a machine, or null.</summary>
    public Actor? FindLiving(MachineRef machine, string name) => (machine.EngineSlot as MachineSlot)?.Find(name);

    /// <inheritdoc/>
    /// <remarks>One window. Where no shard reaches another it ends at a whole millisecond.</remarks>
    public long Run(long end)
    {
        long next = NextTime;
        long windowEnd = _windowEnd = Math.Min(end, _lookahead == ShardDistances.Never
            ? TimeLoop.WholeMillisecondAfter(next) : ShardDistances.After(next, _lookahead));
        Windows++;
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

        return windowEnd;
    }

    /// <summary>Moves messages between shards to their receivers' queues.</summary>
    private void HandOver()
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

    /// <inheritdoc/>
    public void Push(in ScheduledEvent scheduled)
    {
        MachineRef machine = scheduled.To.Machine;
        MachineSlot slot = machine.EngineSlot as MachineSlot
            ?? throw new EngineException($"{scheduled.To.Name}: machine {machine.Name} is not part of the run.");
        slot.Shard!.Queue.Push(scheduled); // All shards are here.
    }

    /// <inheritdoc/>
    /// <remarks>In the order of shards.</remarks>
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

    private static MachineSlot SlotOf(MachineRef machine) => (MachineSlot)machine.EngineSlot!; // Set when made.

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
