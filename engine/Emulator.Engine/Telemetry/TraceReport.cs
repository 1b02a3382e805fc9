using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;

namespace Emulator.Engine.Telemetry;

/// <summary>How an exchange ended, as its packets did.</summary>
public enum TraceVerdict
{
    /// <summary>It succeeded, or its last request arrived.</summary>
    Delivered,

    /// <summary>A packet that mattered ended with a drop reason, or nothing arrived at all.</summary>
    Dropped,

    /// <summary>A REJECT rule answered it.</summary>
    Rejected,
}

/// <summary>An endpoint that a request could have been sent to.</summary>
/// <param name="Endpoint">Its address and port.</param>
/// <param name="Probability">The exact chance of it, in lowest terms.</param>
public sealed record TraceBranch(string Endpoint, Ratio Probability)
{
    /// <summary>The chance as <c>1/3</c>, or <c>1</c> where it is certain.</summary>
    public string ProbabilityText => Probability == Ratio.One ? "1" : Probability.ToString();
}

/// <summary>Everything that happened to one application exchange: every hop, in order, and the verdict.</summary>
public sealed class TraceReport
{
    private TraceReport(IReadOnlyList<TraceHop> hops) => Hops = hops;

    /// <summary>The run's seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>The run's digest.</summary>
    public required string Digest { get; init; }

    /// <summary>How it ended.</summary>
    public required TraceVerdict Verdict { get; init; }

    /// <summary>Why, where it was not delivered and a packet was dropped; else <see cref="DropReason.None"/>.</summary>
    public DropReason Reason { get; private init; }

    /// <summary>The rule, route or entry that did it, where one did.</summary>
    public string? Rule { get; private init; }

    /// <summary>The packet that was dropped, or 0.</summary>
    public ulong DroppedPacket { get; private init; }

    /// <summary>What the application saw: the subject of the exchange's end; null where it has not ended.</summary>
    public object? App { get; private init; }

    /// <summary>How long the exchange took for the application, in nanoseconds; null where it has not
    /// ended.</summary>
    public long? LatencyNanoseconds { get; private init; }

    /// <summary>Every hop, in order of time.</summary>
    public IReadOnlyList<TraceHop> Hops { get; }

    /// <summary>The endpoints that the request could have gone to.</summary>
    public required IReadOnlyList<TraceBranch> Branches { get; init; }

    /// <summary>Reports on recorded entries.</summary>
    /// <param name="entries">The entries of one exchange, each machine's in order; see
    /// <see cref="TraceRecorder.Entries"/>.</param>
    /// <param name="seed">The run's seed.</param>
    /// <param name="digest">The run's digest.</param>
    /// <param name="branches">The endpoints that the request could have gone to, if the caller knows.</param>
    public static TraceReport From(
        IReadOnlyList<JournalEntry> entries, ulong seed, string digest, IReadOnlyList<TraceBranch>? branches = null)
    {
        JournalEntry? end = EndOf(entries);
        bool succeeded = end is { A: 0 };
        JournalEntry? drop = succeeded ? null : DropThatMatters(entries, end is null);
        bool delivered = succeeded
            || (end is null && drop is null && entries.Any(e => e.Kind == JournalKind.Delivered && !e.IsReply));
        return new TraceReport(HopSequence.Of(entries))
        {
            Seed = seed,
            Digest = digest,
            Verdict = delivered ? TraceVerdict.Delivered
                : drop is { Reason: DropReason.NetfilterReject } ? TraceVerdict.Rejected
                : TraceVerdict.Dropped,
            Reason = drop?.Reason ?? DropReason.None,
            Rule = drop is JournalEntry dropped ? TraceDecision.RuleOf(in dropped) : null,
            DroppedPacket = drop?.Packet ?? 0,
            App = end?.Subject,
            LatencyNanoseconds = end?.B,
            Branches = branches ?? [],
        };
    }

    /// <summary>The end that the client saw: the one who began the exchange, not a server or a proxy on the
    /// way.</summary>
    private static JournalEntry? EndOf(IReadOnlyList<JournalEntry> entries)
    {
        ActorRef? client = null;
        JournalEntry? end = null;
        foreach (JournalEntry entry in entries)
        {
            if (entry.IsReply)
            {
                continue;
            }

            client ??= entry.Kind == JournalKind.ExchangeStarted ? entry.Actor : null;
            if (entry.Kind == JournalKind.ExchangeEnded && (client is null || entry.Actor == client))
            {
                end = entry;
            }
        }

        return end;
    }

    /// <summary>
    /// The last drop of a packet no copy of which was delivered: of a request before a reply, of IPv4 before ARP.
    /// While the exchange goes on, a request that arrived after it means that it did not matter.
    /// </summary>
    private static JournalEntry? DropThatMatters(IReadOnlyList<JournalEntry> entries, bool isUnended)
    {
        var delivered = new HashSet<ulong>();
        long lastRequest = -1;
        foreach (JournalEntry entry in entries)
        {
            if (entry.Kind == JournalKind.Delivered)
            {
                delivered.Add(entry.Packet);
                lastRequest = entry.IsReply ? lastRequest : Math.Max(lastRequest, entry.TimeNanoseconds);
            }
        }

        JournalEntry? best = null;
        foreach (JournalEntry entry in entries)
        {
            if (entry.Kind == JournalKind.Dropped && !delivered.Contains(entry.Packet)
                && !(isUnended && entry.TimeNanoseconds < lastRequest)
                && (best is not JournalEntry kept || Weight(entry).CompareTo(Weight(kept)) >= 0))
            {
                best = entry;
            }
        }

        return best;
    }

    private static (bool IsRequest, bool IsIPv4, long Time) Weight(JournalEntry drop) =>
        (!drop.IsReply, drop.Subject is not ArpPacket, drop.TimeNanoseconds);
}
