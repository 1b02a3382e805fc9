using System.Diagnostics;
using Emulator.Core.Journal;
using Emulator.Core.Time;
using Emulator.Engine.Execution;
using Emulator.Engine.Telemetry.Otlp;

namespace Emulator.Bench;

/// <summary>
/// Cross-node pod to ClusterIP UDP packets a wall second on one shard: 64 bytes, one way to a sink, one flow a pod,
/// journal
/// and digest on.
/// </summary>
internal static class PacketBench
{
    private const int WarmUpTenths = 1;

    /// <summary>Export off, at three sizes.</summary>
    public static void Run()
    {
        foreach (int nodes in (int[])[10, 100, 1_000])
        {
            Run("packets", nodes, 2_000_000, []);
        }
    }

    /// <summary>Every hop as an OTLP span into a file, at 100 nodes.</summary>
    public static void RunExport()
    {
        string file = Path.GetTempFileName();
        var options = new OtlpOptions { RunId = "bench", Seed = 1, EpochNanoseconds = 0, SpanBudget = 0 };
        using (var destination = new OtlpFile(file))
        {
            var spans = new JournalSpans(options, destination);
            Run("packets, each hop exported to a file,", 100, 200_000, [spans]);
            spans.Complete();
            Console.WriteLine($"  {spans.Counters}; file of {new FileInfo(file).Length:N0} bytes");
        }

        File.Delete(file);
    }

    private static void Run(string name, int nodes, int total, IReadOnlyList<IJournalProjection> exports)
    {
        var counter = new HopCounter();
        using var engine = new InProcessEngine(new EngineOptions { Seed = 1, Projections = [counter, .. exports] });
        var cluster = new PacketNodes(engine, nodes);
        engine.RunUntil(SimTime.Zero + SimDuration.FromMilliseconds(5));
        cluster.ConfigurePods();
        engine.RunUntil(SimTime.Zero + SimDuration.FromMilliseconds(10));
        int each = total / (nodes * PacketNodes.PodsPerNode);
        cluster.Send(1_000_000, each);

        // The first tenth warms caches, ARP and the just-in-time compiler.
        engine.RunUntil(SimTime.Zero + SimDuration.FromMilliseconds(11 + (each * WarmUpTenths / 10)));
        (long packets, long hops) = (counter.Delivered, counter.Hops);
        var watch = Stopwatch.StartNew();
        engine.RunUntil(SimTime.Zero + SimDuration.FromMilliseconds(11 + each - 2));
        double seconds = watch.Elapsed.TotalSeconds;
        packets = counter.Delivered - packets;
        hops = counter.Hops - hops;
        Console.WriteLine(
            $"{name} {nodes} nodes x {PacketNodes.PodsPerNode} pods: {packets / seconds:N0} packets/s, "
            + $"{hops / seconds:N0} frame events/s ({(double)hops / packets:F2} a packet, {packets:N0} packets, "
            + $"{counter.Dropped} dropped, digest {engine.Digest:x16})");
    }

    private sealed class HopCounter : IJournalProjection
    {
        public long Hops { get; private set; }

        public long Delivered { get; private set; }

        public long Dropped { get; private set; }

        public void Write(ReadOnlySpan<JournalEntry> entries)
        {
            foreach (ref readonly JournalEntry entry in entries)
            {
                Hops += entry.Kind == JournalKind.Hop ? 1 : 0;
                Delivered += entry.Kind == JournalKind.Delivered ? 1 : 0;
                Dropped += entry.Kind == JournalKind.Dropped ? 1 : 0;
            }
        }
    }
}
