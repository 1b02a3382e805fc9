using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Randomness;

namespace Emulator.Underlay.Qdiscs;

/// <summary>The network emulator of Linux: delays, loses, copies, damages and reorders frames.</summary>
/// <remarks>
/// A state machine of its own, for a wire or a device's egress: a frame's length and the time in, its fate out, decided
/// when the frame comes. Times given must not fall. Source: Linux sch_netem.c (netem_enqueue, tabledist,
/// packet_time_ns, get_slot_next), with its order of draws, thresholds and integer arithmetic: duplication, loss,
/// corruption, the limit, then delay and rate or reordering; a copy passes the same way once more, first, and is not
/// copied again. Each purpose has dice of its own. Left out: ECN marking in place of loss, a distribution of slots, a
/// child qdisc. A frame that jitter makes overtake others keeps its turn in slots, where the kernel would let it pass.
/// </remarks>
public sealed class Netem
{
    private readonly NetemOptions _options;
    private readonly short[]? _table;
    private readonly LossProcess _loss;
    private readonly DepartureHeap _waiting;
    private readonly int _gap;
    private CorrelatedRandom _delay;
    private CorrelatedRandom _duplicate;
    private CorrelatedRandom _corrupt;
    private CorrelatedRandom _reorder;
    private RandomStream _bit;
    private RandomStream _slotDice;
    private int _sinceReordered;
    private long _latest;
    private SlotClock _slot;

    /// <summary>A netem with its dice.</summary>
    /// <param name="options">Its parameters.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="owner">Whose dice.</param>
    /// <param name="name">Which of the owner's netems.</param>
    /// <param name="before">The one whose parameters these replace: what waits there still counts (netem_change); null
    /// for none.</param>
    /// <exception cref="ArgumentException">A parameter is out of its range.</exception>
    public Netem(NetemOptions options, ulong seed, ActorId owner, string name, Netem? before = null)
    {
        options.Validate(name);
        RandomStream Dice(string purpose) => RandomStream.For(seed, owner, $"netem/{purpose}/{name}");
        _options = options;
        (_waiting, _latest) = before is null ? (new DepartureHeap(), long.MinValue) : (before._waiting, before._latest);
        _table = DistributionTable.Of(options.Distribution);
        _gap = options.Gap == 0 && !options.Reorder.IsZero ? 1 : options.Gap;
        _loss = new LossProcess(options.Loss, Dice("loss"));
        _delay = new CorrelatedRandom(Dice("delay"), options.DelayCorrelation);
        _duplicate = new CorrelatedRandom(Dice("duplicate"), options.DuplicateCorrelation);
        _corrupt = new CorrelatedRandom(Dice("corrupt"), options.CorruptCorrelation);
        _reorder = new CorrelatedRandom(Dice("reorder"), options.ReorderCorrelation);
        _bit = Dice("bit");
        _slotDice = Dice("slot");
    }

    /// <summary>Takes a frame.</summary>
    /// <param name="length">Its bytes.</param>
    /// <param name="now">When it comes, in nanoseconds; not before the last.</param>
    public QdiscVerdict Enqueue(int length, long now)
    {
        bool isCopied = _duplicate.Happens(_options.Duplicate);
        bool isLost = _loss.Next();
        if (isLost && !isCopied)
        {
            return new QdiscVerdict(QdiscFate.Dropped(DropReason.LinkLoss), null);
        }

        int? bit = Damage(length);
        if (WaitingAt(now) >= _options.Limit)
        {
            QdiscFate full = QdiscFate.Dropped(DropReason.QdiscDrop);
            return new QdiscVerdict(full, isCopied && !isLost ? full : null);
        }

        // Lost and copied at once leaves one frame, as it came.
        QdiscFate? copy = isCopied && !isLost ? TakeCopy(length, now) : null;
        return new QdiscVerdict(new QdiscFate(DropReason.None, Departure(length, now), bit), copy);
    }

    // Frames that are delayed now.
    private int WaitingAt(long now)
    {
        _waiting.RemoveUntil(now);
        return _waiting.Count;
    }

    private QdiscFate TakeCopy(int length, long now)
    {
        if (_loss.Next())
        {
            return QdiscFate.Dropped(DropReason.LinkLoss);
        }

        int? bit = Damage(length);
        return WaitingAt(now) >= _options.Limit
            ? QdiscFate.Dropped(DropReason.QdiscDrop)
            : new QdiscFate(DropReason.None, Departure(length, now), bit);
    }

    private int? Damage(int length) => !_corrupt.Happens(_options.Corrupt) ? null
        : (int)((_bit.NextBelow((uint)length) * 8) + _bit.NextBelow(8));

    private long Departure(int length, long now)
    {
        bool mayOvertake = _gap > 0 && _sinceReordered >= _gap - 1;
        if (mayOvertake && _options.Reorder.Threshold >= _reorder.Next())
        {
            _sinceReordered = 0;
            return now;
        }

        _sinceReordered++;
        long delay = Delay();
        long from = now;
        if (_options.RateBytesPerSecond > 0)
        {
            if (_latest > now)
            {
                // The one before is the reference: the time that this one waits for it counts as its delay.
                delay = Math.Max(0, delay - (_latest - now));
                from = _latest;
            }

            delay += TransmissionNanoseconds(length);
        }

        long toSend = from + delay;
        _latest = Math.Max(_latest, toSend);
        long leaves = Math.Max(now, toSend);
        if (_options.Slot is { } slot)
        {
            leaves = _slot.Take(slot, ref _slotDice, length, now, toSend);
        }

        _waiting.Add(leaves);
        return leaves;
    }

    private long Delay()
    {
        long mean = _options.DelayNanoseconds;
        long spread = _options.JitterNanoseconds;
        if (spread == 0)
        {
            return mean;
        }

        uint drawn = _delay.Next();
        if (_table is null)
        {
            return (drawn % (2 * (uint)spread)) + mean - spread;
        }

        long deviation = _table[drawn % DistributionTable.Size];
        long fine = spread % DistributionTable.Scale * deviation;
        fine += fine >= 0 ? DistributionTable.Scale / 2 : -DistributionTable.Scale / 2;
        return (fine / DistributionTable.Scale) + (spread / DistributionTable.Scale * deviation) + mean;
    }

    private long TransmissionNanoseconds(int length)
    {
        long bytes = Math.Max(0, length + _options.PacketOverhead);
        if (_options.CellSize > 0)
        {
            long cells = (bytes + _options.CellSize - 1) / _options.CellSize;
            bytes = Math.Max(0, cells * (_options.CellSize + _options.CellOverhead));
        }

        return (long)((UInt128)(ulong)bytes * 1_000_000_000 / (ulong)_options.RateBytesPerSecond);
    }
}
