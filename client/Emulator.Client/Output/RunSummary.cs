using System.Globalization;
using Emulator.Client.Running;
using Emulator.Core.Documents;
using Emulator.Core.Journal;
using Emulator.Core.Time;
using Emulator.Engine.Distribution;
using Emulator.Engine.Execution;

namespace Emulator.Client.Output;

/// <summary>What a run ends with: pods, requests, latencies, drops, ledger, digest, how fast it was.</summary>
internal sealed class RunSummary
{
    private readonly SortedDictionary<string, int> _podsByPhase = new(StringComparer.Ordinal);

    private RunSummary(ClusterRun run, ExchangeStatistics exchanges, TimeSpan wall)
    {
        foreach (string phase in run.Pods.Select(p => p.Phase))
        {
            _podsByPhase[phase] = _podsByPhase.GetValueOrDefault(phase) + 1;
        }

        Exchanges = exchanges.Figures;
        Ledger = run.Ledger;
        InFlight = run.Engine.PacketsInFlight;
        LedgerProblem = run.Ledger.Check(InFlight);
        Digest = run.Digest;
        Statistics = run.Engine.Statistics;
        Remote = (run.Engine as RemoteEngine)?.RemoteStatistics;
        Wall = wall;
    }

    /// <summary>Why the packet ledger does not balance; null when it does.</summary>
    public string? LedgerProblem { get; }

    private IReadOnlyDictionary<string, ExchangeFigures> Exchanges { get; }

    private Ledger Ledger { get; }

    private long InFlight { get; }

    private string Digest { get; }

    private EngineStatistics Statistics { get; }

    private RemoteStatistics? Remote { get; }

    private TimeSpan Wall { get; }

    /// <summary>The report of a run that has ended.</summary>
    public static RunSummary Of(ClusterRun run, ExchangeStatistics exchanges, TimeSpan wall) =>
        new(run, exchanges, wall);

    /// <summary>Prints it.</summary>
    public void Write(TextWriter output)
    {
        output.WriteLine($"pods: {Join(_podsByPhase.Select(p => $"{p.Value} {p.Key}"))}");
        WriteExchanges(output);
        output.WriteLine($"drops: {Join(Ledger.DroppedByReason.Select(d => $"{d.Packets} {d.Reason}"))}");
        foreach ((DropReason reason, string cause, long packets) in Ledger.DroppedByCause)
        {
            output.WriteLine($"  {packets} {reason} {cause}");
        }

        output.WriteLine(LedgerProblem ?? $"ledger: {Ledger.Originated} originated + {Ledger.Copied} copied + "
        + $"{Ledger.Fragmented} "
            + $"fragments = {Ledger.Delivered} delivered + {Ledger.Dropped} dropped + {Ledger.Absorbed} absorbed + "
            + $"{InFlight} in flight");
        decimal virtualSeconds = Statistics.VirtualTime.Nanoseconds / 1_000_000_000m;
        decimal wallSeconds = Math.Max(0.000001m, (decimal)Wall.TotalSeconds);
        output.WriteLine($"digest {Digest}");
        decimal speed = virtualSeconds / wallSeconds;
        decimal rate = Statistics.Events / wallSeconds / 1_000_000;
        string figures = string.Create(
            CultureInfo.InvariantCulture, $"{speed:F1} times real time, {rate:F2} M events/s");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"virtual {virtualSeconds:F3}s in wall {wallSeconds:F3}s: {figures}"));
        if (Remote is RemoteStatistics remote)
        {
            WriteRemote(output, remote, wallSeconds);
        }
    }

    /// <summary>The same as JSON.</summary>
    public string ToJson()
    {
        JsonObject json = JsonObject.Of(
            ("digest", Digest),
            ("pods", Counts(_podsByPhase.Select(p => KeyValuePair.Create(p.Key, (long)p.Value)))),
            ("requests", JsonObject.Of(
            Exchanges.Select(e => KeyValuePair.Create<string, JsonValue>(e.Key, Json(e.Value))))),
            ("drops", Counts(Ledger.DroppedByReason.Select(d => KeyValuePair.Create(d.Reason.ToString(), d.Packets)))),
            ("ledger", JsonObject.Of(
                ("originated", Ledger.Originated), ("copied", Ledger.Copied), ("fragmented", Ledger.Fragmented),
                ("delivered", Ledger.Delivered), ("dropped", Ledger.Dropped), ("absorbed", Ledger.Absorbed),
                ("inFlight", InFlight), ("balances", LedgerProblem is null))),
            ("virtualNanoseconds", Statistics.VirtualTime.Nanoseconds),
            ("wallNanoseconds", Wall.Ticks * 100),
            ("events", Statistics.Events));
        return JsonText.Write(json, indented: true);
    }

    private void WriteRemote(TextWriter output, RemoteStatistics remote, decimal wallSeconds)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"silos: {remote.GrainCalls} grain calls ({remote.GrainCalls / wallSeconds:F0}/s), {remote.Messages} "
            + $"messages in {remote.Batches} batches between shards ({remote.Messages / wallSeconds:F0}/s)"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"windows: {Statistics.Windows} in {remote.Stretches} stretches, {remote.Orders} times work for a shard, "
            + $"{remote.BarrierTime.TotalSeconds:F3}s on silos; {remote.Recoveries} recoveries in "
            + $"{remote.RecoveryTime.TotalSeconds:F3}s"));
    }

    private void WriteExchanges(TextWriter output)
    {
        if (Exchanges.Count == 0)
        {
            output.WriteLine("requests: none");
            return;
        }

        var table = new TextTable("requests", "started", "outcomes", "p50", "p90", "p99", "max");
        foreach ((string what, ExchangeFigures figures) in Exchanges)
        {
            long open = figures.Started - figures.Ended;
            IEnumerable<string> outcomes = figures.Outcomes.Select(o => $"{o.Value} {o.Key}");
            table.Add(
                what, figures.Started.ToString(CultureInfo.InvariantCulture),
                Join(open > 0 ? outcomes.Append($"{open} under way") : outcomes),
                Time(figures.Latencies.Percentile(500)), Time(figures.Latencies.Percentile(900)),
                Time(figures.Latencies.Percentile(990)), Time(figures.Latencies.MaximumNanoseconds));
        }

        table.Write(output);
    }

    private static JsonObject Json(ExchangeFigures figures) => JsonObject.Of(
        ("started", figures.Started), ("outcomes", Counts(figures.Outcomes)),
        ("latencyNanoseconds", JsonObject.Of(
            ("p50", figures.Latencies.Percentile(500)), ("p90", figures.Latencies.Percentile(900)),
            ("p99", figures.Latencies.Percentile(990)), ("max", figures.Latencies.MaximumNanoseconds))));

    private static JsonObject Counts(IEnumerable<KeyValuePair<string, long>> counts) =>
        JsonObject.Of(counts.Select(c => KeyValuePair.Create<string, JsonValue>(c.Key, c.Value)));

    private static string Time(long nanoseconds) => new SimDuration(nanoseconds).ToString();

    private static string Join(IEnumerable<string> parts)
    {
        string all = string.Join(", ", parts);
        return all.Length == 0 ? "none" : all;
    }
}
