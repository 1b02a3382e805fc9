using Emulator.Core.Canonical;
using Emulator.Core.Journal;
using Emulator.Engine.Canonical;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Distribution;

/// <summary>What a hosted shard's journal becomes: digests, this process's projections, and the part that the run's
/// own projections want, encoded.</summary>
internal sealed class JournalOutput(
    Shard shard, IReadOnlyList<IJournalProjection> projections, IMessageCodec codec)
{
    private readonly CanonicalWriter _writer = new();
    private readonly HashSet<ulong> _flows = [];
    private readonly List<(long Window, int Entries)> _windows = [];
    private JournalInterest _interest = JournalInterest.None;
    private int _entries;
    private int _ofWindow;

    /// <summary>What the run's projections want.</summary>
    public JournalInterest Interest
    {
        get => _interest;
        set
        {
            _interest = value;
            _flows.Clear();
            _flows.UnionWith(value.Flows);
            shard.Journal.Detail = value.WantsDetail || projections.Any(p => p.WantsDetail);
        }
    }

    /// <summary>Takes what waits in the shard's journal.</summary>
    public void Take()
    {
        shard.DigestJournal();
        ReadOnlySpan<JournalEntry> entries = shard.Journal.Entries;
        foreach (IJournalProjection projection in projections)
        {
            lock (projection)
            {
                projection.Write(entries); // One call at a time: other shards of this process write to it too.
            }
        }

        foreach (ref readonly JournalEntry entry in entries)
        {
            bool isFlow = _flows.Count > 0 && _flows.Contains(entry.Flow);
            if (!isFlow && !IsWanted(entry.Kind))
            {
                continue;
            }

            if (_entries++ == 0)
            {
                JournalCodec.Begin(_writer, codec);
            }

            _ofWindow++;
            JournalCodec.Write(_writer, entry, isFlow || _interest.Packets, codec);
        }

        shard.ClearJournal();
    }

    /// <summary>Bytes that wait to be encoded.</summary>
    public long Length => _entries == 0 ? 0 : _writer.Length;

    /// <summary>A window has ended: what comes belongs to a later one.</summary>
    public void EndWindow(long window)
    {
        Take();
        if (_ofWindow > 0)
        {
            _windows.Add((window, _ofWindow));
            _ofWindow = 0;
        }
    }

    /// <summary>What was wanted since the last call, and how many entries of it belong to each window.</summary>
    public (ReadOnlyMemory<byte> Journal, IReadOnlyList<(long Window, int Entries)> Windows) Encode()
    {
        if (_entries == 0)
        {
            return (default, []);
        }

        _entries = 0;
        (long, int)[] windows = [.. _windows];
        _windows.Clear();
        return (_writer.ToArray(), windows);
    }

    private bool IsWanted(JournalKind kind) => kind < JournalKind.FirstDetail
        ? (_interest.Kinds & (1UL << (int)kind)) != 0
        : _interest.Details || kind == JournalKind.CommandOutput;
}
