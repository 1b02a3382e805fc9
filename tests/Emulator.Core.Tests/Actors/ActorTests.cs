using Emulator.Core.Actors;
using Emulator.Core.Randomness;

namespace Emulator.Core.Tests.Actors;

public class ActorTests
{
    private static readonly MachineRef Machine = new("m", "z");

    [Fact]
    public void Another_incarnation_has_another_id_and_so_other_dice()
    {
        ActorRef first = new("pod/default/web-0", "uid-1", Machine);
        ActorRef second = new("pod/default/web-0", "uid-2", Machine);

        Assert.NotEqual(first.Id, second.Id);
        Assert.NotEqual(new Idle(first).Throw(), new Idle(second).Throw());
        Assert.Equal(first.Id, new ActorRef("pod/default/web-0", "uid-1", Machine).Id);
    }

    [Fact]
    public void Name_and_incarnation_do_not_run_into_each_other() =>
        Assert.NotEqual(new ActorRef("ab", "c", Machine).Id, new ActorRef("a", "bc", Machine).Id);

    [Fact]
    public void Packet_ids_are_never_repeated()
    {
        Idle one = new(new ActorRef("a", "", Machine));
        Idle other = new(new ActorRef("b", "", Machine));
        IEnumerable<ulong> ids = Enumerable.Range(0, 1_000).SelectMany(
            _ => (ulong[])[one.NextPacketId(), other.NextPacketId()]);

        Assert.Equal(2_000, ids.Distinct().Count());
    }

    private sealed class Idle(ActorRef self) : Actor(self)
    {
        public override void Receive(Message message, int port, Outbox outbox)
        {
        }

        public ulong Throw()
        {
            RandomStream dice = Dice("test");
            return dice.NextUInt64();
        }
    }
}
