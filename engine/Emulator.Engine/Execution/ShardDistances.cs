using Emulator.Core.Actors;

namespace Emulator.Engine.Execution;

/// <summary>
/// How far shards are from each other in virtual time: no message gets from one to another sooner. It says how long a
/// shard may run before another can reach it.
/// </summary>
/// <remarks>All in nanoseconds; <see cref="Never"/> where no wire leads from one to the other.</remarks>
internal sealed class ShardDistances
{
    /// <summary>No message gets there.</summary>
    public const long Never = long.MaxValue;

    private readonly long[,] _direct;
    private readonly long[,] _least;

    /// <summary>The distances over some wires.</summary>
    public ShardDistances(ShardMap map, IEnumerable<(MachineRef From, MachineRef To, long LeastLatency)> wires)
    {
        Count = map.Count;
        _direct = new long[Count, Count];
        Fill(_direct);
        foreach ((MachineRef from, MachineRef to, long latency) in Count == 1 ? [] : wires)
        {
            int sender = map.Of(from);
            int receiver = map.Of(to);
            if (sender != receiver)
            {
                _direct[sender, receiver] = Math.Min(_direct[sender, receiver], latency);
                Lookahead = Math.Min(Lookahead, latency);
            }
        }

        _least = (long[,])_direct.Clone();
        TakeDetours();
    }

    /// <summary>How many shards there are.</summary>
    public int Count { get; }

    /// <summary>The least latency of any wire between shards.</summary>
    public long Lookahead { get; } = Never;

    /// <summary>The least latency of the wires that lead from one shard straight to another.</summary>
    public long Direct(int from, int to) => _direct[from, to];

    /// <summary>
    /// How long it takes at least until something in one shard has an effect in another, over whatever shards; from a
    /// shard to itself: there and back.
    /// </summary>
    public long Least(int from, int to) => _least[from, to];

    /// <summary>An instant and a distance after it, or <see cref="Never"/>.</summary>
    public static long After(long time, long distance) => distance > Never - time ? Never : time + distance;

    /// <summary>Shortest ways by Floyd and Warshall's method.</summary>
    private void TakeDetours()
    {
        for (int over = 0; over < Count; over++)
        {
            for (int from = 0; from < Count; from++)
            {
                for (int to = 0; to < Count && _least[from, over] != Never; to++)
                {
                    _least[from, to] = Math.Min(_least[from, to], After(_least[from, over], _least[over, to]));
                }
            }
        }
    }

    private static void Fill(long[,] distances)
    {
        for (int i = 0; i < distances.GetLength(0); i++)
        {
            for (int j = 0; j < distances.GetLength(1); j++)
            {
                distances[i, j] = Never;
            }
        }
    }
}
