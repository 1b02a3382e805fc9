using System.Diagnostics;
using Emulator.Core.Actors;
using Emulator.Core.Canonical;
using Emulator.Core.Journal;
using Emulator.Core.Time;
using Emulator.Engine.Canonical;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Distribution;

/// <summary>
/// All shards of a run in other processes: orders stretches of windows from them, hands their journals to the
/// projections window by window, and runs everything again when a silo is lost.
/// </summary>
/// <remarks>
/// A stretch's journal reaches the projections only when all shards have reported it. So whatever happens in the middle
/// of a stretch, what came before it was handed over whole, and a run again hands over nothing twice.
/// </remarks>
internal sealed class RemoteShards : IShards
{
    /// <summary>How long a silence lasts before the same is asked again.</summary>
    public static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);

    private readonly EngineOptions _options;
    private readonly RunPlan _plan;
    private readonly ShardMap _map;
    private readonly IShardTransport _transport;
    private readonly IMessageCodec _codec;
    private readonly Action<string> _notice;
    private readonly ActorDirectory _directory;
    private readonly ShardLedger[] _shards;
    private readonly List<ScheduledEvent> _inputs = [];
    private readonly HashSet<(int From, int To, long Window)> _late = [];
    private readonly Stopwatch _barrier = new();
    private readonly Stopwatch _recovery = new();
    private IReadOnlyList<IShardSeat> _seats = [];
    private long _stretch;
    private long _window;
    private long _reached;
    private int _epoch;
    private int _recoveries;
    private RemoteStatistics _statistics;

    public RemoteShards(
        EngineOptions options, RunPlan plan, ShardMap map, IShardTransport transport, IMessageCodec codec,
        Action<string> notice)
    {
        _options = options;
        _plan = plan;
        _map = map;
        _transport = transport;
        _codec = codec;
        _notice = notice;
        _directory = new ActorDirectory(plan);
        _shards = new ShardLedger[map.Count];
        for (int i = 0; i < _shards.Length; i++)
        {
            _shards[i] = new ShardLedger(i);
        }
    }

    public long Windows { get; private set; }

    public long NextTime => _shards.Min(shard => shard.NextTime);

    public IReadOnlyList<long> EventsByShard => [.. _shards.Select(shard => shard.Events)];

    public RemoteStatistics Statistics => _statistics with
    {
        GrainCalls = _shards.Sum(shard => shard.GrainCalls),
        Recoveries = _recoveries,
        RecoveryTime = _recovery.Elapsed,
        BarrierTime = _barrier.Elapsed,
    };

    public void Start() => Persist(() => Open(apply: true));

    /// <inheritdoc/>
    /// <remarks>One stretch.</remarks>
    public long Run(long end)
    {
        Persist(() => RunOnce(end, apply: true));
        return _reached;
    }

    public void Push(in ScheduledEvent scheduled)
    {
        _inputs.Add(scheduled);
        PutIn(scheduled);
    }

    public void Flush()
    {
        // Journals were handed over when their window ended.
    }

    public long CountPackets() =>
        Totals().Sum(t => t.Packets) + _shards.Sum(shard => shard.PacketsPutIn);

    public IReadOnlyDictionary<string, ulong> Digests() =>
        Totals().SelectMany(t => t.Digests).ToDictionary(StringComparer.Ordinal);

    public ActorRef? FindActor(MachineRef machine, string name)
    {
        string? incarnation = Ask(() => _seats[_map.Of(machine)].FindIncarnation(machine.Name, name));
        return incarnation is null ? null : _directory.Resolve(machine.Name, name, incarnation);
    }

    public void Dispose()
    {
        _transport.Close(_seats);
        _transport.Dispose();
    }

    /// <summary>Asks something between stretches, however often it takes.</summary>
    public T Ask<T>(Func<Task<T>> question)
    {
        T answer = default!; // Persist returns only when it was set.
        Persist(() => answer = Result(question()));
        return answer;
    }

    private ShardTotals[] Totals() => Ask(() => Task.WhenAll(_seats.Select(seat => seat.Totals())));

    /// <summary>
    /// Does something with all shards, however often it takes: a silo that does not answer is waited for, a silo that
    /// is lost makes all shards run again first.
    /// </summary>
    private void Persist(Action action)
    {
        bool lost = false;
        bool halted = false;
        while (true)
        {
            try
            {
                if (lost)
                {
                    Recover();
                    lost = false;
                }

                action();
                if (halted)
                {
                    _notice("the run goes on.");
                }

                return;
            }
            catch (ShardLostException gone)
            {
                _notice($"{gone.Message}; all shards run again on the silos that are left.");
                lost = _epoch > 0;
            }
            catch (TimeoutException silent)
            {
                if (!halted)
                {
                    _notice($"the run is halted at {new SimTime(_reached)}: {silent.Message}");
                }

                halted = true;
                Thread.Sleep(RetryPause);
            }
        }
    }

    /// <summary>Seats all shards anew and starts them at time 0.</summary>
    private void Open(bool apply)
    {
        _seats = _transport.Open(++_epoch);
        if (_seats.Count != _shards.Length)
        {
            throw new EngineException($"The silos seated {_seats.Count} of {_shards.Length} shards.");
        }

        _stretch = -1;
        _window = 0;
        foreach (ShardLedger shard in _shards)
        {
            shard.Clear();
        }

        RunOnce(until: 0, apply);
    }

    /// <summary>After a silo was lost: from the start to where the run was, with the same inputs, handing over
    /// nothing.</summary>
    private void Recover()
    {
        _recovery.Start();
        _recoveries++;
        long before = _recovery.ElapsedMilliseconds;
        long goal = _reached;
        long events = _shards.Sum(shard => shard.EventsReached);
        _transport.Close(_seats);
        Open(apply: false);
        foreach (ScheduledEvent input in _inputs)
        {
            PutIn(input);
        }

        while (NextTime < goal)
        {
            RunOnce(goal, apply: false);
        }

        long again = _shards.Sum(shard => shard.Events);
        if (again != events && events > 0)
        {
            throw new EngineException(
                $"Running again to {new SimTime(goal)} took {again} events, the first time it took {events}: the "
                + "silos do not run one program on one input.");
        }

        _recovery.Stop();
        _notice($"all shards are at {new SimTime(goal)} again after {_recovery.ElapsedMilliseconds - before} ms.");
    }

    /// <summary>Runs a stretch.</summary>
    /// <param name="until">Where it ends at the latest.</param>
    /// <param name="apply">Whether the projections get its journal.</param>
    private void RunOnce(long until, bool apply)
    {
        JournalInterest wanted = Wanted();
        long[] inputTimes = [.. _shards.Select(shard => shard.InputTime)];

        // An order that was not answered is made again word for word, so nothing changes before all have answered.
        StretchOrder[] orders = [.. _shards.Select(shard => shard.OrderFor(
            _stretch + 1, until, _epoch, inputTimes, wanted, _codec))];
        StretchReport[] reports;
        _barrier.Start();
        try
        {
            do
            {
                reports = Result(Task.WhenAll(_seats.Zip(orders, (seat, order) => seat.Run(order))));
            }
            while (!IsFinished(reports));
        }
        finally
        {
            _barrier.Stop();
        }

        _stretch++;
        foreach (ShardLedger shard in _shards)
        {
            shard.Take(reports[shard.Index], wanted);
        }

        if (reports.Any(report => report.Reached != reports[0].Reached || report.Window != reports[0].Window))
        {
            throw new EngineException($"The shards do not agree where stretch {_stretch} ends.");
        }

        Windows += apply ? reports[0].Window - _window : 0;
        _window = reports[0].Window;
        Count(reports);
        if (apply)
        {
            _reached = reports[0].Reached;
            HandOver(reports);
        }
    }

    /// <summary>Whether all shards have ended the stretch.</summary>
    /// <exception cref="TimeoutException">A notice does not come, though it was sent.</exception>
    private bool IsFinished(StretchReport[] reports)
    {
        if (reports.FirstOrDefault(report => report.Failure is not null)?.Failure is string failure)
        {
            throw new EngineException(failure);
        }

        List<(int From, int To, long Window)> late =
        [
            .. reports.SelectMany((report, to) => report.MissingFrom
                .Where(from => reports[from].Window >= report.Window)
                .Select(from => (from, to, report.Window))),
        ];
        (int From, int To, long Window)? cut = null;
        foreach ((int From, int To, long Window) one in late)
        {
            cut = _late.Contains(one) ? one : cut; // Once may be bad luck: it was sent just then.
        }

        _late.Clear();
        _late.UnionWith(late);
        return cut is { } missing
            ? throw new TimeoutException(
                $"silo {_seats[missing.To].Silo} has not got what silo {_seats[missing.From].Silo} says of window "
                + $"{missing.Window}; the network between the two is cut or slow.")
            : reports.All(report => !report.IsUnfinished);
    }

    private void Count(StretchReport[] reports)
    {
        foreach (StretchReport report in reports)
        {
            _statistics = _statistics with
            {
                Orders = _statistics.Orders + report.BusyWindows,
                Batches = _statistics.Batches + report.Batches,
                Messages = _statistics.Messages + report.Messages,
            };
        }

        _statistics = _statistics with { Stretches = _statistics.Stretches + 1 };
    }

    /// <summary>Gives the projections the journals of a stretch: window by window, in the order of shards.</summary>
    private void HandOver(StretchReport[] reports)
    {
        foreach (ShardLedger shard in _shards)
        {
            shard.EventsReached = shard.Events;
        }

        List<(long Window, int Shard, int First, int Count)> parts = [];
        var entries = new JournalEntry[reports.Length][];
        for (int i = 0; i < reports.Length; i++)
        {
            entries[i] = reports[i].Journal.Length == 0
                ? [] : JournalCodec.Decode(reports[i].Journal, _codec, _directory);
            int first = 0;
            foreach ((long window, int count) in reports[i].JournalWindows)
            {
                parts.Add((window, i, first, count));
                first += count;
            }
        }

        parts.Sort(static (one, other) => (one.Window, one.Shard).CompareTo((other.Window, other.Shard)));
        foreach ((long _, int shard, int first, int count) in parts)
        {
            foreach (IJournalProjection projection in _options.Projections)
            {
                projection.Write(entries[shard].AsSpan(first, count));
            }
        }
    }

    private void PutIn(in ScheduledEvent scheduled) => _shards[_map.Of(scheduled.To.Machine)].PutIn(scheduled);

    private JournalInterest Wanted()
    {
        JournalInterest wanted = JournalInterest.None;
        foreach (IJournalProjection projection in _options.Projections)
        {
            wanted = wanted.With(projection.Interest);
        }

        return wanted;
    }

    private static T Result<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
