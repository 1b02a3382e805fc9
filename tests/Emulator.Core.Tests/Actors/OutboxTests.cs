using Emulator.Core.Actors;

namespace Emulator.Core.Tests.Actors;

public class OutboxTests
{
    private readonly ActorRef _actor = new("a", "", new MachineRef("m", "z"));
    private readonly Outbox _outbox = new();

    [Fact]
    public void Keeps_messages_in_the_order_in_which_they_were_sent()
    {
        _outbox.Send(_actor, new TimerMessage(1, 0), 5, 7);
        _outbox.Send(_actor, new TimerMessage(2, 0));

        Assert.Equal(
            [new Outgoing(_actor, new TimerMessage(1, 0), 5, 7), new Outgoing(_actor, new TimerMessage(2, 0), 0, 0)],
            _outbox.Sent.ToArray());
    }

    [Fact]
    public void Refuses_a_message_into_the_past() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _outbox.Send(_actor, new TimerMessage(1, 0), -1));

    [Fact]
    public void An_undelivered_message_carries_as_many_packets_as_what_it_holds()
    {
        Assert.Equal(0, new UndeliveredMessage(_actor, new TimerMessage(1, 0)).PacketCount);
        Assert.Equal(3, new UndeliveredMessage(_actor, new Packets3()).PacketCount);
    }

    private sealed record Packets3 : Message
    {
        public override int PacketCount => 3;
    }
}
