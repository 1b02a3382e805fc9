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
    private JournalInterest _interest = JournalInterest.None;
    private bool _any;

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

            if (!_any)
            {
                JournalCodec.Begin(_writer, codec);
                _any = true;
            }

            JournalCodec.Write(_writer, entry, isFlow || _interest.Packets, codec);
        }

        shard.ClearJournal();
    }

    /// <summary>What was wanted since the last call.</summary>
    public ReadOnlyMemory<byte> Encode()
    {
        if (!_any)
        {
            return default;
        }

        _any = false;
        return _writer.ToArray();
    }

    private bool IsWanted(JournalKind kind) => kind < JournalKind.FirstDetail
        ? (_interest.Kinds & (1UL << (int)kind)) != 0
        : _interest.Details || kind == JournalKind.CommandOutput;
}
