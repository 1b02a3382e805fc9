using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Time;
using Emulator.Engine.Execution;
using Emulator.Engine.Tests.Models;

namespace Emulator.Engine.Tests.Execution;

public class ShardTests
{
    private static readonly SimTime End = SimTime.Zero + SimDuration.FromMilliseconds(5);
    private readonly MachineRef _machineA = new("node-a", "zone-a");
    private readonly MachineRef _machineB = new("node-b", "zone-b");

    [Fact]
    public void Refuses_more_than_1024_steps_at_one_instant_and_names_the_actors()
    {
        ActorRef left = new("left", "", _machineA);
        ActorRef right = new("right", "", _machineA);
        using InProcessEngine engine = new(new EngineOptions());
        engine.Add(
            _machineA,
            new Scripted(
                left,
                (_, _, outbox) => outbox.Send(right, new Note(0)),
                (_, outbox) => outbox.Send(right, new Note(0), 7)),
            [new Scripted(right, (_, _, outbox) => outbox.Send(left, new Note(0)))]);

        EngineException refusal = Assert.Throws<EngineException>(() => engine.RunUntil(End));
        Assert.Equal(
            "More than 1,024 causal steps at 0.000000007s: these actors keep sending to each other without delay: "
            + "left, right.",
            refusal.Message);
    }

    [Fact]
    public void Allows_1024_steps_at_one_instant()
    {
        ActorRef left = new("left", "", _machineA);
        Scripted actor = new(
            left,
            (self, message, outbox) =>
            {
                if (((Note)message).Number < 1_024)
                {
                    outbox.Send(left, new Note(((Note)message).Number + 1));
                }
            },
            (_, outbox) => outbox.Send(left, new Note(0), 7));
        using InProcessEngine engine = new(new EngineOptions());
        engine.Add(_machineA, actor, []);
        engine.RunUntil(End);

        Assert.Equal(1_025, actor.Told.Count);
    }

    [Fact]
    public void Refuses_a_message_between_machines_without_delay()
    {
        EngineException refusal = Assert.Throws<EngineException>(() => RunPair(delay: 0, shards: 1));
        Assert.StartsWith(
            "zero-latency link between machines: a on node-a sends to b on node-b without delay", refusal.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Refuses_a_message_faster_than_any_wire_on_any_number_of_shards(int shards)
    {
        EngineException refusal = Assert.Throws<EngineException>(() => RunPair(delay: 499, shards));
        Assert.StartsWith(
            "a on node-a sends to b on node-b with a delay of 499 ns, less than the 500 ns of the fastest wire",
            refusal.Message);
    }

    [Fact]
    public void Refuses_a_message_that_comes_before_the_window_ends()
    {
        // A third machine beside a has a faster wire to it, so that only the window's end tells that a's message is too
        // fast.
        MachineRef machineC = new("node-c", "zone-a");
        EngineException refusal = Assert.Throws<EngineException>(() => RunPair(delay: 300, shards: 2, (machineC, 100)));
        Assert.StartsWith(
            "a on node-a sends to b on node-b with a delay of 300 ns, less than any wire declared", refusal.Message);
    }

    [Fact]
    public void Refuses_a_wire_without_latency()
    {
        using InProcessEngine engine = new(new EngineOptions());
        EngineException refusal = Assert.Throws<EngineException>(() => engine.DeclareWire(_machineA, _machineB, 0));
        Assert.Equal(
            "zero-latency link between machines: node-a to node-b has 0 ns; give the wire a latency of at least 1 ns.",
            refusal.Message);
    }

    [Fact]
    public void An_actor_that_throws_ends_the_run_with_its_name_time_and_message()
    {
        ActorRef self = new("a", "", _machineA);
        using InProcessEngine engine = new(new EngineOptions());
        engine.Add(
            _machineA,
            new Scripted(
                self,
                (_, _, _) => throw new InvalidOperationException("broken"),
                (_, outbox) => outbox.Send(self, new Note(3), 9)),
            []);

        EngineException failure = Assert.Throws<EngineException>(() => engine.RunUntil(End));
        Assert.Equal("a failed at 0.000000009s on Note from a: broken", failure.Message);
        Assert.Throws<EngineException>(() => engine.RunUntil(End));
    }

    [Fact]
    public void A_journal_entry_in_another_machines_name_is_refused()
    {
        ActorRef a = new("a", "", _machineA);
        ActorRef b = new("b", "", _machineB);
        using InProcessEngine engine = new(new EngineOptions { Shards = 2 });
        engine.Add(_machineB, new Scripted(b), []);
        engine.Add(
            _machineA,
            new Scripted(a, onStart: (_, outbox) => outbox.Journal.Write(
                new JournalEntry { TimeNanoseconds = 0, Actor = b, Kind = JournalKind.Note })),
            []);

        EngineException refusal = Assert.Throws<EngineException>(engine.Start);
        Assert.StartsWith("A journal entry of kind Note names b of machine node-b", refusal.Message);
    }

    [Fact]
    public void Hands_the_journal_over_before_a_long_millisecond_ends()
    {
        ActorRef self = new("a", "", _machineA);
        EntryRecorder journal = new();
        int seenMeanwhile = -1;
        Scripted actor = new(
            self,
            (_, message, outbox) =>
            {
                outbox.Journal.Write(new JournalEntry
                {
                    TimeNanoseconds = outbox.Now.Nanoseconds,
                    Actor = self,
                    Kind = JournalKind.Note,
                });
                if (((Note)message).Number < 5_000)
                {
                    outbox.Send(self, new Note(((Note)message).Number + 1), 1);
                }

                seenMeanwhile = journal.Entries.Count;
            },
            (_, outbox) => outbox.Send(self, new Note(1), 1));
        using InProcessEngine engine = new(new EngineOptions { Projections = [journal] });
        engine.Add(_machineA, actor, []);
        engine.RunUntil(SimTime.Zero + SimDuration.FromMilliseconds(1));

        // One birth at the start, then four times 1,025 entries at once, then the rest when the run stops.
        Assert.Equal(1 + (4 * 1_025), seenMeanwhile);
        Assert.Equal(1 + 5_000, journal.Entries.Count);
    }

    private void RunPair(long delay, int shards, (MachineRef Machine, long Latency)? third = null)
    {
        ActorRef a = new("a", "", _machineA);
        ActorRef b = new("b", "", _machineB);
        using InProcessEngine engine = new(new EngineOptions { Shards = shards });
        engine.Add(_machineA, new Scripted(a, onStart: (self, outbox) => outbox.Send(self.Self, new Note(0), 1),
            onMessage: (_, _, outbox) => outbox.Send(b, new Note(1), delay)), []);
        engine.Add(_machineB, new Scripted(b), []);
        engine.DeclareWire(_machineA, _machineB, 500);
        if (third is (MachineRef machine, long latency))
        {
            engine.Add(machine, new Scripted(new ActorRef("c", "", machine)), []);
            engine.DeclareWire(machine, _machineA, latency);
        }

        engine.RunUntil(End);
    }
}
