using Emulator.Core.Journal;
using Emulator.Engine.Distribution;

namespace Emulator.Engine.Execution;

/// <summary>
/// Counts how packets came into the world and how they ended: originated + copies + fragments = delivered + dropped +
/// absorbed + in flight.
/// </summary>
public sealed class Ledger : IJournalProjection
{
    private readonly long[] _dropped = new long[256];
    private readonly Dictionary<(DropReason Reason, IDescribed Cause), long> _droppedBy = new(CauseComparer.Instance);

    /// <summary>Packets that somebody sent.</summary>
    public long Originated { get; private set; }

    /// <summary>Copies made by flooding and duplication.</summary>
    public long Copied { get; private set; }

    /// <summary>Fragments made.</summary>
    public long Fragmented { get; private set; }

    /// <summary>Packets that reached their socket or a kernel that consumes them.</summary>
    public long Delivered { get; private set; }

    /// <summary>Packets that ended because they were cut or joined.</summary>
    public long Absorbed { get; private set; }

    /// <summary>Packets that ended undelivered.</summary>
    public long Dropped { get; private set; }

    /// <summary>How many packets must be under way for the ledger to balance.</summary>
    public long InFlight => Originated + Copied + Fragmented - Delivered - Dropped - Absorbed;

    /// <summary>Drops by reason, in the order of the list of reasons; those that happened only.</summary>
    public IReadOnlyList<(DropReason Reason, long Packets)> DroppedByReason =>
        [.. Enumerable.Range(0, _dropped.Length).Where(i => _dropped[i] > 0).Select(i => ((DropReason)i, _dropped[i]))];

    /// <summary>Drops by reason and by the text of the rule, route or entry that did it, in that order.</summary>
    public IReadOnlyList<(DropReason Reason, string Cause, long Packets)> DroppedByCause =>
        [.. _droppedBy
            .GroupBy(pair => (pair.Key.Reason, Text: pair.Key.Cause.Describe()))
            .OrderBy(group => group.Key.Reason)
            .ThenBy(group => group.Key.Text, StringComparer.Ordinal)
            .Select(group => (group.Key.Reason, group.Key.Text, group.Sum(pair => pair.Value)))];

    /// <inheritdoc/>
    public JournalInterest Interest { get; } = JournalInterest.In(
        JournalKind.Originated, JournalKind.Copied, JournalKind.Fragmented, JournalKind.Delivered, JournalKind.Absorbed,
        JournalKind.Dropped);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<JournalEntry> entries)
    {
        foreach (ref readonly JournalEntry entry in entries)
        {
            switch (entry.Kind)
            {
                case JournalKind.Originated:
                    Originated++;
                    break;
                case JournalKind.Copied:
                    Copied += entry.A;
                    break;
                case JournalKind.Fragmented:
                    Fragmented += entry.A;
                    break;
                case JournalKind.Delivered:
                    Delivered++;
                    break;
                case JournalKind.Absorbed:
                    Absorbed += entry.A;
                    break;
                case JournalKind.Dropped:
                    Drop(entry);
                    break;
            }
        }
    }

    /// <summary>Compares with packets counted elsewhere.</summary>
    /// <param name="inFlight">What the engine counts: <see cref="RunEngine.PacketsInFlight"/>.</param>
    /// <returns>Null when they agree, else a sentence with all figures.</returns>
    public string? Check(long inFlight) => inFlight == InFlight
        ? null
        : $"The packet ledger does not balance: originated {Originated} + copied {Copied} + fragmented {Fragmented} "
          + $"is not delivered {Delivered} + dropped {Dropped} + absorbed {Absorbed} + in flight {inFlight}; "
          + $"{InFlight - inFlight:+#;-#;0} packets ended without an entry (or, below 0, were made or ended twice).";

    private void Drop(in JournalEntry entry)
    {
        Dropped++;
        _dropped[(int)entry.Reason]++;
        if (entry.Subject is IDescribed cause)
        {
            (DropReason, IDescribed) key = (entry.Reason, cause);
            _droppedBy[key] = _droppedBy.GetValueOrDefault(key) + 1;
        }
    }

    /// <summary>
    /// Compares causes by identity: hashing a whole rule for each drop would cost more than the drop.
    /// </summary>
    private sealed class CauseComparer : IEqualityComparer<(DropReason Reason, IDescribed Cause)>
    {
        public static readonly CauseComparer Instance = new();

        public bool Equals((DropReason Reason, IDescribed Cause) x, (DropReason Reason, IDescribed Cause) y) =>
            x.Reason == y.Reason && ReferenceEquals(x.Cause, y.Cause);

        public int GetHashCode((DropReason Reason, IDescribed Cause) key) =>
            System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(key.Cause) ^ (int)key.Reason;
    }
}
