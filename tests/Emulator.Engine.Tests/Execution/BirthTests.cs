using Emulator.Core.Actors;
using Emulator.Core.Time;
using Emulator.Engine.Execution;
using Emulator.Engine.Tests.Models;

namespace Emulator.Engine.Tests.Execution;

public class BirthTests
{
    private static readonly MachineRef Machine = new("node-1", "zone-a");
    private readonly ActorRef _root = new("root", "", Machine);
    private readonly ActorRef _child = new("child", "1", Machine);
    private readonly EntryRecorder _journal = new();

    [Fact]
    public void A_newborn_starts_right_after_the_message_that_made_it_and_takes_the_messages_sent_with_it()
    {
        Scripted child = new(_child, onStart: (self, outbox) => outbox.Send(self.Self, new Note(2), 5));
        Scripted root = new(_root, onStart: (_, outbox) =>
        {
            outbox.Send(_child, new Note(1));
            outbox.Spawn(child);
        });
        Run(root);

        Assert.Equal([(0L, new Note(1)), (5L, new Note(2))], child.Told);
        Assert.Equal(["0 ActorBorn root", "0 ActorBorn child"], _journal.Entries);
    }

    [Fact]
    public void Newborn_actors_get_the_seed_before_they_start()
    {
        ulong seen = 0;
        Run(new Scripted(_root, onStart: (_, outbox) =>
            outbox.Spawn(new Scripted(_child, onStart: (self, _) => seen = self.Seed))));

        Assert.Equal(42UL, seen);
    }

    [Fact]
    public void A_message_to_an_ended_actor_goes_to_the_root_at_the_same_time()
    {
        Scripted child = new(_child);
        Scripted root = new(
            _root,
            (_, message, outbox) =>
            {
                if (message is Note)
                {
                    outbox.End(_child);
                }
            },
            (self, outbox) =>
            {
                outbox.Send(self.Self, new Note(1), 10);
                outbox.Send(_child, new Parcel(3), 20);
            });
        Run(root, child);

        Assert.Empty(child.Told);
        Assert.Equal([(10L, new Note(1)), (20L, new UndeliveredMessage(_child, new Parcel(3)))], root.Told);
        Assert.Equal("10 ActorEnded child", _journal.Entries[^1]);
    }

    [Fact]
    public void An_actor_may_be_replaced_by_another_incarnation_in_one_message()
    {
        ActorRef again = new("child", "2", Machine);
        Scripted first = new(_child);
        Scripted second = new(again);
        Scripted root = new(
            _root,
            (self, message, outbox) =>
            {
                if (message is Note { Number: 1 })
                {
                    outbox.Spawn(second);
                    outbox.End(_child);
                    outbox.Send(again, new Note(2), 5);
                    outbox.Send(_child, new Note(3), 5);
                }
            },
            (self, outbox) => outbox.Send(self.Self, new Note(1), 10));
        Run(root, first);

        Assert.Empty(first.Told);
        Assert.Equal([(15L, new Note(2))], second.Told);
        Assert.Equal(new UndeliveredMessage(_child, new Note(3)), root.Told[^1].Message);
    }

    [Fact]
    public void A_reference_made_anew_reaches_the_living_actor_of_that_name_and_incarnation()
    {
        Scripted child = new(_child);
        Run(new Scripted(
            _root, onStart: (_, outbox) => outbox.Send(new ActorRef("child", "1", Machine), new Note(1))), child);

        Assert.Equal([(0L, new Note(1))], child.Told);
    }

    [Fact]
    public void Only_the_root_may_create_actors()
    {
        Scripted child = new(
            _child, onStart: (_, outbox) => outbox.Spawn(new Scripted(new ActorRef("grandchild", "", Machine))));

        EngineException refusal = Assert.Throws<EngineException>(() => Run(new Scripted(_root), child));
        Assert.StartsWith("child creates or ends actors, which only root, the root of node-1, may", refusal.Message);
    }

    [Fact]
    public void Two_living_actors_of_one_name_are_refused()
    {
        Scripted root = new(
            _root, onStart: (_, outbox) => outbox.Spawn(new Scripted(new ActorRef("child", "2", Machine))));

        EngineException refusal = Assert.Throws<EngineException>(() => Run(root, new Scripted(_child)));
        Assert.StartsWith("node-1: two living actors are called child", refusal.Message);
    }

    [Fact]
    public void Ending_an_actor_that_does_not_live_is_refused()
    {
        EngineException refusal = Assert.Throws<EngineException>(
            () => Run(new Scripted(_root, onStart: (_, outbox) => outbox.End(_child))));
        Assert.Equal("root ends child, which does not live on node-1.", refusal.Message);
    }

    private void Run(Scripted root, params Actor[] others)
    {
        using InProcessEngine engine = new(new EngineOptions { Seed = 42, Projections = [_journal] });
        engine.Add(Machine, root, others);
        engine.RunUntil(SimTime.Zero + SimDuration.FromMilliseconds(1));
    }
}
