using Emulator.Client.Running;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Engine.Execution;
using Emulator.Engine.Telemetry;
using Emulator.Engine.Telemetry.Otlp;
using Emulator.Engine.Tests.Telemetry;
using Emulator.Engine.Tests.Telemetry.Otlp;

namespace Emulator.Client.Tests;

/// <summary>The invariants of ARCHITECTURE.md that only a whole run can show.</summary>
public sealed class InvariantTests
{
    private const string Lossy = "tests/Emulator.Client.Tests/Scenarios/lossy.yaml";
    private const string Idle = "tests/Emulator.Client.Tests/Scenarios/idle-pod.yaml";

    [Fact]
    public void Twenty_runs_of_one_seed_have_one_digest()
    {
        var digests = new SortedSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < 20; i++)
        {
            using ClusterRun run = ScenarioRun.Of([Lossy], seed: 7, shards: 1, milliseconds: 500);
            digests.Add(run.Digest);
        }

        Assert.Single(digests);
    }

    [Fact]
    public void One_two_and_four_shards_have_one_digest_and_another_seed_another()
    {
        string[] digests = [.. new[] { (7UL, 1), (7UL, 2), (7UL, 4), (8UL, 1) }.Select(c =>
        {
            using ClusterRun run = ScenarioRun.Of([Lossy], c.Item1, c.Item2, milliseconds: 2_000);
            return run.Digest;
        })];

        Assert.Equal([digests[0], digests[0], digests[0]], digests[..3]);
        Assert.NotEqual(digests[0], digests[3]);
    }

    [Fact]
    public void Every_packet_ends_once_though_links_lose_double_and_reorder()
    {
        var hops = new Collected();

        using ClusterRun run = ScenarioRun.Of([Lossy], seed: 7, shards: 2, milliseconds: 3_000, hops);

        Assert.Null(run.Ledger.Check(run.Engine.PacketsInFlight));
        Assert.Contains(run.Ledger.DroppedByReason, d => d is { Reason: DropReason.LinkLoss, Packets: > 0 });
        Assert.Contains(
            hops.Entries,
            e => e.Kind == JournalKind.Copied && e.Actor.Name.StartsWith("switch", StringComparison.Ordinal));
    }

    [Fact]
    public void An_idle_pod_changes_nobody_elses_draws()
    {
        string[] alone = Choices([Lossy]);
        string[] beside = Choices([Lossy, Idle]);

        Assert.Equal(alone, beside);
        Assert.Equal(6, alone.Distinct().Count()); // Three endpoints, by TCP and by UDP.
    }

    [Fact]
    public async Task A_collector_gets_every_journaled_hop_once_and_tracing_does_not_change_the_digest()
    {
        await using LoopbackCollector collector = await LoopbackCollector.Start(isGrpc: false);
        var options = new OtlpOptions
        {
            RunId = "1", Seed = 7, EpochNanoseconds = 0, SpanBudget = 0, Detail = true, WaitingBatchesMax = 1,
        };
        var counted = new Collected();
        using var destination = new OtlpCollector(collector.Address, options);
        var spans = new JournalSpans(options, destination);
        using ClusterRun traced = ScenarioRun.Of([Lossy], 7, 1, 300, counted, spans);
        using ClusterRun quiet = ScenarioRun.Of([Lossy], 7, 1, 300);
        spans.Complete();

        ReceivedSpan[] hops = [.. collector.Spans.Where(s => s.IsHop)];

        Assert.Equal(counted.Entries.Count(e => e.Kind == JournalKind.Hop), hops.Length);
        Assert.Equal(hops.Length, hops.Select(h => h.Id).Distinct().Count());
        var ids = collector.Spans.Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        Assert.All(
            hops, h => Assert.True(ids.Contains(h.Parent) && h.Start < h.End, $"{h.Name} {h.Id} parent {h.Parent}"));
        Assert.Equal(quiet.Digest, traced.Digest);
    }

    [TsharkFact]
    public void A_capture_has_as_many_frames_an_interface_as_the_journal()
    {
        var counted = new Collected();
        string folder = Directory.CreateTempSubdirectory("captures").FullName;
        string file = Path.Combine(folder, "all.pcapng");
        using (PcapWriter writer = PcapWriter.ToFile(file, 0))
        {
            using ClusterRun run = ScenarioRun.Of([Lossy], 7, 1, 300, counted, writer);
        }

        string[] faults = TsharkFactAttribute.Run(file, "-Y", Faults);
        string[] names = TsharkFactAttribute.Run(file, "-T", "fields", "-e", "frame.interface_name");
        Directory.Delete(folder, recursive: true);
        Assert.Empty(faults);
        Assert.Equal(
            Counted(counted.Entries.Where(e => e.Kind == JournalKind.Hop).Select(e => e.Interface!.ToString())),
            Counted(names)); // Hops name their interface.
    }

    private const string Faults =
        "_ws.malformed || ip.checksum.status == 0 || udp.checksum.status == 0 || tcp.checksum.status == 0";

    private static IEnumerable<string> Counted(IEnumerable<string> names) =>
        names.GroupBy(n => n, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{g.Key} {g.Count()}");

    // Which pod each datagram of the client reached, in the order of arrival at the client's node.
    private static string[] Choices(string[] paths)
    {
        var collected = new Collected { WantsDetail = true };
        using ClusterRun run = ScenarioRun.Of(paths, seed: 7, shards: 1, milliseconds: 2_500, collected);
        return [.. collected.Entries
            .Where(e => e.Kind == JournalKind.Rule && e.Actor.Name == "node/node-1" && e.Subject is IDescribed)
            .Select(e => ((IDescribed)e.Subject!).Describe()) // Filtered.
            .Where(t => t.Contains("-j DNAT", StringComparison.Ordinal)).Take(250)];
    }

    private sealed class Collected : IJournalProjection
    {
        public bool WantsDetail { get; init; }

        public List<JournalEntry> Entries { get; } = [];

        public void Write(ReadOnlySpan<JournalEntry> entries) => Entries.AddRange(entries);
    }
}
