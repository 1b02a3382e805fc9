using System.Globalization;
using Emulator.Core.Actors;
using Emulator.Core.Canonical;
using Emulator.Core.Journal;
using Emulator.Engine.Canonical;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Distribution;

/// <summary>
/// One shard in a process that hosts some of a run's shards: what a silo's shard grain drives. It runs windows as it is
/// ordered to, and knows no transport.
/// </summary>
/// <remarks>
/// In: <see cref="Accept"/> (batches of other shards, from any thread), then for each window <see cref="Open"/>,
/// <see cref="Run"/> or <see cref="Take"/> and <see cref="Carry"/> until nothing is left, and <see cref="Close"/>.
/// Out: <see cref="Outgoing"/>, to be sent now, and the report.
/// </remarks>
public sealed class HostedShard
{
    private readonly HostedRun _run;
    private readonly Shard _shard;
    private readonly ActorDirectory _directory;
    private readonly BatchInbox _inbox;
    private readonly BatchOutlet _outlet = new();
    private readonly JournalOutput _journal;
    private readonly HandoverOutput _handover;
    private WindowReport? _last;
    private long _windowEnd;

    internal HostedShard(HostedRun run, Shard shard, int shards, IReadOnlyList<IJournalProjection> projections)
    {
        _run = run;
        _shard = shard;
        _directory = new ActorDirectory(run.Plan);
        _inbox = new BatchInbox(shards);
        _journal = new JournalOutput(shard, projections, run.Codec);
        _handover = new HandoverOutput(run, shard, shards);
        shard.JournalFull = _journal.Take;
    }

    /// <summary>Which shard of the run it is.</summary>
    public int Index => _shard.Index;

    /// <summary>The run's longest window, or <see cref="long.MaxValue"/> with one shard.</summary>
    public long LookaheadNanoseconds => _run.LookaheadNanoseconds;

    /// <summary>Batches that the last window produced, to be sent once its report is made.</summary>
    public IReadOnlyList<OutgoingBatch> Outgoing { get; private set; } = [];

    /// <summary>Told of every actor that ends, so that its grain can be let go.</summary>
    public Action<Actor>? Ended
    {
        get => _shard.Ended;
        set => _shard.Ended = value;
    }

    /// <summary>Every actor that lives on the shard's machines.</summary>
    public IEnumerable<Actor> Actors => Slots().SelectMany(slot => slot.Living);

    /// <summary>Keeps something for an actor: its grain's reference, for <see cref="Delivery.Handle"/>.</summary>
    public void SetHandle(Actor actor, object handle) => actor.EngineHandle = handle;

    /// <summary>Starts the actors at time 0; again, it says the same.</summary>
    public WindowReport Start(JournalInterest interest)
    {
        if (_last is { Window: 0 })
        {
            return _last;
        }

        _journal.Interest = interest;
        foreach (PlannedMachine planned in Machines())
        {
            foreach (Actor actor in planned.Actors)
            {
                _shard.Start(actor, now: 0, step: 0);
            }
        }

        return Close(window: 0, grainCalls: 0);
    }

    /// <summary>Takes a batch that another shard sent; any thread may call. A repeated one is dropped.</summary>
    /// <returns>Whether it was new.</returns>
    public bool Accept(int from, long window, ReadOnlyMemory<byte> batch) => _inbox.Add(from, window, batch);

    /// <summary>Waits for what a window needs, for a while.</summary>
    /// <returns>The batches that have not come; empty when the window may open.</returns>
    public async Task<IReadOnlyList<BatchTicket>> Await(WindowOrder order, TimeSpan atMost)
    {
        IReadOnlyList<BatchTicket> missing = _inbox.Missing(order.Tickets);
        if (missing.Count > 0)
        {
            await _inbox.WaitFor(order.Tickets, atMost);
            missing = _inbox.Missing(order.Tickets);
        }

        return missing;
    }

    /// <summary>The report of a window that was run already, or null: orders may come twice.</summary>
    public WindowReport? ReportOf(long window) => _last?.Window == window ? _last : null;

