using Emulator.Core.Canonical;
using Emulator.Engine.Canonical;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Distribution;

/// <summary>
/// What the run's start knows of one shard between stretches: where it stands and what it must be told.
/// </summary>
internal sealed class ShardLedger
{
    private readonly List<ScheduledEvent> _inputs = [];
    private readonly CanonicalWriter _writer = new();
    private JournalInterest? _told;
    private long _ownNextTime;

    public ShardLedger(int index)
    {
        Index = index;
        Clear();
    }

    public int Index { get; }

    /// <summary>The least time of anything that waits for the shard: in its queue, or from outside.</summary>
    public long NextTime => Math.Min(_ownNextTime, InputTime);

    /// <summary>The least time of what comes from outside, or <see cref="long.MaxValue"/>.</summary>
    public long InputTime { get; private set; }

    /// <summary>Messages delivered since the start of the epoch.</summary>
    public long Events { get; private set; }

    /// <summary>Messages delivered in stretches whose journals were handed over.</summary>
    public long EventsReached { get; set; }

    /// <summary>Calls made to grains since the start of the epoch.</summary>
    public long GrainCalls { get; private set; }

    public long PacketsPutIn => _inputs.Sum(input => (long)input.Message.PacketCount);

    /// <summary>Forgets everything: a new epoch begins.</summary>
    public void Clear()
    {
        _inputs.Clear();
        InputTime = long.MaxValue;
        _ownNextTime = long.MaxValue;
        Events = 0;
        GrainCalls = 0;
        _told = null;
    }

    public void PutIn(in ScheduledEvent input)
    {
        _inputs.Add(input);
        InputTime = Math.Min(InputTime, input.Time);
    }

    /// <summary>The order for a stretch; the same again until <see cref="Take"/>.</summary>
    public StretchOrder OrderFor(
        long stretch, long until, int epoch, long[] inputTimes, JournalInterest wanted, IMessageCodec codec) => new()
        {
            Epoch = epoch,
            Stretch = stretch,
            Until = until,
            InputTimes = inputTimes,
            Inputs = _inputs.Count == 0 ? default : EventBatchCodec.Encode(
                _writer, new EventBatchHeader(epoch, Index, Index, stretch), _inputs, codec),
            Interest = wanted.Equals(_told) ? null : wanted,
        };

    /// <summary>The order was carried out: its inputs are in.</summary>
    public void Take(StretchReport report, JournalInterest interest)
    {
        _inputs.Clear();
        InputTime = long.MaxValue;
        _told = interest;
        _ownNextTime = report.NextTime;
        Events = report.Events;
        GrainCalls = report.GrainCalls;
    }
}
