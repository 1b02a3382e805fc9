using System.Diagnostics;
using System.Globalization;
using Emulator.Client.Output;
using Emulator.Client.Requests;
using Emulator.Cluster.Traffic;
using Emulator.Engine.Telemetry;

namespace Emulator.Client.Running;

/// <summary><c>emulator demo</c></summary>
internal sealed class DemoRunner(Streams streams)
{
    private const string Url = "http://shop.example.com/api/catalog";

    /// <summary>Runs the command.</summary>
    public int Run(DemoRequest request)
    {
        long started = Stopwatch.GetTimestamp();
        string folder = Path.Combine(AppContext.BaseDirectory, "examples", "shop");
        if (InputLoader.Load([folder], streams) is not { } loaded)
        {
            return ExitCode.BadInput;
        }

        var recorder = new ExchangeRecorder();
        using var telemetry = new TelemetryOutput(request.Otlp, request.Seed, loaded.Cluster.Spec.Name, spanBudget: 0);
        using var run = new ClusterRun(
            loaded, request.Seed, request.Engine, [recorder, .. telemetry.Projections], streams);
        Notices.Print(streams, loaded.Input, Settlement.Run(run));
        var source = new ExternalSource(null, null);
        TrafficTarget.TryParse(Url, out TrafficTarget target);
        PlannedExchange planned = new ExchangePlanner(run, source, null).Plan(target, null, null);
        TraceRecorder recorded = new ExchangeRunner(run, recorder).Make(SourceFinder.Find(run, source)[0],
            planned.Request);
        TraceReport report = TraceReport.From(recorded.Entries, request.Seed, run.Digest, planned.Branches);
        if (request.Pcap is string path)
        {
            using PcapWriter writer = PcapWriter.ToFile(path, Epoch.Nanoseconds);
            recorded.Replay(writer);
        }

        streams.Out.WriteLine($"{Url} from outside, through {run.Cluster.Spec.Nodes[0].Name}'s node port:");
        streams.Out.WriteLine();
        TracePrinter.Print(streams, OutputFormat.Table, [report]);
        streams.Out.WriteLine();
        PlacementPrinter.Print(streams, run.Pods);
        streams.Out.WriteLine();
        streams.Out.WriteLine(TraceTable.Minimal(report));
        streams.Out.WriteLine();
        telemetry.Complete(run.Engine.Statistics, streams.Out);
        streams.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"digest {run.Digest}   virtual time {run.Engine.Now}   wall time "
            + $"{Stopwatch.GetElapsedTime(started).TotalSeconds:F3}s"));
        return report.Verdict == TraceVerdict.Delivered ? ExitCode.Done : ExitCode.Failed;
    }
}
