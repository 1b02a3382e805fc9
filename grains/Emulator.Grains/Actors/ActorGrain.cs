using Emulator.Core.Actors;
using Emulator.Engine.Distribution;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Emulator.Grains.Actors;

/// <summary>
/// What all actors' grains do: host one state machine, and let it take one message at a time. The kinds add their
/// names.
/// </summary>
/// <remarks>
/// Placed where it is first called from, which is its shard's silo; never collected for idleness, never migrated.
/// </remarks>
[PreferLocalPlacement]
[KeepAlive]
public abstract class ActorGrain(OfferedActors offered) : Grain, IActorGrain
{
    /// <summary>The state machine; null before <see cref="Attach"/>.</summary>
    protected Actor? Hosted { get; private set; }

    /// <inheritdoc/>
    public Task<bool> Attach()
    {
        Hosted = offered.Take(this.GetPrimaryKeyString());
        if (Hosted is null)
        {
            DeactivateOnIdle();
        }

        return Task.FromResult(Hosted is not null);
    }

    /// <inheritdoc/>
    public Task Receive(Immutable<Carriage> carriage)
    {
        (Delivery delivery, GrainCarrier carrier) = carriage.Value;
        try
        {
            if (!ReferenceEquals(delivery.Actor, Hosted))
            {
                throw new ShardLostException($"the grain of {this.GetPrimaryKeyString()} is not the one it was");
            }

            delivery.Carry();
        }
        catch (Exception exception)
        {
            carrier.Fail(exception); // The window's end throws it: nobody waits for a one-way call.
            return Task.CompletedTask;
        }

        carrier.Next();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Release()
    {
        Hosted = null;
        DeactivateOnIdle();
        return Task.CompletedTask;
    }
}
