using Emulator.Core.Actors;
using Emulator.Core.Randomness;

namespace Emulator.Engine.Execution;

/// <summary>
/// Which shard a machine belongs to: a pure function of the run's zones, the machine's zone and name, and the count.
/// </summary>
/// <remarks>
/// Zones are dealt out in the order of their names, so that shards cut along zones, where latencies are longest. With
/// more
/// shards than zones a zone has several, and its machines are spread over them by a hash of their names. A machine that
/// is
/// added to a known zone moves no other.
/// </remarks>
public sealed class ShardMap
{
    private readonly string[] _zones;

    /// <summary>A map of zones, in any order and with repetitions, on shards.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is less than one shard.</exception>
    public ShardMap(IEnumerable<string> zones, int shards)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shards, 1);
        Count = shards;
        _zones = [.. zones.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>How many shards there are, 1 or more.</summary>
    public int Count { get; }

    /// <summary>The shard of a machine, 0 to <see cref="Count"/> - 1.</summary>
    /// <exception cref="ArgumentException">The machine's zone is none of the map's.</exception>
    public int Of(MachineRef machine)
    {
        int zone = Array.BinarySearch(_zones, machine.Zone, StringComparer.Ordinal);
        if (zone < 0)
        {
            throw new ArgumentException(
                $"{machine.Name}: zone {machine.Zone} is not one of {string.Join(", ", _zones)}.");
        }

        if (_zones.Length >= Count)
        {
            return zone % Count;
        }

        // Zone z has the shards z, z + zones, z + 2 × zones, … below the count.
        int share = ((Count - 1 - zone) / _zones.Length) + 1;
        ulong name = StableHash.Finish(StableHash.Of(machine.Name));
        return zone + ((int)(name % (ulong)share) * _zones.Length);
    }
}
