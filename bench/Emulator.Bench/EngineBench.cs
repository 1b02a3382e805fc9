using System.Diagnostics;
using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Time;
using Emulator.Engine.Execution;

namespace Emulator.Bench;

/// <summary>
/// What the engine itself costs for each message: actors that pass one object on, with and without a journal entry.
/// </summary>
internal static class EngineBench
{
    private const int Machines = 200;

    public static void Run()
    {
        foreach ((int shards, int threads) in ((int, int)[])[(1, 1), (2, 1), (2, 2)])
        {
            foreach (bool journals in (bool[])[false, true])
            {
                Measure(shards, threads, journals);
            }
        }
    }

    private static void Measure(int shards, int threads, bool journals)
    {
        using InProcessEngine engine = new(new EngineOptions { Shards = shards, Threads = threads });
        ActorRef[] actors = [.. Enumerable.Range(0, Machines)
            .Select(i => new ActorRef($"relay-{i}", "", new MachineRef($"node-{i}", $"zone-{i % 2}")))];
        for (int i = 0; i < Machines; i++)
        {
            // Mostly within the zone; each twentieth machine passes on to the other zone.
            ActorRef next = actors[(i + (i % 20 == 0 ? 1 : 2)) % Machines];
            engine.Add(actors[i].Machine, new Relay(actors[i], next, journals), []);
            engine.DeclareWire(actors[i].Machine, next.Machine, Relay.Latency);
        }

        engine.RunUntil(SimTime.Zero + SimDuration.FromMilliseconds(100));
        long before = engine.Statistics.Events;
        long allocated = GC.GetTotalAllocatedBytes();
        long start = Stopwatch.GetTimestamp();
        engine.RunUntil(SimTime.Zero + SimDuration.FromMilliseconds(600));
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        long events = engine.Statistics.Events - before;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        Console.WriteLine(
            $"engine {shards} shards {threads} threads {(journals ? "journal" : "silent "),-8}: "
            + $"{elapsed.TotalNanoseconds / events,6:F1} ns per message, "
            + $"{(double)allocated / events:F3} bytes allocated per message");
    }

    private sealed record Ball : Message;

    private sealed class Relay(ActorRef self, ActorRef next, bool journals) : Actor(self)
    {
        public const long Latency = 50_000;

        public override void OnStart(Outbox outbox)
        {
            for (int i = 0; i < 8; i++)
            {
                outbox.Send(Self, new Ball(), 1 + (i * 5_000));
            }
        }

        public override void Receive(Message message, int port, Outbox outbox)
        {
            if (journals)
            {
                outbox.Journal.Write(new JournalEntry
                {
                    TimeNanoseconds = outbox.Now.Nanoseconds,
                    Actor = Self,
                    Subject = message,
                    Packet = 1,
                    Kind = JournalKind.Hop,
                });
            }

            outbox.Send(next, message, Latency);
        }
    }
}
