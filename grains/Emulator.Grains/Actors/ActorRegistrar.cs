using System.Collections.Concurrent;
using System.Diagnostics;
using Emulator.Core.Actors;
using Emulator.Engine.Distribution;
using Orleans.Runtime;

namespace Emulator.Grains.Actors;

/// <summary>Brings a shard's state machines and their grains together.</summary>
public sealed class ActorRegistrar(IGrainFactory grains, OfferedActors offered)
{
    /// <summary>How many grains are attached at a time.</summary>
    public const int AtOnceMax = 256;

    /// <summary>How long an activation of an earlier run may take to end on another silo.</summary>
    public static readonly TimeSpan EndingMax = TimeSpan.FromSeconds(60);

    /// <summary>The grain of an actor, which now hosts its state machine on this silo.</summary>
    /// <exception cref="ShardLostException">An activation on another silo does not end.</exception>
    public async Task<IActorGrain> Register(Actor actor, string shard)
    {
        IActorGrain grain = ActorKinds.GrainOf(actor, grains);
        string name = actor.Self.Name;
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < EndingMax)
        {
            offered.Offer(name, actor);
            try
            {
                if (await grain.Attach(shard))
                {
                    return grain;
                }
            }
            catch (OrleansException)
            {
                // The grain is still written down for a silo that has died.
            }

            await Task.Delay(50); // An activation of an earlier try is ending on another silo.
        }

        throw new ShardLostException($"the grain of {name} stays on another silo");
    }

    /// <summary>Registers many actors side by side.</summary>
    /// <returns>Their grains, in the same order.</returns>
    public async Task<IReadOnlyList<IActorGrain>> Register(IReadOnlyList<Actor> actors, string shard)
    {
        var made = new List<IActorGrain>(actors.Count);
        foreach (Actor[] some in actors.Chunk(AtOnceMax))
        {
            made.AddRange(await Task.WhenAll(some.Select(actor => Register(actor, shard))));
        }

        return made;
    }

    /// <summary>Lets the grains of actors go.</summary>
    public async Task Release(IReadOnlyList<Actor> actors, string shard)
    {
        foreach (Actor[] some in actors.Chunk(AtOnceMax))
        {
            await Task.WhenAll(some.Select(a => ActorKinds.GrainOf(a, grains).Release(shard)));
        }
    }
}

/// <summary>State machines on this silo that wait for their grains to take them. One a silo.</summary>
public sealed class OfferedActors
{
    private readonly ConcurrentDictionary<string, Actor> _offers = new(StringComparer.Ordinal);

    /// <summary>Offers a state machine under its actor's name.</summary>
    public void Offer(string name, Actor actor) => _offers[name] = actor;

    /// <summary>Takes the one offered, or null.</summary>
    public Actor? Take(string name) => _offers.TryRemove(name, out Actor? actor) ? actor : null;
}
