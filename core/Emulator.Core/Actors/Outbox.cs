using System.Runtime.InteropServices;
using Emulator.Core.Journal;
using Emulator.Core.Time;

namespace Emulator.Core.Actors;

/// <summary>A message on its way out: what one call of <see cref="Outbox.Send"/> recorded.</summary>
/// <param name="To">The receiver.</param>
/// <param name="Message">What is sent.</param>
/// <param name="DelayNanoseconds">How long after now it arrives; 0 only inside a machine.</param>
/// <param name="Port">Handed to the receiver beside the message: an interface index for frames.</param>
public readonly record struct Outgoing(ActorRef To, Message Message, long DelayNanoseconds, int Port);

/// <summary>
/// Where an actor puts what it does: messages to send, actors to create or end, journal entries. Owned by a shard and
/// reused
/// for each message; the engine drains it when <see cref="Actor.Receive"/> returns.
/// </summary>
/// <remarks>
/// In a test: make one, call <c>Receive</c>, and look at <see cref="Sent"/> and <see cref="Journal"/>.
/// </remarks>
public sealed class Outbox
{
    private readonly List<Outgoing> _sent = [];
    private readonly List<Actor> _born = [];
    private readonly List<ActorRef> _ended = [];

    /// <summary>Virtual time of the message being handled.</summary>
    public SimTime Now { get; set; }

    /// <summary>The run's seed.</summary>
    public ulong Seed { get; init; }

    /// <summary>What happened, in order.</summary>
    public JournalBuffer Journal { get; init; } = new();

    /// <summary>The messages sent so far.</summary>
    public ReadOnlySpan<Outgoing> Sent => CollectionsMarshal.AsSpan(_sent);

    /// <summary>The actors created so far.</summary>
    public IReadOnlyList<Actor> Born => _born;

    /// <summary>The actors ended so far.</summary>
    public IReadOnlyList<ActorRef> Ended => _ended;

    /// <summary>Sends a message that arrives after a delay.</summary>
    /// <param name="to">The receiver. On another machine only a wire may address it, with at least the wire's least
    /// latency.</param>
    /// <param name="message">What is sent; not changed afterwards.</param>
    /// <param name="delayNanoseconds">0 or more; 0 is "at once, after me" and stays inside the machine.</param>
    /// <param name="port">Handed over beside the message.</param>
    /// <exception cref="ArgumentOutOfRangeException">The delay is negative.</exception>
    public void Send(ActorRef to, Message message, long delayNanoseconds = 0, int port = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(delayNanoseconds);
        _sent.Add(new Outgoing(to, message, delayNanoseconds, port));
    }

    /// <summary>Creates an actor on the sender's machine. Only a machine's root actor may.</summary>
    public void Spawn(Actor actor) => _born.Add(actor);

    /// <summary>
    /// Ends an actor of the sender's machine. Only a machine's root actor may. Later messages to it go to the root.
    /// </summary>
    public void End(ActorRef actor) => _ended.Add(actor);

    /// <summary>Forgets what was collected (not the journal), ready for the next message.</summary>
    public void Clear()
    {
        _sent.Clear();
        _born.Clear();
        _ended.Clear();
    }
}
