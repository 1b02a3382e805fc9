using System.Diagnostics;
using System.Globalization;
using Emulator.Core.Canonical;
using Emulator.Engine.Distribution;
using Emulator.Engine.Execution;
using Emulator.Grains.Actors;
using Emulator.Grains.Runs;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Emulator.Grains.Shards;

/// <summary>
/// Drives a <see cref="HostedShard"/> through the stretches that are ordered, and passes notices between silos.
/// </summary>
[ShardPlacement]
[KeepAlive]
public sealed class ShardGrain : Grain, IShardGrain, IShardSurroundings
{
    private readonly SiloRuns _runs;
    private readonly ActorRegistrar _registrar;
    private readonly ShardMeter _meter;
    private readonly string _run;
    private readonly int _epoch;
    private readonly int _index;
    private readonly List<Core.Actors.Actor> _ended = [];
    private DeliveryMode _delivery;
    private HostedShard? _shard;
    private HostedRun? _hosted;
    private ShardConductor? _conductor;
    private GrainCarrier? _carrier;
    private long _told;
    private long _heard = Stopwatch.GetTimestamp();

    /// <summary>The grain of the shard that its key names.</summary>
    public ShardGrain(SiloRuns runs, ActorRegistrar registrar, ShardMeter meter)
    {
        _runs = runs;
        _registrar = registrar;
        _meter = meter;
        string[] key = this.GetPrimaryKeyString().Split('/');
        _run = key[0];
        _epoch = int.Parse(key[1], CultureInfo.InvariantCulture);
        _index = int.Parse(key[2], CultureInfo.InvariantCulture);
    }

    /// <summary>The key of a shard's grain.</summary>
    public static string KeyOf(string run, int epoch, int shard) =>
        string.Create(CultureInfo.InvariantCulture, $"{run}/{epoch}/{shard}");

    /// <summary>A run whose client has gone is let go after a while.</summary>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(
            () => Stopwatch.GetElapsedTime(_heard) < 2 * SiloRuns.SilenceMax ? Task.CompletedTask : Close(),
            new GrainTimerCreationOptions(SiloRuns.SilenceMax, SiloRuns.SilenceMax));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<string> Seat(Immutable<byte[]> description)
    {
        if (_shard is not null)
        {
            return "";
        }

        try
        {
            RunDescription run = RunDescription.Decode(description.Value);
            (_hosted, HostedShard shard) = _runs.Host(run, _index);
            _delivery = run.Delivery;
            _carrier = new GrainCarrier(shard, RunKey, _registrar);
            Core.Actors.Actor[] actors = [.. shard.Actors];
            IReadOnlyList<IActorGrain> grains = await _registrar.Register(actors, RunKey);
            for (int i = 0; i < actors.Length; i++)
            {
                shard.SetHandle(actors[i], grains[i]);
            }

            shard.Ended = _ended.Add;
            _conductor = new ShardConductor(shard, this);
            _shard = shard;
            _meter.Seated(run, _index, shard.LookaheadNanoseconds);
            return "";
        }
        catch (Exception refused) when (refused is EngineException or ShardLostException)
        {
            return refused.Message;
        }
    }

    /// <inheritdoc/>
    public async Task<Immutable<byte[]>> Run(Immutable<byte[]> order)
    {
        if (_shard is null)
        {
            return Unknown;
        }

        try
        {
            StretchOrder read = StretchOrder.Read(new CanonicalReader(order.Value));
            StretchReport report = await _conductor!.Run(read); // Seated.
            var writer = new CanonicalWriter();
            report.Write(writer);
            return new Immutable<byte[]>(writer.ToArray());
        }
        catch (ShardLostException)
        {
            await Close();
            return Unknown;
        }
    }

    /// <inheritdoc/>
    public Task Accept(Immutable<byte[]> notice)
    {
        _hosted?.Accept(notice.Value);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Resend(int toShard, long window)
    {
        if (_shard?.Resend(toShard, window) is { } notice)
        {
            Send(notice);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    long IShardSurroundings.GrainCalls => _carrier!.Calls; // Seated.

    /// <inheritdoc/>
    async Task IShardSurroundings.Deliver()
    {
        HostedShard shard = _shard ?? throw new ShardLostException("the shard was closed");
        long started = Stopwatch.GetTimestamp();
        long events = shard.Events;
        long calls = _carrier!.Calls; // Seated.
        if (shard.Window == 0)
        {
            shard.Start();
        }
        else if (_delivery == DeliveryMode.Grains)
        {
            await _carrier.Run();
        }
        else
        {
            shard.Run();
        }

        if (_ended.Count > 0)
        {
            ActorRegistrar.Release(_ended.Select(shard.HandleOf));
            _ended.Clear();
        }

        _meter.Ran(
            shard, shard.Events - events, _carrier.Calls - calls, started,
            _told == 0 ? TimeSpan.Zero : Stopwatch.GetElapsedTime(_told, started));
    }

    /// <inheritdoc/>
    void IShardSurroundings.Send(IReadOnlyList<OutgoingNotice> notices)
    {
        foreach (OutgoingNotice notice in notices)
        {
            Send(notice);
        }

        _meter.Told(_shard!, notices); // Delivered just now.
        _told = Stopwatch.GetTimestamp();
    }

    /// <inheritdoc/>
    void IShardSurroundings.AskFor(int shard, long window) =>
        _ = GrainOf(shard).Resend(_shard!.Addressee, window); // Seated.

    /// <inheritdoc/>
    public Task<ShardFigures?> Totals()
    {
        if (_shard?.Totals() is not { } totals)
        {
            return Task.FromResult<ShardFigures?>(null);
        }

        return Task.FromResult<ShardFigures?>(
            new ShardFigures([.. totals.Digests.Keys], [.. totals.Digests.Values], totals.Packets));
    }

    /// <inheritdoc/>
    public Task<FoundActor?> FindActor(string machine, string actor) => Task.FromResult(
        _shard is null ? null : new FoundActor(_shard.FindActor(machine, actor)?.Self.Incarnation));

    /// <inheritdoc/>
    public Task Hear()
    {
        _heard = Stopwatch.GetTimestamp();
        _runs.Touch();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Close()
    {
        if (_shard is HostedShard shard)
        {
            _shard = null;
            ActorRegistrar.Release(shard.Actors.Select(shard.HandleOf));
            _runs.End(_run, _epoch);
            _meter.Closed();
        }

        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    /// <summary>The run and its epoch, for the keys of actors' grains.</summary>
    private string RunKey => string.Create(CultureInfo.InvariantCulture, $"{_run}/{_epoch}");

    private static Immutable<byte[]> Unknown => new([]);

    private IShardGrain GrainOf(int shard) => GrainFactory.GetGrain<IShardGrain>(KeyOf(_run, _epoch, shard));

    private void Send(in OutgoingNotice notice) =>
        _ = GrainOf(notice.ToShard).Accept(new Immutable<byte[]>(notice.Bytes));
}
