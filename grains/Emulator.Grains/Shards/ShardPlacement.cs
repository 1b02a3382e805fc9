using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Runtime.Placement;

namespace Emulator.Grains.Shards;

/// <summary>Places a shard's grain on the silo that the run's client chose for it.</summary>
[GenerateSerializer, Immutable]
public sealed class ShardPlacement : PlacementStrategy
{
    /// <summary>Where a seating call says which silo is meant.</summary>
    public const string SiloKey = "emulator.silo";
}

/// <summary>Marks <see cref="ShardGrain"/>.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ShardPlacementAttribute() : PlacementAttribute(new ShardPlacement());

/// <summary>
/// Follows the silo named in the call. A call that names none is late, for a shard whose silo has died: any silo may
/// answer that it knows nothing.
/// </summary>
public sealed class ShardPlacementDirector : IPlacementDirector
{
    /// <inheritdoc/>
    public Task<SiloAddress> OnAddActivation(
        PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        if (target.RequestContextData?.TryGetValue(ShardPlacement.SiloKey, out object? value) != true)
        {
            return Task.FromResult(context.LocalSilo);
        }

        SiloAddress named = context.GetCompatibleSilos(target)
            .FirstOrDefault(silo => silo.ToParsableString() == value as string)
            ?? throw new OrleansException($"Silo {value} is not active.");
        return Task.FromResult(named);
    }
}
