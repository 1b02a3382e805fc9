using System.Runtime.InteropServices;
using Emulator.Core.Journal;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Telemetry;

/// <summary>Keeps the journal entries of one application exchange, details included, for a
/// <see cref="TraceReport"/>.</summary>
/// <param name="flow">The exchange; null takes the first one that starts while recording.</param>
/// <param name="entriesMax">
/// How many entries are kept. Later ones are counted in <see cref="EntriesOverMax"/> and not kept. Default 200,000.
/// </param>
public sealed class TraceRecorder(ulong? flow = null, int entriesMax = 200_000) : IJournalProjection
{
    private readonly List<JournalEntry> _entries = [];

    /// <summary>The exchange that is recorded, or null while none has started.</summary>
    public ulong? Flow { get; private set; } = flow;

    /// <summary>What was recorded, each machine's entries in their order.</summary>
    public IReadOnlyList<JournalEntry> Entries => _entries;

    /// <summary>How many entries of the exchange did not fit.</summary>
    public long EntriesOverMax { get; private set; }

    /// <summary>Whether the exchange has ended for its client.</summary>
    public bool HasEnded { get; private set; }

    /// <inheritdoc/>
    public bool WantsDetail => true;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<JournalEntry> entries)
    {
        foreach (ref readonly JournalEntry entry in entries)
        {
            if (entry.Flow == 0)
            {
                continue;
            }

            if (Flow is null && entry.Kind == JournalKind.ExchangeStarted)
            {
                Flow = entry.Flow;
            }

            if (entry.Flow == Flow)
            {
                Keep(in entry);
            }
        }
    }

    /// <summary>Hands what was recorded to another projection, such as a <see cref="PcapWriter"/>.</summary>
    public void Replay(IJournalProjection into) => into.Write(CollectionsMarshal.AsSpan(_entries));

    private void Keep(in JournalEntry entry)
    {
        HasEnded |= entry is { Kind: JournalKind.ExchangeEnded, IsReply: false };
        if (_entries.Count < entriesMax)
        {
            _entries.Add(entry);
        }
        else
        {
            EntriesOverMax++;
        }
    }
}
