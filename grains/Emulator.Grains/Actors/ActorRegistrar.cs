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

    /// <summary>How long the grain directory may take to settle after a silo has died.</summary>
    public static readonly TimeSpan SettlingMax = TimeSpan.FromSeconds(60);

    /// <summary>The grain of an actor, which now hosts its state machine on this silo.</summary>
    /// <param name="actor">The state machine.</param>
    /// <param name="run">The run and its epoch.</param>
    /// <exception cref="ShardLostException">The grain cannot be had on this silo.</exception>
    public async Task<IActorGrain> Register(Actor actor, string run)
    {
        IActorGrain grain = ActorKinds.GrainOf(actor, run, grains);
        string key = ActorKinds.KeyOf(run, actor.Self);
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < SettlingMax)
        {
            offered.Offer(key, actor);
            try
            {
                if (await grain.Attach())
                {
                    return grain;
                }
            }
            catch (Exception broken) when (broken is OrleansException or TimeoutException)
            {
                // Its place in the directory is on a silo that has died, until the others know that it has.
            }

            await Task.Delay(50);
        }

        throw new ShardLostException($"the grain of {key} cannot be had on this silo");
    }

    /// <summary>Registers many actors side by side.</summary>
    /// <returns>Their grains, in the same order.</returns>
    public async Task<IReadOnlyList<IActorGrain>> Register(IReadOnlyList<Actor> actors, string run)
    {
        var made = new List<IActorGrain>(actors.Count);
        foreach (Actor[] some in actors.Chunk(AtOnceMax))
        {
            made.AddRange(await Task.WhenAll(some.Select(actor => Register(actor, run))));
        }

        return made;
    }

    /// <summary>Lets the grains of actors go.</summary>
    /// <param name="handles">What the shard keeps for the actors; one without a grain has none to let go.</param>
    public static void Release(IEnumerable<object?> handles)
    {
        foreach (IActorGrain grain in handles.OfType<IActorGrain>())
        {
            _ = grain.Release();
        }
    }
}

/// <summary>State machines on this silo that wait for their grains to take them. One a silo.</summary>
public sealed class OfferedActors
{
    private readonly ConcurrentDictionary<string, Actor> _offers = new(StringComparer.Ordinal);

    /// <summary>Offers a state machine under its grain's key.</summary>
    public void Offer(string key, Actor actor) => _offers[key] = actor;

    /// <summary>Takes the one offered, or null.</summary>
    public Actor? Take(string key) => _offers.TryRemove(key, out Actor? actor) ? actor : null;
}
