using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Time;
using Emulator.Engine.Execution;
using Emulator.Engine.Tests.Models;

namespace Emulator.Engine.Tests.Execution;

public class LedgerTests
{
    private readonly ActorRef _actor = new("a", "", new MachineRef("node-a", "zone-a"));
    private readonly Ledger _ledger = new();

    [Fact]
    public void Balances_what_came_into_the_world_against_what_ended()
    {
        Write(JournalKind.Originated, 1);
        Write(JournalKind.Copied, 4);
        Write(JournalKind.Fragmented, 3);
        Write(JournalKind.Delivered, 1);
        Write(JournalKind.Absorbed, 2);
        Write(JournalKind.Dropped, 1, DropReason.LinkLoss);

        Assert.Equal(4, _ledger.InFlight);
        Assert.Null(_ledger.Check(4));
    }

    [Fact]
    public void Says_how_many_packets_are_missing()
    {
        Write(JournalKind.Originated, 1);
        Write(JournalKind.Originated, 1);

        Assert.Contains("in flight 0; +2 packets ended without an entry", _ledger.Check(0));
        Assert.Contains("in flight 3; -1 packets", _ledger.Check(3));
    }

    [Fact]
    public void Counts_drops_by_reason_and_by_the_text_of_the_rule()
    {
        Write(JournalKind.Dropped, 1, DropReason.NetfilterDrop, new Cause("-j DROP"));
        Write(JournalKind.Dropped, 1, DropReason.NetfilterDrop, new Cause("-j DROP"));
        Write(JournalKind.Dropped, 1, DropReason.NetfilterDrop, new Cause("-d 10.0.0.1 -j DROP"));
        Write(JournalKind.Dropped, 1, DropReason.NoRoute);

        Assert.Equal([(DropReason.NoRoute, 1L), (DropReason.NetfilterDrop, 3L)], _ledger.DroppedByReason);
        Assert.Equal(
            [(DropReason.NetfilterDrop, "-d 10.0.0.1 -j DROP", 1L), (DropReason.NetfilterDrop, "-j DROP", 2L)],
            _ledger.DroppedByCause);
    }

    [Fact]
    public void The_engine_counts_packets_in_waiting_messages_and_in_actors()
    {
        Scripted root = new(_actor, onStart: (self, outbox) =>
        {
            outbox.Send(self.Self, new Parcel(2), 10);
            outbox.Send(self.Self, new Parcel(5), 30_000_000);
            outbox.Send(self.Self, new Note(1), 30_000_000);
        }) { Held = 4 };
        using InProcessEngine engine = new(new EngineOptions());
        engine.Add(_actor.Machine, root, []);

        engine.Start();
        Assert.Equal(2 + 5 + 4, engine.PacketsInFlight);
        engine.RunUntil(new SimTime(11));
        Assert.Equal(5 + 4, engine.PacketsInFlight);
    }

    private void Write(JournalKind kind, int count, DropReason reason = DropReason.None, object? subject = null) =>
        _ledger.Write([new JournalEntry
        {
            TimeNanoseconds = 0,
            Actor = _actor,
            Kind = kind,
            A = count,
            Reason = reason,
            Subject = subject,
        }]);

    private sealed class Cause(string text) : IDescribed
    {
        public string Describe() => text;
    }
}
