using System.Diagnostics;
using Emulator.Core.Actors;
using Emulator.Core.Time;
using Emulator.Engine.Execution;
using Emulator.Linux.Cgroups;

namespace Emulator.Bench;

/// <summary>What a request's CPU time costs to model: nodes of 4 cores with 30 busy pods each, of which every third has
/// a quota. How long requests wait, beside what queueing theory says, is QueueTests' affair.</summary>
internal static class CpuBench
{
    private const int Pods = 30;
    private const long MeanWork = 1_000_000;

    public static void Run()
    {
        foreach (int nodes in (int[])[10, 100, 1_000, 5_000])
        {
            Measure(nodes);
        }
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
