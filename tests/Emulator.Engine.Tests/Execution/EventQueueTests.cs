using Emulator.Core.Actors;
using Emulator.Engine.Execution;
using Emulator.Engine.Tests.Models;

namespace Emulator.Engine.Tests.Execution;

public class EventQueueTests
{
    private static readonly Message Nothing = new Kick(0);

    private static readonly ActorRef[] Senders =
    [
        new("a", "", new MachineRef("m1", "z")),
        new("b", "", new MachineRef("m1", "z")),
        // The same name on another machine has the same id: only the machine's name tells them apart.
        new("a", "", new MachineRef("m2", "z")),
    ];

    [Fact]
    public void Gives_the_events_of_one_instant_by_step_then_sender_then_sequence()
    {
        EventQueue queue = new();
        ActorRef low = Senders[0].Id.Value < Senders[1].Id.Value ? Senders[0] : Senders[1];
        ActorRef high = ReferenceEquals(low, Senders[0]) ? Senders[1] : Senders[0];
        ScheduledEvent[] inOrder =
            [Event(5, 0, low, 9), Event(5, 0, high, 1), Event(5, 0, high, 2), Event(5, 1, low, 1)];
        foreach (int i in (int[])[3, 1, 2, 0])
        {
            queue.Push(inOrder[i]);
        }

        Assert.Equal(Keys(inOrder), Keys(Drain(queue)));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(60)]
    public void Names_decide_between_two_senders_with_one_id(int perSender)
    {
        EventQueue queue = new();
        Assert.Equal(Senders[0].Id, Senders[2].Id);
        for (int i = perSender; i > 0; i--)
        {
            queue.Push(Event(5, 0, Senders[2], (ulong)i));
            queue.Push(Event(5, 0, Senders[0], (ulong)i));
        }

        List<ScheduledEvent> drained = Drain(queue);
        Assert.All(drained.Take(perSender), scheduled => Assert.Same(Senders[0], scheduled.Sender));
        Assert.All(drained.Skip(perSender), scheduled => Assert.Same(Senders[2], scheduled.Sender));
        Assert.Equal(
            Enumerable.Range(1, perSender).Select(i => (ulong)i), drained.Take(perSender).Select(e => e.Sequence));
    }

    // Ranges: within a bucket, within the near ring, the far ring, and the heap beyond it.
    [Theory]
    [InlineData(1, 500)]
    [InlineData(2, 20_000)]
    [InlineData(3, 3_000_000)]
    [InlineData(4, 9_000_000_000)]
    [InlineData(5, 200_000_000_000)]
    public void Agrees_with_a_sorted_list_under_random_pushes_and_pops(int seed, long range)
    {
        Random random = new(seed);
        EventQueue queue = new();
        List<ScheduledEvent> model = [];
        ulong sequence = 0;
        long now = 0;
        for (int i = 0; i < 4_000; i++)
        {
            if (random.Next(100) < 55)
            {
                long delay = random.Next(4) switch { 0 => 0, 1 => random.Next(2_000), _ => random.NextInt64(range) };
                ScheduledEvent scheduled = Event(
                    now + delay, (uint)random.Next(3), Senders[random.Next(3)], ++sequence);
                queue.Push(scheduled);
                model.Add(scheduled);
            }
            else
            {
                // Sometimes a limit close to now, as windows set it.
                long limit = random.Next(2) == 0 ? now + random.Next(3_000) : long.MaxValue;
                now = PopAndCompare(queue, model, limit, now);
            }

            Assert.Equal(model.Count, queue.Count);
            if (random.Next(10) == 0)
            {
                Assert.Equal(model.Count == 0 ? long.MaxValue : model.Min(e => e.Time), queue.NextTime);
            }
        }

        model.Sort((x, y) => ScheduledEvent.Compare(x, y));
        Assert.Equal(Keys(model), Keys(Drain(queue)));
    }

    [Fact]
    public void Takes_an_event_that_is_earlier_than_those_already_gone()
    {
        EventQueue queue = new();
        queue.Push(Event(20_000_000_000, 0, Senders[0], 1));
        queue.Push(Event(20_000_000_000, 0, Senders[0], 2));
        Assert.True(queue.TryPop(long.MaxValue, out _));
        queue.Push(Event(7, 0, Senders[0], 3));

        Assert.Equal(7, queue.NextTime);
        Assert.Equal([3UL, 2UL], Drain(queue).Select(scheduled => scheduled.Sequence));
    }

    [Fact]
    public void Keeps_an_event_at_the_limit()
    {
        EventQueue queue = new();
        queue.Push(Event(100, 0, Senders[0], 1));

        Assert.False(queue.TryPop(100, out _));
        Assert.True(queue.TryPop(101, out _));
        Assert.Equal(long.MaxValue, queue.NextTime);
    }

    private static long PopAndCompare(EventQueue queue, List<ScheduledEvent> model, long limit, long now)
    {
        ScheduledEvent? least = model.Count == 0
            ? null
            : model.Aggregate((x, y) => ScheduledEvent.Compare(x, y) < 0 ? x : y);
        bool expected = least is not null && least.Value.Time < limit;
        Assert.Equal(expected, queue.TryPop(limit, out ScheduledEvent popped));
        if (!expected)
        {
            return now;
        }

        Assert.Equal(Key(least!.Value), Key(popped)); // Not null: expected says so.
        model.RemoveAll(scheduled => Key(scheduled) == Key(popped));
        return popped.Time;
    }

    private static ScheduledEvent Event(long time, uint step, ActorRef sender, ulong sequence) => new()
    {
        Time = time,
        Step = step,
        SenderId = sender.Id.Value,
        Sequence = sequence,
        Sender = sender,
        To = sender,
        Message = Nothing,
    };

    private static List<ScheduledEvent> Drain(EventQueue queue)
    {
        List<ScheduledEvent> drained = [];
        while (queue.TryPop(long.MaxValue, out ScheduledEvent scheduled))
        {
            drained.Add(scheduled);
        }

        return drained;
    }

    private static (long, uint, string, ulong) Key(ScheduledEvent e) =>
        (e.Time, e.Step, e.Sender.Name + e.Sender.Machine, e.Sequence);

    private static IEnumerable<(long, uint, string, ulong)> Keys(IEnumerable<ScheduledEvent> events) =>
        events.Select(Key);
}
