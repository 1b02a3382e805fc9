using Emulator.Core.Actors;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Distribution;

/// <summary>One message on its way to one actor, in a process that delivers by calls to the actors' grains.</summary>
/// <remarks>It never leaves the process: an actor's grain is placed where its shard is.</remarks>
public sealed class Delivery
{
    private readonly HostedShard _shard;

    internal Delivery(HostedShard shard, in ScheduledEvent scheduled, Actor actor)
    {
        _shard = shard;
        Event = scheduled;
        Actor = actor;
    }

    /// <summary>Who takes it.</summary>
    public Actor Actor { get; }

    /// <summary>The message with its place in the order of events.</summary>
    internal ScheduledEvent Event { get; }

    /// <summary>Whatever the deliverer keeps for the actor: its grain's reference.</summary>
    public object? Handle
    {
        get => Actor.EngineHandle;
        set => Actor.EngineHandle = value;
    }

    /// <summary>Lets the state machine take the message, and schedules what it sends.</summary>
    public void Carry() => _shard.Carry(this);
}
