using System.Globalization;
using System.Runtime.CompilerServices;
using Emulator.Core.Documents;
using Emulator.Core.Journal;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Telemetry;

/// <summary>Packets that ended for one reason by one cause.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Rule">The rule, route or entry that did it, as its tool prints it; empty where none is named.</param>
/// <param name="Packets">How many.</param>
public sealed record DropCount(DropReason Reason, string Rule, long Packets);

/// <summary>What a run came to: requests by outcome, how long they took, and which packets were dropped by
/// what.</summary>
/// <param name="outcomeName">The name of an outcome's number; null prints numbers.</param>
public sealed class RunReport(Func<long, string>? outcomeName = null) : IJournalProjection
{
    /// <summary>How many different causes are held as objects before they are merged by their text.</summary>
    public const int CausesMax = 10_000;

    private readonly SortedDictionary<long, long> _outcomes = [];
    private readonly Dictionary<Cause, long> _causes = [];
    private readonly SortedDictionary<(DropReason Reason, string Rule), long> _drops = new(
        Comparer<(DropReason Reason, string Rule)>.Create((a, b) => a.Reason != b.Reason
            ? a.Reason.CompareTo(b.Reason)
            : string.CompareOrdinal(a.Rule, b.Rule)));

    /// <summary>How long the requests took that got a reply (outcome 0), as their clients saw it.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Requests that ended, as their clients saw it.</summary>
    public long Requests { get; private set; }

    /// <summary>Requests by outcome, in order of the outcomes' numbers.</summary>
    public IReadOnlyList<(string Outcome, long Requests)> Outcomes =>
        [.. _outcomes.Select(o => (NameOf(o.Key), o.Value))];

    /// <summary>Dropped packets by reason and rule, in the order of the list of reasons, then of the rules'
    /// text.</summary>
    public IReadOnlyList<DropCount> Drops
    {
        get
        {
            MergeCauses();
            return [.. _drops.Select(d => new DropCount(d.Key.Reason, d.Key.Rule, d.Value))];
        }
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<JournalEntry> entries)
    {
        foreach (ref readonly JournalEntry entry in entries)
        {
            if (entry is { Kind: JournalKind.ExchangeEnded, IsReply: false })
            {
                Requests++;
                _outcomes[entry.A] = _outcomes.GetValueOrDefault(entry.A) + 1;
                if (entry.A == 0)
                {
                    Latency.Add(entry.B);
                }
            }
            else if (entry.Kind == JournalKind.Dropped)
            {
                var cause = new Cause(entry.Reason, entry.Subject is IDescribed or string ? entry.Subject : null);
                _causes[cause] = _causes.GetValueOrDefault(cause) + 1;
                if (_causes.Count > CausesMax)
                {
                    MergeCauses();
                }
            }
        }
    }

    /// <summary>
    /// The report as JSON:
    /// <c>{requests, outcomes, latencyNs:{p50, p90, p99, p999, max}, drops:[{reason, rule, packets}]}</c>.
    /// </summary>
    public JsonObject ToJson()
    {
        JsonObject outcomes = JsonObject.Of(Outcomes.Select(
            o => KeyValuePair.Create(o.Outcome, (JsonValue)o.Requests)));
        var drops = new JsonArray([.. Drops.Select(d => JsonObject.Of(
            ("reason", d.Reason.ToString()), ("rule", d.Rule), ("packets", d.Packets)))]);
        JsonObject latency = JsonObject.Of(
            ("p50", Latency.Percentile(500)), ("p90", Latency.Percentile(900)), ("p99", Latency.Percentile(990)),
            ("p999", Latency.Percentile(999)), ("max", Latency.MaximumNanoseconds));
        return JsonObject.Of(("requests", Requests), ("outcomes", outcomes), ("latencyNs", latency), ("drops", drops));
    }

    /// <summary>The report as lines of text.</summary>
    public IReadOnlyList<string> ToLines()
    {
        var lines = new List<string>();
        string outcomes = string.Join(", ", Outcomes.Select(o => $"{o.Outcome} {o.Requests}"));
        lines.Add($"requests {Requests}{(outcomes.Length == 0 ? "" : ": ")}{outcomes}");
        if (Latency.Count > 0)
        {
            lines.Add(
                $"latency p50 {Milliseconds(Latency.Percentile(500))} p90 {Milliseconds(Latency.Percentile(900))} "
                + $"p99 {Milliseconds(Latency.Percentile(990))} p99.9 {Milliseconds(Latency.Percentile(999))} "
                + $"max {Milliseconds(Latency.MaximumNanoseconds)} ms");
        }

        lines.AddRange(Drops.Select(
            d => $"dropped {d.Packets} {d.Reason}{(d.Rule.Length == 0 ? "" : $" by {d.Rule}")}"));
        return lines;
    }

    private void MergeCauses()
    {
        foreach ((Cause cause, long packets) in _causes)
        {
            string rule = cause.Subject is IDescribed described ? described.Describe() : cause.Subject as string ?? "";
            _drops[(cause.Reason, rule)] = _drops.GetValueOrDefault((cause.Reason, rule)) + packets;
        }

        _causes.Clear();
    }

    private string NameOf(long outcome) =>
        outcomeName?.Invoke(outcome) ?? outcome.ToString(CultureInfo.InvariantCulture);

    private static string Milliseconds(long nanoseconds) =>
        (nanoseconds / 1_000_000m).ToString("0.000", CultureInfo.InvariantCulture);

    /// <summary>A reason and the very object that caused it: its text is made once, at the end, and not for every
    /// packet.</summary>
    private readonly struct Cause(DropReason reason, object? subject) : IEquatable<Cause>
    {
        public DropReason Reason { get; } = reason;

        public object? Subject { get; } = subject;

        public bool Equals(Cause other) => Reason == other.Reason && ReferenceEquals(Subject, other.Subject);

        public override bool Equals(object? obj) => obj is Cause other && Equals(other);

        public override int GetHashCode() => RuntimeHelpers.GetHashCode(Subject) ^ (int)Reason;
    }
}
