using Emulator.Core.Canonical;
using Emulator.Engine.Canonical;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Distribution;

/// <summary>Sorts what a window produced for other shards by receiver, and encodes one batch for each.</summary>
internal sealed class HandoverOutput
{
    private readonly HostedRun _run;
    private readonly Shard _shard;
    private readonly CanonicalWriter _writer = new();
    private readonly List<ScheduledEvent>[] _byShard;

    public HandoverOutput(HostedRun run, Shard shard, int shards)
    {
        _run = run;
        _shard = shard;
        _byShard = new List<ScheduledEvent>[shards];
        for (int i = 0; i < shards; i++)
        {
            _byShard[i] = [];
        }
    }

    /// <summary>Encodes the window that has ended; the shard's handover is empty afterwards.</summary>
    /// <returns>The batches with their tickets, by receiver.</returns>
    public List<(BatchTicket Ticket, ReadOnlyMemory<byte> Batch)> Encode(long window)
    {
        List<(BatchTicket, ReadOnlyMemory<byte>)> batches = [];
        if (_shard.Handover.Count == 0)
        {
            return batches;
        }

        foreach (ScheduledEvent scheduled in _shard.Handover)
        {
            _byShard[((MachineSlot)scheduled.To.Machine.EngineSlot!).ShardIndex].Add(scheduled); // Checked on sending.
        }

        _shard.Handover.Clear();
        for (int to = 0; to < _byShard.Length; to++)
        {
            List<ScheduledEvent> events = _byShard[to];
            if (events.Count > 0)
            {
                var header = new EventBatchHeader(_run.Epoch, _shard.Index, to, window);
                batches.Add((
                    new BatchTicket(to, events.Count, LeastTime(events)),
                    EventBatchCodec.Encode(_writer, header, events, _run.Codec)));
                events.Clear();
            }
        }

        return batches;
    }

    private static long LeastTime(List<ScheduledEvent> events)
    {
        long least = long.MaxValue;
        foreach (ScheduledEvent scheduled in events)
        {
            least = Math.Min(least, scheduled.Time);
        }

        return least;
    }
}
