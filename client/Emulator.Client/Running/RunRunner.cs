using System.Diagnostics;
using Emulator.Client.Output;
using Emulator.Client.Requests;
using Emulator.Cluster.Manifests;
using Emulator.Cluster.Traffic;
using Emulator.Core.Actors;
using Emulator.Core.Time;
using Emulator.Engine.Clocks;
using Emulator.Engine.Execution;
using Emulator.Engine.Telemetry;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Client.Running;

/// <summary><c>emulator run</c></summary>
internal sealed class RunRunner(Streams streams)
{
    /// <summary>How much virtual time passes between two looks at the progress bar.</summary>
    private static readonly SimDuration Slice = SimDuration.FromMilliseconds(100);

    /// <summary>Runs the command.</summary>
    public int Run(RunRequest request)
    {
        if (InputLoader.Load(request.Paths, streams) is not { } loaded)
        {
            return ExitCode.BadInput;
        }

        long started = Stopwatch.GetTimestamp();
        var exchanges = new ExchangeStatistics();
        using PcapWriter? captures =
            request.PcapFolder is string folder ? PcapWriter.ToFolder(folder, Epoch.Nanoseconds) : null;
        using var telemetry = new TelemetryOutput(request.Otlp, request.Seed, loaded.Cluster.Spec.Name,
            request.SpanBudget, request.Sampling);
        IJournalProjection[] projections =
            [exchanges, .. captures is null ? [] : new[] { captures }, .. telemetry.Projections];
        using var run = new ClusterRun(
            loaded, request.Seed, request.Engine, projections, streams, request.Clock);
        Follow(run, request, loaded.Input);
        var report = RunSummary.Of(run, exchanges, Stopwatch.GetElapsedTime(started));
        report.Write(streams.Out);
        telemetry.Complete(run.Engine.Statistics, streams.Out);
        if (request.ReportFolder is string reports)
        {
            Directory.CreateDirectory(reports);
            using StreamWriter text = File.CreateText(Path.Combine(reports, "report.txt"));
            report.Write(text);
            File.WriteAllText(Path.Combine(reports, "report.json"), report.ToJson() + "\n");
        }

        return report.LedgerProblem is null ? ExitCode.Done : ExitCode.Failed;
    }

    private void Follow(ClusterRun run, RunRequest request, ClusterInput input)
    {
        using var bar = new ProgressBar(streams, run.Engine);
        IReadOnlyList<string> unready = Settlement.Run(run, now => bar.Show("starting", now, null));
        bar.Clear();
        Notices.Print(streams, input, unready);
        SimTime end = run.Engine.Now + request.For;
        foreach (TrafficSpec traffic in input.Traffic)
        {
            StartTraffic(run, traffic);
        }

        using var stop = new CancellationTokenSource();
        StepByKeys(run, request.Clock, stop);
        while (run.Engine.Now < end && !stop.IsCancellationRequested)
        {
            bool whole = request.Clock.Kind == ClockKind.Step || !streams.IsTerminal;
            SimTime next = whole || end - run.Engine.Now < Slice ? end : run.Engine.Now + Slice;
            run.Engine.Drive(next, stop.Token);
            bar.Show("running", run.Engine.Now, end);
        }
    }

    /// <summary>Starts a document's traffic: a Deployment's pods take turns.</summary>
    private static void StartTraffic(ClusterRun run, TrafficSpec traffic)
    {
        IReadOnlyList<ActorRef> sources = SourceFinder.Find(run, traffic.From);
        PlannedExchange planned =
            new ExchangePlanner(run, traffic.From, null).Plan(traffic.To, traffic.RequestBytes, traffic.ReplyBytes);
        for (int i = 0; i < sources.Count; i++)
        {
            var program = new TrafficGenerator(
                planned.Request with { Timeout = traffic.Timeout }, traffic.Interval * sources.Count)
            {
                StartOffset = traffic.Start + (traffic.Interval * i),
                Duration = traffic.Duration,
            };
            run.Engine.Inject(sources[i], new StartProcess($"traffic/{traffic.Name}", program));
        }
    }

    /// <summary>With a stopped clock each line of input lets a millisecond pass; the end of input ends the
    /// run.</summary>
    private void StepByKeys(ClusterRun run, ClockMode clock, CancellationTokenSource stop)
    {
        if (clock.Kind != ClockKind.Step)
        {
            return;
        }

        streams.Error.WriteLine("Press Enter for each millisecond of virtual time; end the input to end the run.");
        var reader = new Thread(() =>
        {
            while (streams.In.ReadLine() is not null)
            {
                run.Engine.Advance(SimDuration.FromMilliseconds(1));
                streams.Error.WriteLine(run.Engine.Now);
            }

            stop.Cancel();
        })
        {
            IsBackground = true,
        };
        reader.Start();
    }
}
