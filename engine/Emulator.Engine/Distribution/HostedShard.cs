using Emulator.Core.Actors;
using Emulator.Core.Canonical;
using Emulator.Engine.Canonical;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Distribution;

/// <summary>
/// One shard in a process that hosts some of a run's shards: what a silo's shard grain drives. It runs the windows that
/// the barrier opens, and knows no transport.
/// </summary>
/// <remarks>
/// In: <see cref="HostedRun.Accept"/> (notices of other processes' shards, from any thread). <see cref="Begin"/> a
/// stretch; then for each window that <see cref="Open"/> opens, if there <see cref="IsBusy">is work</see>:
/// <see cref="Run"/> or <see cref="Take"/> until nothing is left, and <see cref="Tell"/>; then
/// <see cref="FindMissing"/> until nothing is missing, and <see cref="Close"/>.
/// Out: <see cref="Outgoing"/>, and the report.
/// <see cref="ShardConductor"/> does so.
/// </remarks>
public sealed class HostedShard
{
    private readonly HostedRun _run;
    private readonly Shard _shard;
    private readonly ActorDirectory _directory;
    private readonly WindowBarrier _barrier;
    private readonly NoticeInbox _inbox = new();
    private readonly NoticeOutlet _outlet = new();
    private readonly JournalOutput _journal;
    private readonly HandoverOutput _handover;
    private readonly CanonicalWriter _writer = new();
    private readonly List<WindowNotice> _notices = [];
    private readonly int[] _others;
    private long _busyWindows;
    private long _batches;
    private long _messages;

    internal HostedShard(
        HostedRun run, Shard shard, ShardDistances distances, IReadOnlyList<IJournalProjection> projections)
    {
        _run = run;
        _shard = shard;
        _directory = new ActorDirectory(run.Plan);
        _barrier = new WindowBarrier(distances);
        _journal = new JournalOutput(shard, projections, run.Codec);
        _handover = new HandoverOutput(run, shard, distances.Count);
        _others = run.OthersThan(shard.Index);
        shard.JournalFull = _journal.Take;
    }

    /// <summary>Which shard of the run it is.</summary>
    public int Index => _shard.Index;

    /// <summary>The shard that is told for this process: the first that sits here.</summary>
    public int Addressee => _run.AddresseeFor(Index);

    /// <summary>The least latency of wires between shards, or <see cref="long.MaxValue"/>.</summary>
    public long LookaheadNanoseconds => _run.LookaheadNanoseconds;

    /// <summary>The window that is open, or the last one.</summary>
    public long Window => _barrier.Window;

    /// <summary>Where the open window ends here, in nanoseconds of virtual time.</summary>
    public long WindowEnd { get; private set; }

    /// <summary>Whether this shard has work in the open window.</summary>
    public bool IsBusy => _barrier.Busy.Contains(Index);

    /// <summary>Messages delivered since the start of the epoch.</summary>
    public long Events => _shard.Events;

    /// <summary>Notices of the last window for other processes, to be sent now.</summary>
    public IReadOnlyList<OutgoingNotice> Outgoing { get; private set; } = [];

    /// <summary>The batches that are in them.</summary>
    public IReadOnlyList<BatchTicket> Tickets { get; private set; } = [];

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

    /// <summary>What is kept for an actor, or null.</summary>
    public object? HandleOf(Actor actor) => actor.EngineHandle;

    /// <summary>Begins a stretch: what comes from outside is put into the queue.</summary>
    public void Begin(StretchOrder order)
    {
        _journal.Interest = order.Interest ?? _journal.Interest;
        _outlet.Clear();
        _busyWindows = 0;
        _batches = 0;
        _messages = 0;
        if (order.Inputs.Length > 0)
        {
            Push(order.Inputs, new EventBatchHeader(_run.Epoch, Index, Index, order.Stretch), null);
        }

        _barrier.Begin(order.Until, order.InputTimes);
    }

    /// <summary>Opens the stretch's next window; false when there is none. Window 0 is open from the start.</summary>
    public bool Open()
    {
        bool isOpen = _barrier.Open();
        WindowEnd = isOpen ? _barrier.EndOf(Index) : WindowEnd;
        return isOpen;
    }

    /// <summary>Starts the actors at time 0, in window 0.</summary>
    public void Start()
    {
        foreach (PlannedMachine planned in Machines())
        {
            foreach (Actor actor in planned.Actors)
            {
                _shard.Start(actor, now: 0, step: 0);
            }
        }
    }

    /// <summary>Runs the window at one go, calling the actors' state machines.</summary>
    public void Run() => _shard.Run(WindowEnd);

    /// <summary>The next message of the window for somebody else to carry, or null when the window has ended.</summary>
    public Delivery? Take() => _shard.TryTake(WindowEnd, out ScheduledEvent next, out Actor? actor)
        ? new Delivery(this, next, actor) : null;

    /// <summary>Lets the receiver take its message, and schedules what it sends.</summary>
    internal void Carry(Delivery delivery) => _shard.Carry(delivery.Event, delivery.Actor);

