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

    /// <summary>The batches of the window that has ended; the shard's handover is empty afterwards.</summary>
    public IReadOnlyList<OutgoingBatch> Encode(long window)
    {
        foreach (ScheduledEvent scheduled in _shard.Handover)
        {
            _byShard[((MachineSlot)scheduled.To.Machine.EngineSlot!).ShardIndex].Add(scheduled); // Checked on sending.
        }

        _shard.Handover.Clear();
        List<OutgoingBatch> batches = [];
        for (int to = 0; to < _byShard.Length; to++)
        {
            List<ScheduledEvent> events = _byShard[to];
            if (events.Count == 0)
            {
                continue;
            }

            var header = new EventBatchHeader(_run.Epoch, _shard.Index, to, window);
            batches.Add(new OutgoingBatch(
                to,
                new BatchTicket(
                    _shard.Index, window, events.Count, events.Sum(e => (long)e.Message.PacketCount),
                    events.Min(e => e.Time)),
                EventBatchCodec.Encode(_writer, header, events, _run.Codec)));
            events.Clear();
        }

        return batches;
    }
}
