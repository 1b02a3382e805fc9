using Emulator.Core.Actors;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Linux.Cgroups.Cpu;

namespace Emulator.Linux.Tests.Cgroups;

/// <summary>A queue with workers on the scheduler, at 70 % utilisation: Poisson arrivals, exponential work of 1 ms in
/// the mean, 200,000 requests of one seed. Expected: queueing theory (M/M/1: mean 1/(1−ρ), p99 = mean × ln 100; M/M/4:
/// Erlang's C formula, 0.4287 wait, mean 1 + 0.4287/1.2 = 1.3572 ms, p99 5.4926 ms). The standard error of such a mean
/// is 1.2 % for M/M/1, so 3 % is two and a half of them.</summary>
public sealed class QueueTests
{
    private const int Requests = 200_000;
    private const long MeanWork = 1_000_000;

    [Theory]
    [InlineData(1, 3_333_333, 15_350_567)]
    [InlineData(4, 1_357_212, 5_492_557)]
    public void Latencies_at_70_percent_are_those_of_theory(int workers, long mean, long ninetyNinth)
    {
        long[] latencies = Run(workers, MeanWork * 10 / 7 / workers);
        long seen = latencies.Sum() / Requests;
        Array.Sort(latencies);
        Assert.InRange(seen, mean * 97 / 100, mean * 103 / 100);
        Assert.InRange(latencies[Requests * 99 / 100], ninetyNinth * 97 / 100, ninetyNinth * 103 / 100);
    }

    private static long[] Run(int workers, long meanGap)
    {
        var cpu = new CpuScheduler(new CpuOptions { Cores = workers });
        RandomStream gaps = RandomStream.For(1, new ActorId(1), "gaps");
        RandomStream work = RandomStream.For(1, new ActorId(1), "work");
        var waiting = new Queue<(int Number, long Work)>();
        var running = new Dictionary<long, int>();
        long[] arrived = new long[Requests];
        long[] latencies = new long[Requests];
        long now = 0;
        int busy = 0;
        void Until(long time)
        {
            while (cpu.NextEvent is { } next && next.Nanoseconds <= time)
            {
                cpu.Advance(next);
                while (cpu.TryTake(out CpuCompletion done))
                {
                    int number = running[done.Task];
                    latencies[number] = done.Finished.Nanoseconds - arrived[number];
                    busy--;
                    if (waiting.TryDequeue(out (int Number, long Work) first))
                    {
                        busy++;
                        running.Add(cpu.Enqueue("/app", first.Work, next), first.Number);
                    }
                }
            }
        }

        for (int i = 0; i < Requests; i++)
        {
            now += BinaryLogarithm.Exponential(ref gaps, meanGap);
            Until(now);
            arrived[i] = now;
            long wanted = BinaryLogarithm.Exponential(ref work, MeanWork);
            if (busy == workers)
            {
                waiting.Enqueue((i, wanted));
                continue;
            }

            busy++;
            running.Add(cpu.Enqueue("/app", wanted, new SimTime(now)), i);
        }

        Until(long.MaxValue);
        return latencies;
    }
}