    /// <summary>Opens a window: what others sent and what comes from outside is put into the queue.</summary>
    /// <exception cref="EngineException">The order is not for the next window, or a batch is not what its ticket
    /// says.</exception>
    public void Open(WindowOrder order)
    {
        if (_last is null || order.Window <= _last.Window)
        {
            throw new EngineException(
                $"Shard {Index} is ordered to run window {order.Window}, and the last it ran is "
                + $"{_last?.Window.ToString(CultureInfo.InvariantCulture) ?? "none"}.");
        }

        _journal.Interest = order.Interest ?? _journal.Interest;
        _outlet.Forget(order.TakenBy);
        foreach (BatchTicket ticket in order.Tickets)
        {
            Push(_inbox.Take(ticket), ticket);
        }

        if (order.Inputs.Length > 0)
        {
            Push(order.Inputs, null);
        }

        _windowEnd = order.End;
    }

    /// <summary>Runs the window at one go, calling the actors' state machines.</summary>
    public void Run() => _shard.Run(_windowEnd);

    /// <summary>The next message of the window for somebody else to carry, or null when the window has ended.</summary>
    public Delivery? Take() => _shard.TryTake(_windowEnd, out ScheduledEvent next, out Actor? actor)
        ? new Delivery(this, next, actor) : null;

    /// <summary>Lets the receiver take its message, and schedules what it sends.</summary>
    internal void Carry(Delivery delivery) => _shard.Carry(delivery.Event, delivery.Actor);

    /// <summary>Ends the window.</summary>
    /// <param name="window">Its number.</param>
    /// <param name="grainCalls">Calls made to grains since the start.</param>
    public WindowReport Close(long window, long grainCalls)
    {
        _journal.Take();
        Outgoing = _handover.Encode(window);
        foreach (OutgoingBatch batch in Outgoing)
        {
            _outlet.Keep(batch);
        }

        _last = new WindowReport
        {
            Window = window,
            NextTime = _shard.Queue.NextTime,
            Events = _shard.Events,
            Sent = [.. Outgoing.Select(b => (b.To, b.Ticket))],
            Journal = _journal.Encode(),
            GrainCalls = grainCalls,
        };
        return _last;
    }

    /// <summary>A batch that a receiver misses, or null when it is not kept.</summary>
    public OutgoingBatch? Resend(int to, long window) => _outlet.Find(to, window);

    /// <summary>Digests and packets, between windows.</summary>
    public ShardTotals Totals() => new(
        Slots().ToDictionary(slot => slot.Machine.Name, slot => slot.Digest, StringComparer.Ordinal),
        Slots().Sum(slot => slot.CountHeldPackets()) + _shard.Queue.CountPackets());

    /// <summary>The living actor of that name on one of the shard's machines, or null.</summary>
    public Actor? FindActor(string machine, string name) =>
        (_run.Plan.Find(machine)?.EngineSlot as MachineSlot)?.Find(name);

    private IEnumerable<MachineSlot> Slots() => Machines().Select(m => (MachineSlot)m.Machine.EngineSlot!); // Hosted.

    private IEnumerable<PlannedMachine> Machines() =>
        _run.Plan.Machines.Where(m => m.Machine.EngineSlot is MachineSlot slot && ReferenceEquals(slot.Shard, _shard));

    private void Push(ReadOnlyMemory<byte> bytes, BatchTicket? ticket)
    {
        EventBatch batch = EventBatchCodec.Decode(bytes, _run.Codec, _directory);
        if (ticket is { } expected
            && (batch.Header != new EventBatchHeader(_run.Epoch, expected.From, Index, expected.Window)
                || batch.Events.Count != expected.Events))
        {
            throw new EngineException(
                $"Shard {Index} of epoch {_run.Epoch} got {batch.Header} with {batch.Events.Count} messages for "
                + $"{expected}.");
        }

        foreach (ScheduledEvent scheduled in batch.Events)
        {
            _shard.Queue.Push(scheduled);
        }
    }
}
