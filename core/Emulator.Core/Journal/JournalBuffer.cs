using Emulator.Core.Packets;

namespace Emulator.Core.Journal;

/// <summary>
/// Where actors write what happened. One per shard; the engine empties it into the projections and the digest.
/// </summary>
public sealed class JournalBuffer
{
    private JournalEntry[] _entries = new JournalEntry[1024];

    /// <summary>
    /// Whether anybody wants details (see <see cref="JournalKind.FirstDetail"/>). Observes, never steers.
    /// </summary>
    public bool Detail { get; set; }

    /// <summary>How many entries wait.</summary>
    public int Count { get; private set; }

    /// <summary>The waiting entries, in order.</summary>
    public ReadOnlySpan<JournalEntry> Entries => _entries.AsSpan(0, Count);

    /// <summary>Appends an entry.</summary>
    public void Write(in JournalEntry entry)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, _entries.Length * 2);
        }

        _entries[Count++] = entry;
    }

    /// <summary>Forgets the waiting entries; references are let go.</summary>
    public void Clear()
    {
        Array.Clear(_entries, 0, Count);
        Count = 0;
    }
}
