using Emulator.Core.Canonical;
using Emulator.Engine.Distribution;
using Emulator.Grains.Shards;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Emulator.Grains.Remote;

/// <summary>A shard's grain as the engine sees it.</summary>
internal sealed class ShardSeat(IGrainFactory grains, string run, int epoch, int index, SiloAddress silo) : IShardSeat
{
    private readonly IShardGrain _grain = grains.GetGrain<IShardGrain>(ShardGrain.KeyOf(run, epoch, index));
    private readonly CanonicalWriter _writer = new();

    /// <inheritdoc/>
    public string Silo { get; } = silo.Endpoint.ToString();

    /// <summary>Which shard it is.</summary>
    public int Index { get; } = index;

    /// <summary>Seats the shard on its silo.</summary>
    /// <returns>Empty, or why the silo refuses.</returns>
    public Task<string> Take(byte[] description) => Ask(() =>
    {
        RequestContext.Set(ShardPlacement.SiloKey, silo.ToParsableString());
        return _grain.Seat(new Immutable<byte[]>(description));
    });

    /// <inheritdoc/>
    public async Task<StretchReport> Run(StretchOrder order)
    {
        _writer.Clear();
        order.Write(_writer);
        byte[] bytes = _writer.ToArray();
        return Read(await Ask(() => _grain.Run(new Immutable<byte[]>(bytes))));
    }

    /// <inheritdoc/>
    public async Task<ShardTotals> Totals()
    {
        ShardFigures figures = await Ask(_grain.Totals) ?? throw Lost();
        return new ShardTotals(
            figures.Machines.Zip(figures.Digests).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal),
            figures.Packets);
    }

    /// <inheritdoc/>
    public async Task<string?> FindIncarnation(string machine, string actor) =>
        (await Ask(() => _grain.FindActor(machine, actor)) ?? throw Lost()).Incarnation;

    /// <summary>Tells the shard that its client lives; one that does not hear it now hears it the next time.</summary>
    public void Tell() => _ = _grain.Hear().ContinueWith(static t => _ = t.Exception, TaskScheduler.Default);

    /// <summary>Lets the shard go; a silo that is gone is not waited for.</summary>
    public async Task Close()
    {
        try
        {
            await _grain.Close();
        }
        catch (Exception gone) when (gone is OrleansException or TimeoutException)
        {
            // The silo has died or cannot be reached: there is nothing left to let go of.
        }
    }

    private StretchReport Read(Immutable<byte[]> bytes) =>
        bytes.Value.Length == 0 ? throw Lost() : StretchReport.Read(new CanonicalReader(bytes.Value));

    private ShardLostException Lost() => new($"silo {Silo} has lost shard {Index}");

    /// <summary>Whatever goes wrong on the way is a silence: the call may be made again, and then tells what is
    /// so.</summary>
    private async Task<T> Ask<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception broken) when (broken is OrleansException or TimeoutException
            or System.Net.Sockets.SocketException or IOException)
        {
            throw new TimeoutException($"silo {Silo} does not answer ({broken.GetType().Name}).", broken);
        }
    }
}
