using System.Diagnostics;

namespace Emulator.Engine.Distribution;

/// <summary>What a conductor needs of the process and the transport around it.</summary>
public interface IShardSurroundings
{
    /// <summary>Delivers every message of the open window; the shard's actors are started in window 0.</summary>
    Task Deliver();

    /// <summary>Sends the notices of the window that has just been delivered; nobody waits for them.</summary>
    void Send(IReadOnlyList<OutgoingNotice> notices);

    /// <summary>Asks a shard in another process for its notice of a window, which may not exist yet.</summary>
    void AskFor(int shard, long window);

    /// <summary>Calls made to grains since the start of the epoch.</summary>
    long GrainCalls { get; }
}

/// <summary>
/// Leads one shard through the windows of a stretch, in step with the conductors of the other shards: notices are all
/// they have of each other.
/// </summary>
/// <param name="shard">The shard.</param>
/// <param name="surroundings">Its process.</param>
public sealed class ShardConductor(HostedShard shard, IShardSurroundings surroundings)
{
    /// <summary>How often a missing notice is asked for before the stretch is given back unfinished.</summary>
    public const int AskingsMax = 3;

    /// <summary>How long a stretch may take before it is given back unfinished: its order is answered.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    private readonly List<int> _missing = [];
    private StretchReport? _last;
    private StretchReport? _failed;
    private long _begun = -1;
    private bool _isTold;
    private bool _isOpen;

    /// <summary>How long a notice is waited for before it is asked for.</summary>
    public TimeSpan AskAfter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Runs a stretch, or goes on with it; the same order again gives the same report and changes nothing.
    /// </summary>
    /// <exception cref="ShardLostException">The shard cannot go on and must run again elsewhere.</exception>
    public async Task<StretchReport> Run(StretchOrder order)
    {
        if (_failed is not null)
        {
            return _failed;
        }

        if (_last is not null && order.Stretch <= _last.Stretch)
        {
            return _last; // A copy that comes late: nobody waits for the answer to an older order any more.
        }

        try
        {
            Begin(order);
            return await GoOn(order.Stretch);
        }
        catch (Exception failure) when (failure is not ShardLostException)
        {
            return _failed = new StretchReport
            {
                Stretch = order.Stretch,
                Window = shard.Window,
                Failure = failure is Execution.EngineException ? failure.Message : failure.ToString(),
            };
        }
    }

    private void Begin(StretchOrder order)
    {
        if (_begun == order.Stretch)
        {
            return;
        }

        long expected = (_last?.Stretch ?? -1) + 1;
        if (order.Stretch != expected || _begun >= expected)
        {
            throw new Execution.EngineException(
                $"Shard {shard.Index} is ordered to run stretch {order.Stretch}, and the next is {expected}.");
        }

        _begun = order.Stretch;
        shard.Begin(order);
        _isOpen = order.Stretch == 0;
        _isTold = false;
    }

    private async Task<StretchReport> GoOn(long stretch)
    {
        long started = Stopwatch.GetTimestamp();
        while (_isOpen || shard.Open())
        {
            _isOpen = true;
            if (!_isTold)
            {
                await DoOwnPart();
                _isTold = true;
            }

            if (!await HasNotices())
            {
                return Unfinished(stretch) with { MissingFrom = [.. _missing] };
            }

            shard.Close();
            _isOpen = false;
            _isTold = false;
            if (Stopwatch.GetElapsedTime(started) > AnswerWithin)
            {
                return Unfinished(stretch);
            }
        }

        return _last = shard.Report(stretch, surroundings.GrainCalls);
    }

    private async Task DoOwnPart()
    {
        if (!shard.IsBusy)
        {
            return;
        }

        await surroundings.Deliver();
        shard.Tell();
        surroundings.Send(shard.Outgoing);
    }

    /// <summary>Waits for the notices of all shards that have work in the window, and asks for those that stay
    /// away.</summary>
    private async Task<bool> HasNotices()
    {
        if (shard.FindMissing(_missing) is null)
        {
            await Task.Yield(); // A shard that is alone must not keep a thread from the silo's own work.
        }

        for (int askings = 0; shard.FindMissing(_missing) is Task arrival;)
        {
            try
            {
                await arrival.WaitAsync(AskAfter);
            }
            catch (TimeoutException)
            {
                if (++askings > AskingsMax)
                {
                    return false;
                }

                foreach (int other in _missing.Where(other => !shard.IsHere(other)))
                {
                    surroundings.AskFor(other, shard.Window);
                }
            }
        }

        return true;
    }

    private StretchReport Unfinished(long stretch) => new()
    {
        Stretch = stretch,
        Window = shard.Window,
        IsUnfinished = true,
    };
}