    /// <summary>
    /// This shard's part of the window has ended: the shards of this process are told, for the others there is
    /// <see cref="Outgoing"/>.
    /// </summary>
    public void Tell()
    {
        _journal.EndWindow(Window);
        List<(BatchTicket Ticket, ReadOnlyMemory<byte> Batch)> batches = _handover.Encode(Window);
        BatchTicket[] tickets = [.. batches.Select(b => b.Ticket)];
        Tickets = tickets;
        _busyWindows++;
        _batches += tickets.Length;
        foreach (BatchTicket ticket in tickets)
        {
            _messages += ticket.Events;
        }

        var notice = new WindowNotice
        {
            Epoch = _run.Epoch,
            From = Index,
            Window = Window,
            NextTime = _shard.Queue.NextTime,
            KeptBytes = _journal.Length + _outlet.Length,
            Tickets = tickets,
            Batches = [.. batches.Select(b => (b.Ticket.To, b.Batch))],
        };
        var outgoing = new OutgoingNotice[_others.Length];
        for (int i = 0; i < outgoing.Length; i++)
        {
            outgoing[i] = Address(notice, _others[i]);
            _outlet.Keep(outgoing[i]);
        }

        Outgoing = outgoing;
        _run.Tell(notice);
    }

    /// <summary>Puts the shards whose notices of the open window have not come into a list.</summary>
    /// <returns>Done when one of them comes; null when none is missing.</returns>
    public Task? FindMissing(List<int> missing) => _inbox.FindMissing(Window, _barrier.Busy, missing);

    /// <summary>Whether a shard is in this process: then its notice needs no transport.</summary>
    public bool IsHere(int shard) => _run.AreTogether(Index, shard);

    /// <summary>Ends the window, of which no notice is missing: what others sent is put into the queue.</summary>
    /// <exception cref="EngineException">A batch is not what its ticket says.</exception>
    public void Close()
    {
        _inbox.Take(Window, _barrier.Busy, _notices);
        foreach (WindowNotice notice in _notices)
        {
            if (notice.TicketFor(Index) is { } ticket)
            {
                var header = new EventBatchHeader(_run.Epoch, notice.From, Index, Window);
                Push(notice.BatchFor(Index), header, ticket.Events);
            }
        }

        _barrier.Close(_notices);
    }

    /// <summary>What the stretch that has ended came to.</summary>
    /// <param name="stretch">Its number.</param>
    /// <param name="grainCalls">Calls made to grains since the start of the epoch.</param>
    public StretchReport Report(long stretch, long grainCalls)
    {
        (ReadOnlyMemory<byte> journal, IReadOnlyList<(long, int)> windows) = _journal.Encode();
        return new StretchReport
        {
            Stretch = stretch,
            Window = Window,
            Reached = _barrier.Until,
            NextTime = _shard.Queue.NextTime,
            BusyWindows = _busyWindows,
            Batches = _batches,
            Messages = _messages,
            Events = _shard.Events,
            GrainCalls = grainCalls,
            Journal = journal,
            JournalWindows = windows,
        };
    }

    /// <summary>The notice of a window that a process misses, or null when it is not kept.</summary>
    public OutgoingNotice? Resend(int toShard, long window) => _outlet.Find(toShard, window);

    /// <summary>Digests and packets, between stretches.</summary>
    public ShardTotals Totals() => new(
        Slots().ToDictionary(slot => slot.Machine.Name, slot => slot.Digest, StringComparer.Ordinal),
        Slots().Sum(slot => slot.CountHeldPackets()) + _shard.Queue.CountPackets());

    /// <summary>The living actor of that name on one of the shard's machines, or null.</summary>
    public Actor? FindActor(string machine, string name) =>
        (_run.Plan.Find(machine)?.EngineSlot as MachineSlot)?.Find(name);

    /// <summary>Keeps a notice until its window ends here; false when it has come before.</summary>
    internal bool Accept(WindowNotice notice) => _inbox.Add(notice);

    private IEnumerable<MachineSlot> Slots() => Machines().Select(m => (MachineSlot)m.Machine.EngineSlot!); // Hosted.

    private IEnumerable<PlannedMachine> Machines() =>
        _run.Plan.Machines.Where(m => m.Machine.EngineSlot is MachineSlot slot && ReferenceEquals(slot.Shard, _shard));

    /// <summary>The notice with the batches for one other process.</summary>
    private OutgoingNotice Address(WindowNotice notice, int toShard)
    {
        WindowNotice addressed = notice with
        {
            Batches = [.. notice.Batches.Where(b => _run.AreTogether(b.To, toShard))],
        };
        _writer.Clear();
        addressed.Write(_writer);
        return new OutgoingNotice(toShard, notice.Window, _writer.ToArray());
    }

    private void Push(ReadOnlyMemory<byte> bytes, in EventBatchHeader header, int? events)
    {
        EventBatch batch = EventBatchCodec.Decode(bytes, _run.Codec, _directory);
        if (batch.Header != header || (events is { } expected && batch.Events.Count != expected))
        {
            throw new EngineException(
                $"Shard {Index} got {batch.Header} with {batch.Events.Count} messages for {header} with {events}.");
        }

        foreach (ScheduledEvent scheduled in batch.Events)
        {
            _shard.Queue.Push(scheduled);
        }
    }
}
