using Emulator.Core.Journal;
using Emulator.Engine.Distribution;

namespace Emulator.Engine.Execution;

/// <summary>Reads the journal as it flows: a trace exporter, a capture file, a ledger, a table.</summary>
/// <remarks>
/// One call at a time, never two at once. The entries of one machine always come in their own order; how the entries of
/// different machines interleave depends on the number of shards, so whoever needs one order over all sorts by time and
/// machine. A projection that cannot keep up blocks: virtual time waits for it. It observes and never steers.
/// </remarks>
public interface IJournalProjection
{
    /// <summary>Whether it wants kinds from <see cref="JournalKind.FirstDetail"/> on.</summary>
    bool WantsDetail => false;

    /// <summary>
    /// Which entries it needs from shards in other processes; it may get more. Asked before each stretch; what grows
    /// meanwhile counts from the next.
    /// </summary>
    JournalInterest Interest => WantsDetail ? JournalInterest.Everything : JournalInterest.Facts;

    /// <summary>Takes entries. The span is valid during the call only.</summary>
    void Write(ReadOnlySpan<JournalEntry> entries);
}
