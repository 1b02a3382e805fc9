using Emulator.Core.Journal;
using Emulator.Engine.Distribution;
using Emulator.Engine.Execution;

namespace Emulator.Client.Running;

/// <summary>Notes when an API object was last written that says something about the cluster's shape: heartbeats do
/// not.</summary>
internal sealed class WriteWatch : IJournalProjection
{
    /// <summary>The instant of the last such write, in nanoseconds.</summary>
    public long LastWriteNanoseconds { get; private set; }

    /// <inheritdoc/>
    public JournalInterest Interest { get; } = JournalInterest.In(JournalKind.ObjectWritten);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<JournalEntry> entries)
    {
        foreach (ref readonly JournalEntry entry in entries)
        {
            if (entry.Kind == JournalKind.ObjectWritten && entry.Subject is string subject
                && !subject.StartsWith("leases/", StringComparison.Ordinal)
                && !subject.StartsWith("events/", StringComparison.Ordinal))
            {
                LastWriteNanoseconds = Math.Max(LastWriteNanoseconds, entry.TimeNanoseconds);
            }
        }
    }
}
