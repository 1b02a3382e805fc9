using System.Diagnostics;
using Emulator.Core.Actors;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Engine.Execution;
using Emulator.Linux.Cgroups;
using Emulator.Linux.Cgroups.Cpu;

namespace Emulator.Bench;

/// <summary>
/// What a request's CPU time costs to model: nodes of 4 cores with 30 busy pods each, of which every third has a quota;
/// and a million requests of M/M/1 and M/M/4 at 70 % beside what queueing theory says.
/// </summary>
internal static class CpuBench
{
    private const int Pods = 30;
    private const int Requests = 1_000_000;
    private const long MeanWork = 1_000_000;

    public static void Run()
    {
        foreach (int nodes in (int[])[10, 100, 1_000, 5_000])
        {
            Measure(nodes);
        }

        // Means and 99th percentiles in milliseconds: M/M/1 and Erlang's C formula.
        Queue(1, 3.3333, 15.3506);
        Queue(4, 1.3572, 5.4926);
    }

    private static void Measure(int nodes)
    {
        using InProcessEngine engine = new(new EngineOptions { Shards = 1, Threads = 1 });
        var loads = new Load[nodes];
        for (int i = 0; i < nodes; i++)
        {
            var machine = new MachineRef($"node-{i}", "zone-a");
            var cgroups = new ActorRef($"cgroups/node-{i}", "", machine);
            loads[i] = new Load(new ActorRef($"load/node-{i}", "", machine), cgroups);
            engine.Add(machine, loads[i], [new CgroupsActor(cgroups)]);
        }

        // As many requests for each size: about two million.
        long span = 2_000_000_000_000 / nodes / 4_000;
        engine.RunUntil(SimTime.Zero + SimDuration.FromMilliseconds(10));
        long before = loads.Sum(l => l.Done);
        long allocated = GC.GetTotalAllocatedBytes();
        long start = Stopwatch.GetTimestamp();
        engine.RunUntil(engine.Now + new SimDuration(span * 1_000));
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        long requests = loads.Sum(l => l.Done) - before;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        Console.WriteLine(
            $"cpu {nodes,5} nodes x {Pods} pods: {elapsed.TotalNanoseconds / requests,7:F0} ns per request, "
            + $"{requests} requests, {(double)allocated / requests:F0} bytes allocated per request");
    }

    private static void Queue(int workers, double mean, double ninetyNinth)
    {
        var cpu = new CpuScheduler(new CpuOptions { Cores = workers });
        RandomStream gaps = RandomStream.For(1, new ActorId(1), "gaps");
        RandomStream work = RandomStream.For(1, new ActorId(1), "work");
        var waiting = new Queue<(long Arrived, long Work)>();
        var running = new Dictionary<long, long>();
        var latencies = new List<long>(Requests);
        long now = 0;
        for (int i = 0; i <= Requests; i++)
        {
            now = i == Requests
                ? long.MaxValue
                : now + BinaryLogarithm.Exponential(ref gaps, MeanWork * 10 / 7 / workers);
            while (cpu.NextEvent is { } next && next.Nanoseconds <= now)
            {
                cpu.Advance(next);
                while (cpu.TryTake(out CpuCompletion done))
                {
                    running.Remove(done.Task, out long arrived);
                    latencies.Add(next.Nanoseconds - arrived);
                    if (waiting.TryDequeue(out (long Arrived, long Work) first))
                    {
                        running.Add(cpu.Enqueue("/app", first.Work, next), first.Arrived);
                    }
                }
            }

            if (i < Requests)
            {
                waiting.Enqueue((now, BinaryLogarithm.Exponential(ref work, MeanWork)));
                if (running.Count < workers)
                {
                    (long arrived, long wanted) = waiting.Dequeue();
                    running.Add(cpu.Enqueue("/app", wanted, new SimTime(now)), arrived);
                }
            }
        }

        latencies.Sort();
        double seen = latencies.Average() / MeanWork;
        double tail = (double)latencies[Requests * 99 / 100] / MeanWork;
        Console.WriteLine(
            $"M/M/{workers} at 70 %, {Requests} requests of 1 ms: mean {seen:F4} ms (theory {mean:F4}, "
            + $"{(seen / mean) - 1:P2}), p99 {tail:F4} ms (theory {ninetyNinth:F4}, {(tail / ninetyNinth) - 1:P2})");
    }

    // Thirty processes that each want CPU again as soon as they had it: 1 ms and a bit of their own.
    private sealed class Load(ActorRef self, ActorRef cgroups) : Actor(self)
    {
        public long Done { get; private set; }

        public override void OnStart(Outbox outbox)
        {
            for (int i = 0; i < Pods; i++)
            {
                string path = $"/kubepods/burstable/pod{i}/app";
                CgroupSetting[] settings =
                [
                    new(CgroupFiles.CpuWeight, $"{4 + i}"),
                    .. i % 3 == 0 ? [new CgroupSetting(CgroupFiles.CpuMax, "20000 100000")] : (CgroupSetting[])[],
                ];
                outbox.Send(cgroups, new WriteCgroup(path, settings));
                outbox.Send(cgroups, new AddProcess(Self, i, path, 0));
                outbox.Send(cgroups, new RunCpu(Self, i, MeanWork + (i * 1_000), 0));
            }
        }

        public override void Receive(Message message, int port, Outbox outbox)
        {
            if (message is CpuDone done)
            {
                Done++;
                outbox.Send(cgroups, new RunCpu(Self, done.Pid, MeanWork + (done.Pid * 1_000), 0), 1_000);
            }
        }
    }
}
