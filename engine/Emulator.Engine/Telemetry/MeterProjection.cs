using Emulator.Core.Journal;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Telemetry;

/// <summary>Counts the journal into the instruments that follow from it: packets, drops by reason, entries.</summary>
public sealed class MeterProjection : IJournalProjection
{
    private readonly EngineMeter _meter;
    private readonly long[] _dropped = new long[256];
    private readonly KeyValuePair<string, object?>[] _reasons =
    [
        .. Enumerable.Range(0, 256).Select(
            reason => new KeyValuePair<string, object?>(EngineMeter.ReasonLabel, ((DropReason)reason).ToString())),
    ];

    /// <summary>A projection of one journal.</summary>
    /// <param name="meter">Where it counts.</param>
    public MeterProjection(EngineMeter meter)
    {
        _meter = meter;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<JournalEntry> entries)
    {
        long originated = 0;
        long delivered = 0;
        bool anyDropped = false;
        foreach (ref readonly JournalEntry entry in entries)
        {
            originated += entry.Kind == JournalKind.Originated ? 1 : 0;
            delivered += entry.Kind == JournalKind.Delivered ? 1 : 0;
            if (entry.Kind == JournalKind.Dropped)
            {
                _dropped[(int)entry.Reason]++;
                anyDropped = true;
            }
        }

        _meter.JournalEntries.Add(entries.Length);
        _meter.PacketsOriginated.Add(originated);
        _meter.PacketsDelivered.Add(delivered);
        for (int i = 0; anyDropped && i < _dropped.Length; i++)
        {
            if (_dropped[i] > 0)
            {
                _meter.PacketsDropped.Add(_dropped[i], _reasons[i]);
                _dropped[i] = 0;
            }
        }
    }
}
