using Emulator.Client.Requests;
using Emulator.Client.Running;
using Emulator.Cluster.Traffic;
using Emulator.Core.Actors;
using Emulator.Core.Time;
using Emulator.Engine.Execution;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Client.Tests;

/// <summary>A cluster from files in an engine, with projections of the test's own.</summary>
internal static class ScenarioRun
{
    /// <summary>Runs a scenario until it has settled, starts its first traffic, and goes on for a while.</summary>
    public static ClusterRun Of(
        string[] paths, ulong seed, int shards, int milliseconds, params IJournalProjection[] projections)
    {
        var streams = new Streams(TextReader.Null, TextWriter.Null, new StringWriter(), IsTerminal: false);
        LoadedInput loaded = InputLoader.Load([.. paths.Select(p => Path.Combine(CommandRun.Root, p))], streams)
            ?? throw new InvalidOperationException(streams.Error.ToString());
        var run = new ClusterRun(
            loaded, seed, new EngineRequest { Shards = shards }, projections, streams);
        Settlement.Run(run);
        foreach (TrafficSpec traffic in loaded.Input.Traffic)
        {
            ActorRef source = SourceFinder.Find(run, traffic.From)[0];
            PlannedExchange planned = new ExchangePlanner(run, traffic.From, null).Plan(traffic.To, 4, 5);
            run.Engine.Inject(source, new StartProcess(
                traffic.Name, new TrafficGenerator(planned.Request, traffic.Interval) { CountMax = 200 }));
        }

        run.Engine.RunUntil(run.Engine.Now + SimDuration.FromMilliseconds(milliseconds));
        return run;
    }
}
