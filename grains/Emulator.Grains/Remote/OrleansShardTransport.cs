using System.Globalization;
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
public sealed class OrleansShardTransport : IShardTransport
{
    /// <summary>How often the shards are told that their client lives.</summary>
    public static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(5);

    private readonly IGrainFactory _grains;
    private readonly SiloClient? _client;
    private readonly RunDescription _description;
    private readonly Action<string> _notice;
    private readonly Timer _telling;
    private volatile ShardSeat[] _seats = [];
    private Task _closing = Task.CompletedTask;

    /// <summary>A transport to the silos behind a connection.</summary>
    /// <param name="client">The connection; it is closed with the transport.</param>
    /// <param name="description">What is run; the epoch is filled in.</param>
    /// <param name="notice">Told where the shards were seated.</param>
    public OrleansShardTransport(SiloClient client, RunDescription description, Action<string> notice)
        : this(client.Grains, description, notice) => _client = client;

    /// <summary>A transport inside a process that has a connection of its own.</summary>
    public OrleansShardTransport(IGrainFactory grains, RunDescription description, Action<string> notice)
    {
        _grains = grains;
        _description = description;
        _notice = notice;
        _telling = new Timer(_ => Array.ForEach(_seats, seat => seat.Tell()), null, TellEvery, TellEvery);
    }

    /// <summary>The run and its epoch, for the keys of actors' grains.</summary>
    public string RunKey { get; private set; } = "";

    /// <inheritdoc/>
    public IReadOnlyList<IShardSeat> Open(int epoch)
    {
        RunKey = string.Create(CultureInfo.InvariantCulture, $"{_description.Run}/{epoch}");
        return OpenAsync(epoch).GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    public void Close(IReadOnlyList<IShardSeat> seats)
    {
        _closing = Task.WhenAll(seats.OfType<ShardSeat>().Select(seat => seat.Close()));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _telling.Dispose();

        // A silo that is gone cannot be told; the others let go within the time of a call.
        Task.WhenAny(_closing, Task.Delay(TimeSpan.FromSeconds(5))).GetAwaiter().GetResult();
        _client?.Dispose();
    }

    private async Task<IReadOnlyList<IShardSeat>> OpenAsync(int epoch)
    {
        SiloAddress[] silos = await Silos();
        int[] numbers = [.. Enumerable.Range(0, _description.Shards).Select(i => i % silos.Length)];
        byte[] bytes = (_description with { Epoch = epoch, Seats = numbers }).Encode();
        var seats = new ShardSeat[_description.Shards];
        for (int i = 0; i < seats.Length; i++)
        {
            seats[i] = new ShardSeat(_grains, _description.Run, epoch, i, silos[numbers[i]]);
        }

        string[] refusals;
        try
        {
            refusals = await Task.WhenAll(seats.Select(seat => seat.Take(bytes)));
        }
        catch
        {
            Close(seats); // Some may have been taken: nobody else knows of them.
            throw;
        }

        for (int i = 0; i < refusals.Length; i++)
        {
            if (refusals[i] is { Length: > 0 } refusal)
            {
                Close(seats);
                throw new EngineException($"silo {seats[i].Silo} refuses the run: {refusal}");
            }
        }

        string placed = string.Join(
            ", ", seats.GroupBy(s => s.Silo).Select(g => $"{g.Key}: {string.Join(' ', g.Select(s => s.Index))}"));
        _seats = seats;
        _notice($"epoch {epoch}: {seats.Length} shards on {Math.Min(silos.Length, seats.Length)} silos ({placed}).");
        return seats;
    }

    /// <summary>The silos that are active now, in a stable order.</summary>
    private async Task<SiloAddress[]> Silos()
    {
        MembershipEntry[] active;
        try
        {
            active = [.. (await _grains.GetGrain<IManagementGrain>(0).GetDetailedHosts(onlyActive: true))
                .Where(silo => silo.Status == SiloStatus.Active)];
        }
        catch (Exception broken) when (broken is OrleansException or TimeoutException)
        {
            throw new TimeoutException($"the silos do not answer ({broken.GetType().Name}).", broken);
        }

        _client?.Gateways.Learn(active);
        SiloAddress[] silos =
        [
            .. active.Select(silo => silo.SiloAddress)
                .OrderBy(s => s.Endpoint.ToString(), StringComparer.Ordinal).ThenBy(s => s.Generation),
        ];
        return silos.Length > 0 ? silos : throw new EngineException("no silo is active; start one.");
    }
}
