using Emulator.Core.Actors;

namespace Emulator.Engine.Execution;

/// <summary>
/// The wires that were declared, for the lookahead: how long a shard may run before another can reach it.
/// </summary>
internal sealed class Wires
{
    private readonly List<(MachineRef From, MachineRef To, long LeastLatency)> _wires = [];

    /// <summary>The least latency of all wires; 1 where none was declared.</summary>
    public long LeastOfAll { get; private set; } = 1;

    public void Add(MachineRef from, MachineRef to, long leastLatencyNanoseconds)
    {
        if (leastLatencyNanoseconds <= 0)
        {
            throw new EngineException(
                $"zero-latency link between machines: {from.Name} to {to.Name} has {leastLatencyNanoseconds} ns; "
                + "give the wire a latency of at least 1 ns.");
        }

        LeastOfAll = _wires.Count == 0 ? leastLatencyNanoseconds : Math.Min(LeastOfAll, leastLatencyNanoseconds);
        _wires.Add((from, to, leastLatencyNanoseconds));
    }

    /// <summary>How far the shards of a map are from each other.</summary>
    public ShardDistances Distances(ShardMap map) => new(map, _wires);
}
