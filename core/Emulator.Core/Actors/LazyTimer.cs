using Emulator.Core.Time;

namespace Emulator.Core.Actors;

/// <summary>The message that an actor sends itself for a timer.</summary>
/// <param name="Purpose">Which of the actor's timers.</param>
/// <param name="Generation">The generation that the timer had when this was sent; an older one is a cancelled
/// timer.</param>
public sealed record TimerMessage(int Purpose, uint Generation) : Message;

/// <summary>
/// One pending timer for one purpose. Moving the deadline later sends nothing: the pending message re-arms itself when
/// it
/// comes. Moving it earlier or cancelling bumps the generation, which makes the pending message stale.
/// </summary>
public struct LazyTimer
{
    private long _deadline;
    private long _pendingAt;
    private uint _generation;
    private bool _armed;
    private bool _pending;

    /// <summary>Whether the timer will expire.</summary>
    public readonly bool IsArmed => _armed;

    /// <summary>When it will expire, if armed.</summary>
    public readonly SimTime Deadline => new(_deadline);

    /// <summary>Sets the deadline, at or after now.</summary>
    public void Arm(ActorRef self, int purpose, SimTime deadline, Outbox outbox)
    {
        _deadline = deadline.Nanoseconds;
        _armed = true;
        if (_pending && _pendingAt <= _deadline)
        {
            return;
        }

        _generation++;
        _pending = true;
        _pendingAt = _deadline;
        outbox.Send(self, new TimerMessage(purpose, _generation), _deadline - outbox.Now.Nanoseconds);
    }

    /// <summary>Cancels the timer; a pending message is ignored when it comes.</summary>
    public void Cancel() => _armed = false;

    /// <summary>
    /// Call for each <see cref="TimerMessage"/> of this purpose: true when the timer has really expired now.
    /// </summary>
    public bool Expired(ActorRef self, TimerMessage message, Outbox outbox)
    {
        if (message.Generation != _generation)
        {
            return false;
        }

        _pending = false;
        if (!_armed)
        {
            return false;
        }

        if (outbox.Now.Nanoseconds < _deadline)
        {
            Arm(self, message.Purpose, new SimTime(_deadline), outbox);
            return false;
        }

        _armed = false;
        return true;
    }
}
