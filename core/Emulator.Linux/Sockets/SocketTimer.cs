using Emulator.Core.Actors;
using Emulator.Core.Time;

namespace Emulator.Linux.Sockets;

/// <summary>A timer message that a <see cref="RearmingTimer{T}"/> can make.</summary>
/// <typeparam name="TSelf">The message's own type.</typeparam>
public interface ITimerMessage<TSelf>
    where TSelf : Message, ITimerMessage<TSelf>
{
    /// <summary>The generation that the timer had when this was sent.</summary>
    uint Generation { get; }

    /// <summary>Makes the message.</summary>
    static abstract TSelf Create(long owner, int purpose, uint generation);
}

/// <summary>What a namespace's actor sends itself for a timer of one of its sockets.</summary>
/// <param name="Socket">The socket's number in its table.</param>
/// <param name="Purpose">Which of the socket's timers.</param>
/// <param name="Generation">Tells a cancelled timer from the one that counts.</param>
public sealed record SocketTimer(long Socket, int Purpose, uint Generation) : Message, ITimerMessage<SocketTimer>
{
    /// <inheritdoc/>
    public static SocketTimer Create(long owner, int purpose, uint generation) => new(owner, purpose, generation);
}

/// <summary>
/// One pending message for one timer. Moving the deadline later or cancelling sends nothing; moving it earlier sends a
/// new message and makes the pending one stale. One message object serves as long as none becomes stale.
/// </summary>
/// <typeparam name="T">The message.</typeparam>
internal struct RearmingTimer<T>
    where T : Message, ITimerMessage<T>
{
    private long _deadline;
    private long _pendingAt;
    private uint _generation;
    private T? _message;
    private bool _armed;
    private bool _pending;

    /// <summary>Whether it will expire.</summary>
    public readonly bool IsArmed => _armed;

    /// <summary>When it will expire, if armed.</summary>
    public readonly SimTime Deadline => new(_deadline);

    /// <summary>Sets the deadline, now or later.</summary>
    public void Arm(ActorRef self, long owner, int purpose, SimTime deadline, Outbox outbox)
    {
        _deadline = deadline.Nanoseconds;
        _armed = true;
        if (_pending && _pendingAt <= _deadline)
        {
            return;
        }

        if (_pending || _message is null)
        {
            _message = T.Create(owner, purpose, ++_generation);
        }

        _pending = true;
        _pendingAt = _deadline;
        outbox.Send(self, _message, _deadline - outbox.Now.Nanoseconds);
    }

    /// <summary>It will not expire.</summary>
    public void Cancel() => _armed = false;

    /// <summary>Call for each message of this timer: true when it has really expired now.</summary>
    public bool Expired(ActorRef self, long owner, int purpose, T message, Outbox outbox)
    {
        if (message.Generation != _generation || !_pending)
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
            Arm(self, owner, purpose, new SimTime(_deadline), outbox);
            return false;
        }

        _armed = false;
        return true;
    }
}
