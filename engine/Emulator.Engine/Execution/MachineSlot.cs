using Emulator.Core.Actors;

namespace Emulator.Engine.Execution;

/// <summary>The engine's bookkeeping for one machine: its shard, its living actors, its digest.</summary>
/// <param name="machine">The machine.</param>
/// <param name="shardIndex">The shard that it belongs to.</param>
/// <param name="shard">That shard, or null where it lives in another process: then no actor is admitted.</param>
internal sealed class MachineSlot(MachineRef machine, int shardIndex, Shard? shard)
{
    /// <summary>Living actors by name; for look-ups and sums only, never for an order.</summary>
    private readonly Dictionary<string, Actor> _living = new(StringComparer.Ordinal);

    /// <summary>The rolling digest of the machine's journal.</summary>
    public ulong Digest;

    public MachineRef Machine { get; } = machine;

    public int ShardIndex { get; } = shardIndex;

    public Shard? Shard { get; } = shard;

    /// <summary>The actor that may create and end others; null before it is added.</summary>
    public Actor? Root { get; private set; }

    public int ActorCount => _living.Count;

    /// <summary>The living actors, in no order that may be seen.</summary>
    public IEnumerable<Actor> Living => _living.Values;

    /// <summary>Lets an actor live: from now on messages reach it.</summary>
    public void Admit(Actor actor)
    {
        ActorRef self = actor.Self;
        if (!ReferenceEquals(self.Machine, Machine))
        {
            throw new EngineException(
                $"{self.Name}: belongs to machine {self.Machine.Name} but was given to {Machine.Name}.");
        }

        if (!_living.TryAdd(self.Name, actor))
        {
            throw new EngineException(
                $"{Machine.Name}: two living actors are called {self.Name}; end the first before creating the second.");
        }

        Root ??= actor;
        self.Target = actor;
    }

    /// <summary>Ends an actor's life and gives it back; null when no such actor lives.</summary>
    public Actor? Dismiss(ActorRef reference)
    {
        Actor? actor = Find(reference);
        if (actor is null)
        {
            return null;
        }

        _living.Remove(reference.Name);
        actor.Self.Target = null;
        reference.Target = null;
        return actor;
    }

    /// <summary>
    /// The living actor that a reference means, though the reference may be another object than the actor's own.
    /// </summary>
    public Actor? Find(ActorRef reference) =>
        _living.TryGetValue(reference.Name, out Actor? actor) && actor.Self.Id == reference.Id ? actor : null;

    /// <summary>The living actor of that name, or null.</summary>
    public Actor? Find(string name) => _living.GetValueOrDefault(name);

    /// <summary>How many packets the machine's actors hold in queues of their own.</summary>
    public long CountHeldPackets()
    {
        long packets = 0;
        foreach (Actor actor in _living.Values)
        {
            packets += actor.HeldPackets;
        }

        return packets;
    }
}
