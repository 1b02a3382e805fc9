using System.Globalization;
using Emulator.Client.Running;
using Emulator.Cluster.Traffic;
using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Engine.Distribution;
using Emulator.Engine.Execution;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Client.Tests;

/// <summary>Requests and limits from manifest to client: whole clusters, exact figures.</summary>
public sealed class LimitsRunTests
{
    private const string OneCore = "tests/Emulator.Client.Tests/Scenarios/one-core.yaml";
    private const string BestEffort = "tests/Emulator.Client.Tests/Scenarios/best-effort.yaml";
    private const string Leak = "tests/Emulator.Client.Tests/Scenarios/leak.yaml";

    /// <summary>100m and 300m are 102 and 307 shares, weights 4 and 12 below <c>burstable</c>, which is alone: a
    /// quarter and three quarters of ten seconds.</summary>
    [Fact]
    public void Requests_of_100m_and_300m_get_a_quarter_and_three_quarters_of_a_core() => Assert.Equal(
        [("large", 7_500_000L), ("small", 2_500_000L)], Used([OneCore], 10));

    /// <summary><c>burstable</c> has 409 shares, weight 16, <c>besteffort</c> weight 1: one of 17 seconds is its, and
    /// of the other 16 a quarter and three quarters.</summary>
    [Fact]
    public void A_pod_that_asked_for_nothing_gets_what_the_weights_say() => Assert.Equal(
        [("large", 12_000_000L), ("none", 1_000_000L), ("small", 4_000_000L)], Used([OneCore, BestEffort], 17));

    /// <summary>
    /// 100 ms of work at 20 ms a period of 100 ms: 420 ms from a period's start, 340 to 420 ms elsewhere, were there
    /// one quota. There are two: the container's, whose periods begin with its start, and its pod's, whose periods
    /// begin when the kubelet let the pod in, 500 ms and its UID's share of 500 ms before. Work goes on while neither
    /// is used up. All but the 100 ms is throttled time, on the hop that carries the answer.
    /// </summary>
    [Fact]
    public void A_limit_of_200m_makes_100_ms_of_work_take_what_the_periods_leave()
    {
        var seen = new Seen(JournalKind.Cpu);
        using ClusterRun run = ScenarioRun.Of(["examples/limits"], 7, 1, 0, seen);
        long start = StartOf(run, "slow");
        ulong uid = StableHash.Of(run.Pods.Single(p => p.Name == "slow").Uid);
        long admitted = start - 500_000_000 - (long)(uid % 500_000_000);
        for (int i = 0; i < 8; i++)
        {
            Traffic(run, "node/node-1", "svc/default/slow:80", 1_000, 1);
            run.Engine.RunUntil(run.Engine.Now + SimDuration.FromMilliseconds(617));
        }

        Assert.Equal(8, seen.Entries.Count);
        Assert.All(seen.Entries, cost =>
        {
            Assert.Equal(100_000_000, cost.B);
            long asked = cost.TimeNanoseconds - cost.B - cost.A;
            Assert.Equal(TimeOf(100_000_000, asked, start, admitted) - 100_000_000, cost.A);
            Assert.InRange(cost.A, 240_000_000, 400_000_000);
        });
        Assert.True(seen.Entries.Select(c => c.A).Distinct().Count() >= 4, "different parts of a period");
    }

    /// <summary>How long work takes that begins with full quotas of 20 ms in periods of 100 ms.</summary>
    private static long TimeOf(long work, long begins, params long[] periodsFrom)
    {
        const long Quota = 20_000_000;
        const long Period = 100_000_000;
        long[] left = [.. periodsFrom.Select(_ => Quota)];
        long[] next = [.. periodsFrom.Select(from => begins + Period - ((begins - from) % Period))];
        long now = begins;
        while (true)
        {
            long run = Math.Min(work, left.Min());
            long until = next.Min();
            if (run > 0 && now + run <= until)
            {
                (now, work) = (now + run, work - run);
                left = [.. left.Select(l => l - run)];
                if (work == 0)
                {
                    return now - begins;
                }
            }
            else
            {
                long partly = Math.Min(run, until - now);
                (now, work) = (until, work - partly);
                left = [.. left.Select((l, i) => next[i] == until ? Quota : l - partly)];
                next = [.. next.Select(n => n == until ? n + Period : n)];
            }
        }
    }

