using Emulator.Engine.Distribution;
using Emulator.Engine.Execution;
using Emulator.Grains.Runs;
using Emulator.Grains.Shards;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Emulator.Grains.Remote;

/// <summary>Seats a run's shards on an Orleans cluster's silos.</summary>
/// <remarks>
/// Silos are taken in the order of their names and addresses, and shard n sits on silo n modulo their number: the same
/// silos give the same seats. A silo that joins gets shards when a run, or the next try of one, starts.
/// </remarks>
/// <param name="client">The connection; it is closed with the transport.</param>
/// <param name="description">What is run; the epoch is filled in.</param>
/// <param name="notice">Told where the shards were seated.</param>
public sealed class OrleansShardTransport(SiloClient client, RunDescription description, Action<string> notice)
    : IShardTransport
{
    /// <inheritdoc/>
    public IReadOnlyList<IShardSeat> Open(int epoch) => OpenAsync(epoch).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void Close(IReadOnlyList<IShardSeat> seats)
    {
        // A silo that is gone cannot be told; the others let go within the time of a call.
        Task[] closing = [.. seats.OfType<ShardSeat>().Select(seat => seat.Close())];
        Task.WhenAny(Task.WhenAll(closing), Task.Delay(TimeSpan.FromSeconds(10))).GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async Task<IReadOnlyList<IShardSeat>> OpenAsync(int epoch)
    {
        SiloAddress[] silos = await Silos();
        byte[] bytes = (description with { Epoch = epoch }).Encode();
        var seats = new ShardSeat[description.Shards];
        for (int i = 0; i < seats.Length; i++)
        {
            seats[i] = new ShardSeat(client.Grains, description.Run, epoch, i, silos[i % silos.Length]);
        }

        string?[] refusals = await Task.WhenAll(seats.Select(seat => seat.Take(bytes)));
        for (int i = 0; i < refusals.Length; i++)
        {
            if (refusals[i] is { Length: > 0 } refusal)
            {
                throw new EngineException($"silo {seats[i].Silo} refuses the run: {refusal}");
            }
        }

        string placed = string.Join(
            ", ", seats.GroupBy(s => s.Silo).Select(g => $"{g.Key}: {string.Join(' ', g.Select(s => s.Index))}"));
        notice($"epoch {epoch}: {seats.Length} shards on {Math.Min(silos.Length, seats.Length)} silos ({placed}).");
        return seats;
    }

    /// <summary>The silos that are active now, in a stable order.</summary>
    private async Task<SiloAddress[]> Silos()
    {
        Dictionary<SiloAddress, SiloStatus> hosts =
            await client.Grains.GetGrain<IManagementGrain>(0).GetHosts(onlyActive: true);
        SiloAddress[] silos =
        [
            .. hosts.Where(h => h.Value == SiloStatus.Active).Select(h => h.Key)
                .OrderBy(s => s.Endpoint.ToString(), StringComparer.Ordinal).ThenBy(s => s.Generation),
        ];
        return silos.Length > 0 ? silos : throw new EngineException("no silo is active; start one.");
    }
}
