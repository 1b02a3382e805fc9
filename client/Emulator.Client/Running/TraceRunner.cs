using Emulator.Client.Output;
using Emulator.Client.Requests;
using Emulator.Cluster.Traffic;
using Emulator.Core.Actors;
using Emulator.Engine.Telemetry;
using Emulator.Linux.Processes;
using Emulator.Linux.Sockets;

namespace Emulator.Client.Running;

/// <summary><c>emulator trace</c></summary>
internal sealed class TraceRunner(Streams streams)
{
    /// <summary>How many exchanges <c>--all-branches</c> makes at most for each endpoint until all were seen.</summary>
    public const int TriesPerBranchMax = 50;

    /// <summary>Runs the command.</summary>
    public int Run(TraceRequest request)
    {
        if (InputLoader.Load(request.Paths, streams) is not { } loaded)
        {
            return ExitCode.BadInput;
        }

        var recorder = new ExchangeRecorder();
        using var telemetry = new TelemetryOutput(request.Otlp, request.Seed, loaded.Cluster.Spec.Name, spanBudget: 0);
        using var run = new ClusterRun(
            loaded, request.Seed, request.Engine, [recorder, .. telemetry.Projections], streams);
        Notices.Print(streams, loaded.Input, Settlement.Run(run));
        IReadOnlyList<ActorRef> sources = SourceFinder.Find(run, request.From);
        PlannedExchange planned = new ExchangePlanner(run, request.From, request.Via)
            .Plan(request.To, request.RequestBytes, request.ReplyBytes);
        ExchangeRequest exchange = Adjust(planned.Request, request);
        List<TraceRecorder> recorded = request.AllBranches && planned.Branches.Count > 0
            ? MakeAllBranches(run, recorder, sources[0], exchange, planned, request)
            : MakeCount(run, recorder, sources, exchange, request);
        List<TraceReport> reports =
            [.. recorded.Select(r => TraceReport.From(r.Entries, request.Seed, run.Digest, planned.Branches))];
        WriteCapture(request.Pcap, recorded);
        TracePrinter.Print(streams, request.Format, reports);
        telemetry.Complete(run.Engine.Statistics, streams.Error);
        return reports.TrueForAll(r => r.Verdict == TraceVerdict.Delivered) ? ExitCode.Done : ExitCode.Failed;
    }

    private static List<TraceRecorder> MakeCount(
        ClusterRun run, ExchangeRecorder recorder, IReadOnlyList<ActorRef> sources, ExchangeRequest exchange,
        TraceRequest request)
    {
        var runner = new ExchangeRunner(run, recorder);
        return [.. Enumerable.Range(0, request.Count)
            .Select(i => runner.Make(sources[i % sources.Count], exchange, request.TimeToLive))];
    }

    /// <summary>Repeats the exchange until each endpoint was chosen once; the first exchange of each is kept.</summary>
    private List<TraceRecorder> MakeAllBranches(
        ClusterRun run, ExchangeRecorder recorder, ActorRef source, ExchangeRequest exchange, PlannedExchange planned,
        TraceRequest request)
    {
        var runner = new ExchangeRunner(run, recorder);
        var kept = new SortedDictionary<string, TraceRecorder>(StringComparer.Ordinal);
        int most = TriesPerBranchMax * planned.Branches.Count;
        for (int tries = 0; tries < most && kept.Count < planned.Branches.Count; tries++)
        {
            TraceRecorder made = runner.Make(source, exchange, request.TimeToLive);
            string? endpoint = TraceReport.From(made.Entries, request.Seed, "").Hops
                .Select(h => h.Packet.DestinationText)
                .FirstOrDefault(d => planned.Branches.Any(b => b.Endpoint == d));
            kept.TryAdd(endpoint ?? "", made);
        }

        if (kept.Keys.Count(k => k.Length > 0) < planned.Branches.Count)
        {
            streams.Error.WriteLine(
                $"emulator: {kept.Keys.Count(k => k.Length > 0)} of {planned.Branches.Count} endpoints were chosen in "
                + $"{most} exchanges.");
        }

        return [.. kept.Values];
    }

    private static ExchangeRequest Adjust(ExchangeRequest exchange, TraceRequest request)
    {
        if (request.SourcePort is not null && exchange.Kind == ExchangeKind.Ping)
        {
            throw new RefusedException("--sport: ICMP has no ports; leave it out.");
        }

        return exchange with
        {
            LocalPort = request.SourcePort ?? 0,
            PathMtuDiscovery = request.DontFragment ? PathMtuDiscovery.Do : exchange.PathMtuDiscovery,
        };
    }

    private static void WriteCapture(string? path, List<TraceRecorder> recorded)
    {
        if (path is not null)
        {
            using PcapWriter writer = PcapWriter.ToFile(path, Epoch.Nanoseconds);
            foreach (TraceRecorder one in recorded)
            {
                one.Replay(writer);
            }
        }
    }
}
