using Emulator.Core.Randomness;

namespace Emulator.Core.Actors;

/// <summary>
/// A state machine that owns its state and takes one message at a time. Everything it does to the world is appended to
/// the
/// <see cref="Outbox"/> that <see cref="Receive"/> was given.
/// </summary>
/// <remarks>
/// The rule of core: state, message and time in; new state and messages out. No clock, no wait, no I/O, no dice but the
/// actor's own.
/// </remarks>
public abstract class Actor(ActorRef self)
{
    private long _packetsOriginated;

    /// <summary>The actor's own address.</summary>
    public ActorRef Self { get; } = self;

    /// <summary>The run's seed; set by the engine before <see cref="OnStart"/>.</summary>
    public ulong Seed { get; internal set; }

    /// <summary>The sender's sequence number of the last message sent; the engine counts it up.</summary>
    internal ulong LastSequence { get; set; }

    /// <summary>
    /// Whatever the engine's deliverer keeps for this actor in this process; null until it is needed.
    /// </summary>
    internal object? EngineHandle { get; set; }

    /// <summary>Called once, when the actor is born, before its first message.</summary>
    public virtual void OnStart(Outbox outbox)
    {
    }

    /// <summary>
    /// Takes one message. <paramref name="port"/> is what the sender gave: an interface index for frames, else 0.
    /// </summary>
    public abstract void Receive(Message message, int port, Outbox outbox);

    /// <summary>
    /// Called once, when the machine's root has ended the actor: it journals what becomes of what it held. Nothing can
    /// be sent any more.
    /// </summary>
    public virtual void OnEnd(Outbox outbox)
    {
    }

    /// <summary>
    /// Packets that the actor holds in queues of its own (neighbour resolution, reassembly): in flight for the ledger.
    /// </summary>
    public virtual int HeldPackets => 0;

    /// <summary>The actor's dice for a purpose. Call once and keep the stream: each call starts it anew.</summary>
    protected RandomStream Dice(string purpose) => RandomStream.For(Seed, Self.Id, purpose);

    /// <summary>What <see cref="NextPacketId"/> will say next.</summary>
    public ulong UpcomingPacketId => StableHash.Combine(Self.Id.Value, (ulong)(_packetsOriginated + 1));

    /// <summary>A packet id that no other packet of the run has.</summary>
    public ulong NextPacketId() => StableHash.Combine(Self.Id.Value, (ulong)++_packetsOriginated);
}
