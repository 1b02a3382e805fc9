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

    /// <summary>
    /// How long answers may stay away before a person is told: twice as long as a shard may take for one. A call that
    /// a cut network swallows fails much later.
    /// </summary>
    public static readonly TimeSpan SilenceMax = 2 * ShardConductor.AnswerWithin;

    private readonly EngineOptions _options;
    private readonly RunPlan _plan;
    private readonly ShardMap _map;
    private readonly IShardTransport _transport;
    private readonly IMessageCodec _codec;
    private readonly Action<string> _notice;
    private readonly ActorDirectory _directory;
    private readonly ShardLedger[] _shards;
    private readonly List<ScheduledEvent> _inputs = [];
    private readonly NetworkCuts _cuts = new();
    private readonly Stopwatch _barrier = new();
    private readonly Stopwatch _recovery = new();
    private IReadOnlyList<IShardSeat> _seats = [];
    private long _stretch;
    private long _window;
    private long _reached;
    private int _epoch;
    private int _recoveries;
    private bool _isHalted;
    private bool _isStarted;
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

    /// <summary>How long answers may stay away before a person is told.</summary>
    public TimeSpan SilenceAfter { get; init; } = SilenceMax;

    public long Windows { get; private set; }

    public long NextTime => _shards.Min(shard => shard.NextTime);

    public IReadOnlyList<long> EventsByShard => [.. _shards.Select(shard => shard.Events)];

    public RemoteStatistics Statistics => _statistics with
    {
        GrainCalls = _statistics.GrainCalls + GrainCallsOfEpoch,
        Recoveries = _recoveries,
        RecoveryTime = _recovery.Elapsed,
        BarrierTime = _barrier.Elapsed,
    };

    public void Start() => Persist(() =>
    {
        if (!_isStarted) // Else a silo was lost, and running again was the start.
        {
            Open();
        }
    });

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

    private long GrainCallsOfEpoch => _shards.Sum(shard => shard.GrainCalls);

    private ShardTotals[] Totals() => Ask(() => Task.WhenAll(_seats.Select(seat => seat.Totals())));

    /// <summary>
    /// Does something with all shards, however often it takes: a silo that does not answer is waited for, a silo that
    /// is lost makes all shards run again first.
    /// </summary>
    private void Persist(Action action)
    {
        bool isLost = false;
        while (true)
        {
            try
            {
                if (isLost)
                {
                    Recover();
                    isLost = false;
                }

                Patiently(action);
                break;
            }
            catch (ShardLostException gone)
            {
                _notice($"{gone.Message}; all shards run again on the silos that are left.");
                _recoveries++;
                isLost = true;
            }
        }

        if (_isHalted)
        {
            _isHalted = false;
            _notice("the run goes on.");
        }
    }

    /// <summary>Does something again and again until no silence prevents it.</summary>
    private void Patiently(Action action)
    {
        while (true)
        {
            try
            {
                action();
                return;
            }
            catch (TimeoutException silent)
            {
                Halt(silent.Message);
                Thread.Sleep(RetryPause);
            }
        }
    }

    /// <summary>Tells a person that the run does not get on and why, once until it goes on.</summary>
    private void Halt(string why)
    {
        if (!_isHalted)
        {
            _isHalted = true;
            _notice($"the run is halted at {new SimTime(_reached)}: {why}");
        }
    }

    /// <summary>Seats all shards anew and starts them at time 0.</summary>
    private void Open()
    {
        Patiently(() => _seats = _transport.Open(++_epoch));
        if (_seats.Count != _shards.Length)
        {
            throw new EngineException($"The silos seated {_seats.Count} of {_shards.Length} shards.");
        }

        _stretch = -1;
        _window = 0;
        _statistics = _statistics with { GrainCalls = _statistics.GrainCalls + GrainCallsOfEpoch };
        foreach (ShardLedger shard in _shards)
        {
            shard.Clear();
        }

        Patiently(() => RunOnce(until: 0, apply: !_isStarted));
        _isStarted = true;
    }

    /// <summary>After a silo was lost: from the start to where the run was, with the same inputs, handing over
    /// nothing that was handed over before.</summary>
    private void Recover()
    {
        _recovery.Start();
        long before = _recovery.ElapsedMilliseconds;
        long goal = _reached;
        long events = _shards.Sum(shard => shard.EventsReached);
        _transport.Close(_seats);
        Open();
        foreach (ScheduledEvent input in _inputs)
        {
            PutIn(input);
        }

        while (NextTime < goal)
        {
            Patiently(() => RunOnce(goal, apply: false));
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
        JournalInterest wanted = apply ? Wanted() : JournalInterest.None;
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
                reports = Await([.. _seats.Zip(orders, (seat, order) => seat.Run(order))]);
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

    /// <summary>Waits for all shards' answers, and tells a person when they stay away.</summary>
    private StretchReport[] Await(Task<StretchReport>[] answers)
    {
        Task<StretchReport[]> all = Task.WhenAll(answers);
        while (Task.WaitAny([all], SilenceAfter) < 0)
        {
            if (NetworkCuts.WhySilent(_seats, answers) is string why)
            {
                Halt(why);
            }
        }

        return Result(all);
    }

    /// <summary>Whether all shards have ended the stretch.</summary>
    /// <exception cref="TimeoutException">A notice does not come, though it was sent.</exception>
    private bool IsFinished(StretchReport[] reports)
    {
        if (reports.FirstOrDefault(report => report.Failure is not null)?.Failure is string failure)
        {
            throw new EngineException(failure);
        }

        return _cuts.Find(_seats, reports) is string cut
            ? throw new TimeoutException(cut) : reports.All(report => !report.IsUnfinished);
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
