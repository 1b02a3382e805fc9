using Emulator.Core.Actors;
using Emulator.Core.Time;

namespace Emulator.Core.Tests.Actors;

public class LazyTimerTests
{
    private const int Purpose = 3;
    private readonly ActorRef _self = new("a", "", new MachineRef("m", "z"));
    private readonly Outbox _outbox = new();
    private LazyTimer _timer;

    [Fact]
    public void Expires_at_its_deadline()
    {
        Arm(100);
        TimerMessage message = Take(delay: 100);

        Assert.True(Expired(message, at: 100));
        Assert.False(_timer.IsArmed);
    }

    [Fact]
    public void Moving_the_deadline_later_sends_nothing_until_the_pending_message_comes()
    {
        Arm(100);
        TimerMessage first = Take(delay: 100);
        Arm(250);
        Assert.Equal(0, _outbox.Sent.Length);

        Assert.False(Expired(first, at: 100));
        TimerMessage second = Take(delay: 150);
        Assert.True(Expired(second, at: 250));
    }

    [Fact]
    public void Moving_the_deadline_earlier_makes_the_pending_message_stale()
    {
        Arm(100);
        TimerMessage late = Take(delay: 100);
        Arm(40);
        TimerMessage early = Take(delay: 40);

        Assert.True(Expired(early, at: 40));
        Assert.False(Expired(late, at: 100));
    }

    [Fact]
    public void A_cancelled_timer_does_not_expire_and_can_be_armed_again()
    {
        Arm(100);
        TimerMessage pending = Take(delay: 100);
        _timer.Cancel();
        Assert.False(_timer.IsArmed);
        Assert.False(Expired(pending, at: 100));

        Arm(300);
        Assert.True(Expired(Take(delay: 200), at: 300));
    }

    [Fact]
    public void Arming_again_after_cancelling_uses_the_pending_message()
    {
        Arm(100);
        TimerMessage pending = Take(delay: 100);
        _timer.Cancel();
        Arm(180);
        Assert.Equal(0, _outbox.Sent.Length);

        Assert.False(Expired(pending, at: 100));
        Assert.True(Expired(Take(delay: 80), at: 180));
    }

    private void Arm(long deadline) => _timer.Arm(_self, Purpose, new SimTime(deadline), _outbox);

    private bool Expired(TimerMessage message, long at)
    {
        _outbox.Now = new SimTime(at);
        return _timer.Expired(_self, message, _outbox);
    }

    private TimerMessage Take(long delay)
    {
        Outgoing sent = Assert.Single(_outbox.Sent.ToArray());
        _outbox.Clear();
        Assert.Equal((_self, delay), (sent.To, sent.DelayNanoseconds));
        return Assert.IsType<TimerMessage>(sent.Message);
    }
}