    /// <summary>64Mi and a byte at 8Mi a second: 8 s and 119.2 ns, rounded up. Then at once, and after 10, 20, 40, 80,
    /// 160, 300 and 300 s. The status says so one API call later, 0.4 ms.</summary>
    [Fact]
    public void A_leak_is_killed_and_started_again_to_the_millisecond()
    {
        using ClusterRun run = ScenarioRun.Of([Leak], 7, 1, 0);
        SimTime at = new(StartOf(run, "leak"));
        SimDuration life = new(8_000_000_120);
        int restarts = 0;
        foreach (int wait in (int[])[0, 10, 20, 40, 80, 160, 300, 300])
        {
            SimTime end = at + life;
            run.Engine.RunUntil(end);
            Assert.Equal((restarts, true), StateOf(run));
            Assert.True(IsServed(run));
            if (wait > 0)
            {
                run.Engine.RunUntil(end + SimDuration.FromMilliseconds(2));
                Assert.Equal((restarts, false), StateOf(run));
                Assert.Equal("CrashLoopBackOff", Container(run).At("state", "waiting", "reason")!.AsString);
                Assert.False(IsServed(run));
            }

            at = end + SimDuration.FromSeconds(wait);
            run.Engine.RunUntil(at);
            Assert.Equal((restarts, wait == 0), StateOf(run));
            run.Engine.RunUntil(at + SimDuration.FromMilliseconds(1));
            Assert.Equal((++restarts, true), StateOf(run));
            Assert.Equal("OOMKilled", Container(run).At("lastState", "terminated", "reason")!.AsString);
            Assert.Equal(137, Container(run).At("lastState", "terminated", "exitCode")!.AsInt64);
            run.Engine.RunUntil(at + SimDuration.FromMilliseconds(3));
            Assert.True(IsServed(run));
        }
    }

    /// <summary>
    /// A request each 0.4 ms from another node, across the container's second end, after which it waits 10 s. Who is
    /// under way to the process when it ends is reset; refused is whose SYN comes later: by the pod's reset while the
    /// client's node still has the rules for it, by that node's REJECT once kube-proxy has heard that no endpoint is
    /// ready, until it has heard that one is again. What is journaled: the kill, the two writes of the EndpointSlice,
    /// each packet at the pod. kube-proxy hears of a write 200 µs (API server) and two wires of 50 µs and some later,
    /// and has not synced for a second, so its rules change then.
    /// </summary>
    [Fact]
    public void Clients_are_refused_while_the_rules_lag_behind()
    {
        var seen = new Seen(
            JournalKind.ExchangeStarted, JournalKind.ExchangeEnded, JournalKind.Note, JournalKind.ObjectWritten,
            JournalKind.Dropped, JournalKind.Delivered);
        using ClusterRun run = ScenarioRun.Of([Leak], 7, 1, 0, seen);
        SimTime end = new(StartOf(run, "leak") + (2 * 8_000_000_120));
        run.Engine.RunUntil(new SimTime(end.Nanoseconds - 50_000_000));
        int before = seen.Entries.Count;
        Traffic(run, "node/node-2", "svc/default/leak:80", 400, 25_500);
        run.Engine.RunUntil(end + SimDuration.FromSeconds(10) + SimDuration.FromMilliseconds(500));

        JournalEntry[] entries = [.. seen.Entries.Skip(before)];
        JournalEntry kill = entries.Single(e => e is { Kind: JournalKind.Note, Subject: "oom-kill" });
        Assert.Equal(end.Nanoseconds, kill.TimeNanoseconds);
        long[] slices = [.. entries.Where(e => e.Kind == JournalKind.ObjectWritten
            && e.Subject!.ToString()!.Contains("endpointslices", StringComparison.OrdinalIgnoreCase))
            .Select(e => e.TimeNanoseconds)];
        Assert.Equal(2, slices.Length);
        const long Lag = 302_000;
        (long without, long with) = (slices[0] + Lag, slices[1] + Lag);

        JournalEntry[] begun = [.. entries.Where(e => e is { Kind: JournalKind.ExchangeStarted, IsReply: false })];
        var outcomes = entries.Where(e => e is { Kind: JournalKind.ExchangeEnded, IsReply: false })
            .ToDictionary(e => e.Flow, e => (ExchangeOutcome)e.A);
        Assert.Equal(begun.Length, outcomes.Count);
        ILookup<ulong, long> arrivals = entries.Where(
            e => e is { Kind: JournalKind.Delivered or JournalKind.Dropped, IsReply: false }
                && e.Actor.Name == "pod/default/leak").ToLookup(e => e.Flow, e => e.TimeNanoseconds);
        int stale = 0;
        foreach (JournalEntry exchange in begun)
        {
            // SYN, ACK and request; those that the rules refuse never arrive.
            long[] at = [.. arrivals[exchange.Flow]];
            bool hasRules = exchange.TimeNanoseconds < without || exchange.TimeNanoseconds >= with;
            Assert.Equal(hasRules, at.Length > 0);
            bool isStale = hasRules && at[0] >= kill.TimeNanoseconds && exchange.TimeNanoseconds < without;
            stale += isStale ? 1 : 0;
            ExchangeOutcome expected = !hasRules || isStale ? ExchangeOutcome.Refused
                : at[0] < kill.TimeNanoseconds && at[2] >= kill.TimeNanoseconds ? ExchangeOutcome.Reset
                : ExchangeOutcome.Reply;
            Assert.Equal(
                (exchange.TimeNanoseconds, expected), (exchange.TimeNanoseconds, outcomes[exchange.Flow]));
        }

        Assert.True(stale > 1, $"{stale} requests met the closed port");
        int rejected = entries.Count(e => e is { Kind: JournalKind.Dropped, Reason: DropReason.NetfilterReject });
        Assert.Equal(outcomes.Values.Count(o => o == ExchangeOutcome.Refused), stale + rejected);
    }

