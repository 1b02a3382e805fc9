using Emulator.Core.Actors;
using Emulator.Core.Journal;

namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>What the export remembers of one trace.</summary>
/// <param name="key">The exchange, or the packet of a trace that belongs to none.</param>
/// <param name="trace">The trace id.</param>
internal sealed class FlowSpans(ulong key, (ulong High, ulong Low) trace)
{
    private readonly List<OpenEnd> _ends = [];
    private int _endsStarted;

    /// <summary>An end of the exchange that has begun: the client's, the server's, or a proxy's.</summary>
    public sealed record OpenEnd(ActorRef Actor, bool IsServer, long StartNanoseconds, object? Subject, ulong Id,
        int Number);

    public ulong Key { get; } = key;

    public (ulong High, ulong Low) Trace { get; } = trace;

    /// <summary>The id of the exchange's own span, or 0 where nobody said that an exchange began.</summary>
    public ulong Root { get; private set; }

    /// <summary>Spans that the trace has so far.</summary>
    public int Spans { get; set; }

    /// <summary>Hops that did not fit.</summary>
    public long HopsOverBudget { get; set; }

    /// <summary>The ends that have not ended.</summary>
    public IReadOnlyList<OpenEnd> OpenEnds => _ends;

    /// <summary>An end begins; the first client is the root.</summary>
    public void Begin(in JournalEntry entry, SpanIds ids)
    {
        bool isRoot = Root == 0 && !entry.IsReply;
        int number = _endsStarted++;
        ulong id = isRoot ? ids.Root(Key) : ids.End(Key, entry.Actor.Id.Value, entry.IsReply, number);
        Root = isRoot ? id : Root;
        _ends.Add(new OpenEnd(entry.Actor, entry.IsReply, entry.TimeNanoseconds, entry.Subject, id, number));
    }

    /// <summary>An end ends: the one begun last by that actor on that side; null where none was.</summary>
    public OpenEnd? End(in JournalEntry entry)
    {
        for (int i = _ends.Count - 1; i >= 0; i--)
        {
            OpenEnd end = _ends[i];
            if (end.Actor == entry.Actor && end.IsServer == entry.IsReply)
            {
                _ends.RemoveAt(i);
                return end;
            }
        }

        return null;
    }
}
