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
/// Drives a <see cref="HostedShard"/> as the run's barrier orders, and passes batches between shards.
/// </summary>
[ShardPlacement]
[KeepAlive]
public sealed class ShardGrain : Grain, IShardGrain
{
    /// <summary>How long a window waits for a batch before it is asked for again.</summary>
    public static readonly TimeSpan BatchWait = TimeSpan.FromMilliseconds(500);

    /// <summary>How often a missing batch is asked for before the window is given back unopened.</summary>
    public const int ResendsMax = 3;

    private readonly SiloRuns _runs;
    private readonly ActorRegistrar _registrar;
    private readonly ShardMeter _meter;
    private readonly string _run;
    private readonly int _epoch;
    private readonly int _index;
    private readonly List<Core.Actors.Actor> _ended = [];
    private DeliveryMode _delivery;
    private HostedShard? _shard;
    private GrainCarrier? _carrier;
    private WindowReport? _failed;
    private WindowReport _last = null!; // Set by Start, before any window.
    private long _reported;
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
            HostedShard shard = _runs.Host(run, _index);
            _delivery = run.Delivery;
            _carrier = new GrainCarrier(shard, RunKey, _registrar);
            Core.Actors.Actor[] actors = [.. shard.Actors];
            IReadOnlyList<IActorGrain> grains = await _registrar.Register(actors, RunKey);
            for (int i = 0; i < actors.Length; i++)
            {
                shard.SetHandle(actors[i], grains[i]);
            }

            shard.Ended = _ended.Add;
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
    public Task<Immutable<byte[]>> Start(Immutable<byte[]> interest)
    {
        if (_shard is null)
        {
            return Task.FromResult(Unknown);
        }

        WindowReport report;
        try
        {
            report = _shard.Start(JournalInterest.Read(new CanonicalReader(interest.Value)));
        }
        catch (Exception failure)
        {
            report = Failed(0, failure);
        }

        _last = report;
        _reported = Stopwatch.GetTimestamp();
        SendOut();
        return Task.FromResult(Encode(report));
    }

    /// <inheritdoc/>
    public async Task<Immutable<byte[]>> Run(Immutable<byte[]> order)
    {
        if (_shard is null)
        {
            return Unknown;
        }

        WindowOrder window = WindowOrder.Read(new CanonicalReader(order.Value));
        if (_failed is not null)
        {
            return Encode(_failed);
        }

        if (_shard.ReportOf(window.Window) is WindowReport again)
        {
            return Encode(again);
        }

        for (int tries = 0; tries < ResendsMax; tries++)
        {
            IReadOnlyList<BatchTicket> missing = await _shard.Await(window, BatchWait);
            if (missing.Count == 0)
            {
                long started = Stopwatch.GetTimestamp();
                WindowReport report;
                try
                {
                    report = await RunOpened(_shard, window);
                }
                catch (ShardLostException)
                {
                    await Close();
                    return Unknown;
                }

                _meter.Ran(
                    window, _last, report, _shard.Outgoing, started, Stopwatch.GetElapsedTime(_reported, started));
                _last = report;
                _reported = Stopwatch.GetTimestamp();
                SendOut();
                return Encode(report);
            }

            foreach (BatchTicket ticket in missing)
            {
                _ = GrainFactory.GetGrain<IShardGrain>(KeyOf(_run, _epoch, ticket.From))
                    .Resend(_index, ticket.Window).ContinueWith(static t => _ = t.Exception, TaskScheduler.Default);
            }
        }

        return Encode(new WindowReport
        {
            Window = window.Window,
            NextTime = 0,
            Events = 0,
            Sent = [],
            Missing = await _shard.Await(window, TimeSpan.Zero),
        });
    }

    /// <inheritdoc/>
    public Task Accept(int from, long window, Immutable<byte[]> batch)
    {
        _shard?.Accept(from, window, batch.Value);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task Resend(int to, long window)
    {
        if (_shard?.Resend(to, window) is { } batch)
        {
            Send(batch);
        }

        return Task.CompletedTask;
    }

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
            _registrar.Release(shard.Actors, RunKey);
            _runs.End(_run, _epoch);
            _meter.Closed();
        }

        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    /// <summary>The run and its epoch, for the keys of actors' grains.</summary>
    private string RunKey => string.Create(CultureInfo.InvariantCulture, $"{_run}/{_epoch}");

    private static Immutable<byte[]> Unknown => new([]);

    private async Task<WindowReport> RunOpened(HostedShard shard, WindowOrder window)
    {
        try
        {
            shard.Open(window);
            if (_delivery == DeliveryMode.Grains)
            {
                await _carrier!.Run(); // Seated.
            }
            else
            {
                shard.Run();
            }

            if (_ended.Count > 0)
            {
                _registrar.Release(_ended, RunKey);
                _ended.Clear();
            }

            return shard.Close(window.Window, _carrier!.Calls); // Seated.
        }
        catch (Exception failure) when (failure is not ShardLostException)
        {
            return _failed = Failed(window.Window, failure);
        }
    }

    private static WindowReport Failed(long window, Exception failure) => new()
    {
        Window = window,
        NextTime = 0,
        Events = 0,
        Sent = [],
        Failure = failure is EngineException ? failure.Message : failure.ToString(),
    };

    private static Immutable<byte[]> Encode(WindowReport report)
    {
        var writer = new CanonicalWriter();
        report.Write(writer);
        return new Immutable<byte[]>(writer.ToArray());
    }

    private void SendOut()
    {
        foreach (OutgoingBatch batch in _shard!.Outgoing) // Called while seated.
        {
            Send(batch);
        }
    }

    /// <summary>Nobody waits: a batch that does not arrive is missed by its receiver, who asks for it again.</summary>
    private void Send(in OutgoingBatch batch) =>
        _ = GrainFactory.GetGrain<IShardGrain>(KeyOf(_run, _epoch, batch.To))
            .Accept(_index, batch.Ticket.Window, new Immutable<byte[]>(batch.Bytes.ToArray()))
            .ContinueWith(static t => _ = t.Exception, TaskScheduler.Default);
}
