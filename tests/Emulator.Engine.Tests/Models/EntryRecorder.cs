using Emulator.Core.Journal;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Tests.Models;

/// <summary>Keeps what was journaled, as texts.</summary>
public sealed class EntryRecorder : IJournalProjection
{
    public List<string> Entries { get; } = [];

    public void Write(ReadOnlySpan<JournalEntry> entries)
    {
        foreach (ref readonly JournalEntry entry in entries)
        {
            Entries.Add($"{entry.TimeNanoseconds} {entry.Kind} {entry.Actor.Name}");
        }
    }
}