    private static (string Container, long Microseconds)[] Used(string[] paths, int seconds)
    {
        var outputs = new Seen(JournalKind.CommandOutput);
        using ClusterRun run = ScenarioRun.Of(paths, 7, 1, 2_000, outputs);
        string[] files =
        [
            .. run.Pods.Select(p => "cat /sys/fs/cgroup/kubepods/"
                + (p.Name == "none" ? "besteffort" : "burstable") + $"/pod{p.Uid}/{p.Name}/cpu.stat"),
        ];
        long[] Read()
        {
            outputs.Entries.Clear();
            foreach (string file in files)
            {
                run.Engine.Inject(run.Cluster.Nodes["node-1"], new Dump(file));
            }

            run.Engine.RunUntil(run.Engine.Now + SimDuration.FromMilliseconds(10));
            return [.. outputs.Entries.Select(e => long.Parse(
                e.Subject!.ToString()!.Split('\n')[0].Split(' ')[1], CultureInfo.InvariantCulture))];
        }

        long[] before = Read();
        run.Engine.RunUntil(
            run.Engine.Now + SimDuration.FromMilliseconds((seconds * 1_000) - 10));
        long[] after = Read();
        return [.. run.Pods.Select((p, i) => (p.Name, after[i] - before[i]))];
    }

    /// <summary>When a pod's container was started first: its event's name has the instant.</summary>
    private static long StartOf(ClusterRun run, string pod) => long.Parse(
        run.Objects.All(ResourceTypes.Events).First(e => e.Json.Find("reason")?.AsString == "Started"
            && e.Json.At("involvedObject", "name")?.AsString == pod).Name.Split('.')[1],
        NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static Core.Documents.JsonValue Container(ClusterRun run) =>
        run.Pods.Single(p => p.Name == "leak").ContainerStatuses[0];

    private static (int Restarts, bool IsRunning) StateOf(ClusterRun run) => (
        (int)Container(run)["restartCount"]!.AsInt64!.Value, Container(run).At("state", "running") is not null);

    /// <summary>Whether the Service has an endpoint that is ready.</summary>
    private static bool IsServed(ClusterRun run) => run.Objects.All(ResourceTypes.EndpointSlices)
        .Where(s => s.Name.StartsWith("leak-", StringComparison.Ordinal))
        .SelectMany(s => s.Json.Find("endpoints")?.Items ?? [])
        .Any(e => e.At("conditions", "ready")?.AsBool == true);

    private static void Traffic(ClusterRun run, string from, string to, int microseconds, int count)
    {
        Assert.True(TrafficSource.TryParse(from, out TrafficSource source));
        Assert.True(TrafficTarget.TryParse(to, out TrafficTarget? target));
        PlannedExchange planned = new ExchangePlanner(run, source, null).Plan(target, null, null);
        run.Engine.Inject(SourceFinder.Find(run, source)[0], new StartProcess(
            "client", new TrafficGenerator(planned.Request, SimDuration.FromMicroseconds(microseconds))
            {
                CountMax = count,
            }));
    }

    private sealed class Seen(params JournalKind[] kinds) : IJournalProjection
    {
        public List<JournalEntry> Entries { get; } = [];

        public bool WantsDetail { get; } = kinds.Any(k => k > JournalKind.FirstDetail);

        public JournalInterest Interest =>
            WantsDetail ? JournalInterest.Everything : JournalInterest.In(kinds);

        public void Write(ReadOnlySpan<JournalEntry> entries)
        {
            foreach (ref readonly JournalEntry entry in entries)
            {
                if (kinds.Contains(entry.Kind))
                {
                    Entries.Add(entry);
                }
            }
        }
    }
}
