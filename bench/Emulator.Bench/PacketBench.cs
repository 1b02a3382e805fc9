using System.Diagnostics;
using Emulator.Core.Journal;
using Emulator.Core.Time;
using Emulator.Engine.Execution;

namespace Emulator.Bench;

/// <summary>Cross-node pod to ClusterIP UDP packets a wall second on one shard, journal and digest on, export off.</summary>
internal static class PacketBench
{
    public static void Run()
    {
        string? only = Environment.GetEnvironmentVariable("NODES");
        foreach (int nodes in only is null ? [10, 100, 1_000] : (int[])[int.Parse(only)])
        {
            Run(nodes);
        }
    }

    private static void Run(int nodes)
    {
        var counter = new HopCounter();
        using var engine = new InProcessEngine(new EngineOptions { Seed = 1, Projections = [counter] });
        var cluster = new PacketNodes(engine, nodes);
        engine.RunUntil(SimTime.Zero + SimDuration.FromMilliseconds(5));
        cluster.ConfigurePods();
        engine.RunUntil(SimTime.Zero + SimDuration.FromMilliseconds(10));
        int flows = nodes * PacketNodes.PodsPerNode;
        const int total = 2_000_000;
        int each = total / flows;
        cluster.Send(1_000_000, each);

        // The first tenth warms caches, ARP and the just-in-time compiler.
        engine.RunUntil(SimTime.Zero + SimDuration.FromMilliseconds(11 + (each / 10)));
        (long packets, long hops) = (counter.Delivered, counter.Hops);
        var watch = Stopwatch.StartNew();
        engine.RunUntil(SimTime.Zero + SimDuration.FromMilliseconds(11 + each - 2));
        double seconds = watch.Elapsed.TotalSeconds;
        packets = counter.Delivered - packets;
        hops = counter.Hops - hops;
        Console.WriteLine(
            $"packets {nodes} nodes x {PacketNodes.PodsPerNode} pods: {packets / seconds:N0} packets/s, "
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
                switch (entry.Kind)
                {
                    case JournalKind.Hop:
                        Hops++;
                        break;
                    case JournalKind.Delivered:
                        Delivered++;
                        break;
                    case JournalKind.Dropped:
                        Dropped++;
                        break;
                }
            }
        }
    }
}
