using System.Collections.Concurrent;
using Emulator.Core.Actors;
using Emulator.Engine.Execution;
using Emulator.Grains.Runs;

namespace Emulator.Grains.Actors;

/// <summary>Brings a shard's state machines and their grains together.</summary>
public sealed class ActorRegistrar(IGrainFactory grains, OfferedActors offered)
{
    /// <summary>How many grains are attached at a time.</summary>
    public const int AtOnceMax = 256;

    private const int TriesMax = 100;

    /// <summary>The grain of an actor, which now hosts its state machine on this silo.</summary>
    /// <exception cref="EngineException">An activation on another silo does not end.</exception>
    public async Task<IActorGrain> Register(Actor actor)
    {
        IActorGrain grain = ActorKinds.GrainOf(actor, grains);
        string name = actor.Self.Name;
        for (int tries = 0; tries < TriesMax; tries++)
        {
            offered.Offer(name, actor);
            if (await grain.Attach())
            {
                return grain;
            }

            await Task.Delay(20); // An activation of an earlier run is ending on another silo.
        }

        throw new EngineException($"The grain of {name} stays on another silo; end the other run on this cluster.");
    }

    /// <summary>Registers many actors side by side.</summary>
    /// <returns>Their grains, in the same order.</returns>
    public async Task<IReadOnlyList<IActorGrain>> Register(IReadOnlyList<Actor> actors)
    {
        var made = new List<IActorGrain>(actors.Count);
        foreach (Actor[] some in actors.Chunk(AtOnceMax))
        {
            made.AddRange(await Task.WhenAll(some.Select(Register)));
        }

        return made;
    }

    /// <summary>Lets the grains of actors go.</summary>
    public async Task Release(IReadOnlyList<Actor> actors)
    {
        foreach (Actor[] some in actors.Chunk(AtOnceMax))
        {
            await Task.WhenAll(some.Select(a => ActorKinds.GrainOf(a, grains).Release()));
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
