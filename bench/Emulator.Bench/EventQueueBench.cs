using System.Diagnostics;
using Emulator.Core.Actors;
using Emulator.Engine.Execution;

namespace Emulator.Bench;

/// <summary>What one push and one pop cost while a fixed number of events waits ("hold model").</summary>
internal static class EventQueueBench
{
    private const int Operations = 5_000_000;

    private sealed record Nothing : Message;

    public static void Run()
    {
        foreach (int pending in (int[])[100, 10_000, 100_000, 1_000_000])
        {
            Measure(pending, "packets", static random => 1_000 + random.NextInt64(500_000));
            Measure(pending, "timers", static random => 1_000_000 + random.NextInt64(30_000_000_000));
            Measure(pending, "mixed", static random => random.Next(10) == 0
                ? 1_000_000 + random.NextInt64(60_000_000_000)
                : 1_000 + random.NextInt64(500_000));
        }
    }

    private static void Measure(int pending, string what, Func<Random, long> delay)
    {
        Random random = new(1);
        long[] delays = [.. Enumerable.Range(0, 1 << 16).Select(_ => delay(random))];
        ActorRef[] actors = 
        [
            .. Enumerable.Range(0, 1_000).Select(i => new ActorRef($"a{i}", "", new MachineRef("m", "z"))),
        ];
        Message message = new Nothing();
        EventQueue queue = new();
        ulong sequence = 0;
        for (int i = 0; i < pending; i++)
        {
            queue.Push(Event(delays[i & 0xFFFF], actors[i % 1_000], ++sequence, message));
        }

        // Once around, so that the queue is in its steady state and compiled.
        Hold(queue, delays, actors, message, ref sequence, Math.Max(pending, 1_000_000));
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        Hold(queue, delays, actors, message, ref sequence, Operations);
        double nanoseconds = Stopwatch.GetElapsedTime(start).TotalNanoseconds / Operations;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Console.WriteLine(
            $"event-queue {what,-8} {pending,9:N0} pending: {nanoseconds,6:F1} ns per push and pop, {allocated:N0} "
            + $"bytes allocated");
    }

    private static void Hold(
        EventQueue queue, long[] delays, ActorRef[] actors, Message message, ref ulong sequence, int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            queue.TryPop(long.MaxValue, out ScheduledEvent popped);
            queue.Push(Event(popped.Time + delays[i & 0xFFFF], actors[i % 1_000], ++sequence, message));
        }
    }

    private static ScheduledEvent Event(long time, ActorRef sender, ulong sequence, Message message) => new()
    {
        Time = time,
        SenderId = sender.Id.Value,
        Sequence = sequence,
        Sender = sender,
        To = sender,
        Message = message,
    };
}
