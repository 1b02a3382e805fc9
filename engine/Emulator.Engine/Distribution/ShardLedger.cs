using Emulator.Core.Canonical;
using Emulator.Engine.Canonical;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Distribution;

/// <summary>
/// What the barrier knows of one shard: where it stands, what is on its way to it, what it must be told.
/// </summary>
internal sealed class ShardLedger
{
    private readonly List<BatchTicket> _tickets = [];
    private readonly List<ScheduledEvent> _inputs = [];
    private readonly long[] _takenFrom;
    private readonly CanonicalWriter _writer = new();
    private JournalInterest? _told;
    private long _ownNextTime;

    public ShardLedger(int index, int shards)
    {
        Index = index;
        _takenFrom = new long[shards];
        Clear();
    }

    public int Index { get; }

    /// <summary>The least time of anything that waits for the shard: in its queue, on its way, or from
    /// outside.</summary>
    public long NextTime
    {
        get
        {
            long next = _ownNextTime;
            foreach (BatchTicket ticket in _tickets)
            {
                next = Math.Min(next, ticket.LeastTime);
            }

            foreach (ScheduledEvent input in _inputs)
            {
                next = Math.Min(next, input.Time);
            }

            return next;
        }
    }

    /// <summary>Messages delivered since the start of the epoch.</summary>
    public long Events { get; private set; }

    /// <summary>Messages delivered in windows whose journals were handed over.</summary>
    public long EventsReached { get; set; }

    public long GrainCalls { get; private set; }

    public long PacketsToTake => _tickets.Sum(ticket => ticket.Packets);

    public long PacketsPutIn => _inputs.Sum(input => (long)input.Message.PacketCount);

    /// <summary>Up to which window the shard has taken another's batches; -1 for none.</summary>
    public long TakenFrom(int shard) => _takenFrom[shard];

    /// <summary>Forgets everything: a new epoch begins.</summary>
    public void Clear()
    {
        _tickets.Clear();
        _inputs.Clear();
        Array.Fill(_takenFrom, -1);
        _ownNextTime = long.MaxValue;
        Events = 0;
        _told = null;
    }

    public void Expect(in BatchTicket ticket) => _tickets.Add(ticket);

    public void PutIn(in ScheduledEvent input) => _inputs.Add(input);

    /// <summary>The order for a window; the same again until <see cref="Done"/>.</summary>
    public WindowOrder OrderFor(
        long window, long end, int epoch, long[] takenBy, JournalInterest wanted, IMessageCodec codec) => new()
        {
            Epoch = epoch,
            Window = window,
            End = end,
            Tickets = [.. _tickets],
            TakenBy = takenBy,
            Inputs = _inputs.Count == 0 ? default : EventBatchCodec.Encode(
                _writer, new EventBatchHeader(epoch, Index, Index, window), _inputs, codec),
            Interest = wanted.Equals(_told) ? null : wanted,
        };

    /// <summary>The order was carried out: its tickets are taken, its inputs are in.</summary>
    public void Done(JournalInterest interest)
    {
        foreach (BatchTicket ticket in _tickets)
        {
            _takenFrom[ticket.From] = Math.Max(_takenFrom[ticket.From], ticket.Window);
        }

        _tickets.Clear();
        _inputs.Clear();
        _told = interest;
    }

    public void Take(WindowReport report)
    {
        _ownNextTime = report.NextTime;
        Events = report.Events;
        GrainCalls = report.GrainCalls;
    }
}
