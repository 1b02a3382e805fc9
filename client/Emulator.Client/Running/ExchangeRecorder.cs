using Emulator.Core.Journal;
using Emulator.Engine.Distribution;
using Emulator.Engine.Execution;
using Emulator.Engine.Telemetry;

namespace Emulator.Client.Running;

/// <summary>Records the exchanges that it was told of, each by itself, details included.</summary>
internal sealed class ExchangeRecorder : IJournalProjection
{
    private readonly Dictionary<ulong, TraceRecorder> _recorders = [];

    /// <inheritdoc/>
    public bool WantsDetail => true;

    /// <inheritdoc/>
    public JournalInterest Interest => new() { Flows = [.. _recorders.Keys.Order()] };

    /// <summary>The instant of the last entry of any recorded exchange, in nanoseconds.</summary>
    public long LastEntryNanoseconds { get; private set; }

    /// <summary>Begins to record an exchange.</summary>
    public TraceRecorder Record(ulong flow)
    {
        var recorder = new TraceRecorder(flow);
        _recorders.Add(flow, recorder);
        return recorder;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<JournalEntry> entries)
    {
        if (_recorders.Count == 0)
        {
            return;
        }

        for (int i = 0; i < entries.Length; i++)
        {
            if (_recorders.TryGetValue(entries[i].Flow, out TraceRecorder? recorder))
            {
                recorder.Write(entries.Slice(i, 1));
                LastEntryNanoseconds = Math.Max(LastEntryNanoseconds, entries[i].TimeNanoseconds);
            }
        }
    }
}
