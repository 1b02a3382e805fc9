using System.Diagnostics;
using Emulator.Core.Actors;
using Emulator.Core.Canonical;
using Emulator.Core.Journal;
using Emulator.Core.Time;
using Emulator.Engine.Canonical;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Distribution;

/// <summary>
/// All shards of a run in other processes: orders their windows, keeps the barrier between them, hands their journals
/// to the projections window by window, and runs everything again when a silo is lost.
/// </summary>
/// <remarks>
/// A window's journal reaches the projections only when all shards have reported it. So whatever happens in the middle
/// of a window, what came before it was handed over whole, and a run again hands over nothing twice.
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
    private readonly long _lookahead;
    private readonly ShardLedger[] _shards;
    private readonly List<ScheduledEvent> _inputs = [];
    private readonly Stopwatch _barrier = new();
    private readonly Stopwatch _recovery = new();
    private IReadOnlyList<IShardSeat> _seats = [];
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
        _lookahead = map.Count == 1 ? long.MaxValue : plan.Wires.Lookahead(map);
        _shards = new ShardLedger[map.Count];
        for (int i = 0; i < _shards.Length; i++)
        {
            _shards[i] = new ShardLedger(i, _shards.Length);
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

    public void RunWindow(long windowEnd)
    {
        Windows++;
        Persist(() => RunOnce(windowEnd, apply: true));
        _reached = windowEnd;
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
        Totals().Sum(t => t.Packets) + _shards.Sum(shard => shard.PacketsToTake + shard.PacketsPutIn);

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

    /// <summary>Asks something between windows, however often it takes.</summary>
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
        JournalInterest wanted = Wanted();
        _seats = _transport.Open(++_epoch);
        if (_seats.Count != _shards.Length)
        {
            throw new EngineException($"The silos seated {_seats.Count} of {_shards.Length} shards.");
        }

        _window = 0;
        foreach (ShardLedger shard in _shards)
        {
            shard.Clear();
        }

        WindowReport[] reports = Result(Task.WhenAll(_seats.Select(seat => seat.Start(wanted))));
        Take([.. Enumerable.Range(0, reports.Length)], reports, apply);
    }

    /// <summary>After a silo was lost: from the start to where the run was, with the same inputs, handing over
    /// nothing.</summary>
    private void Recover()
    {
        _recovery.Start();
        _recoveries++;
        long before = _recovery.ElapsedMilliseconds;
        long events = _shards.Sum(shard => shard.EventsReached);
        _transport.Close(_seats);
        Open(apply: false);
        foreach (ScheduledEvent input in _inputs)
        {
            PutIn(input);
        }

        while (NextTime < _reached)
        {
            long next = NextTime;
            RunOnce(_lookahead > _reached - next ? _reached : next + _lookahead, apply: false);
        }

        long again = _shards.Sum(shard => shard.Events);
        if (again != events && events > 0)
        {
            throw new EngineException(
                $"Running again to {new SimTime(_reached)} took {again} events, the first time it took {events}: the "
                + "silos do not run one program on one input.");
        }

        _recovery.Stop();
        _notice($"all shards are at {new SimTime(_reached)} again after {_recovery.ElapsedMilliseconds - before} ms.");
    }

    private void RunOnce(long windowEnd, bool apply)
    {
        JournalInterest wanted = Wanted();
        List<int> busy = [];
        long window = _window + 1;
        foreach (ShardLedger shard in _shards)
        {
            if (shard.NextTime < windowEnd)
            {
                busy.Add(shard.Index);
            }
        }

        // An order that was not answered is made again word for word, so nothing changes before all have answered.
        WindowOrder[] orders = [.. busy.Select(i => _shards[i].OrderFor(
            window, windowEnd, _epoch, TakenBy(i), wanted, _codec))];
        _barrier.Start();
        WindowReport[] reports;
        try
        {
            reports = Result(Task.WhenAll(busy.Select((shard, i) => _seats[shard].Run(orders[i]))));
        }
        finally
        {
            _barrier.Stop();
        }

        foreach ((int shard, WindowReport report) in busy.Zip(reports))
        {
            if (report.Missing is { Count: > 0 } missing)
            {
                // A sender that has died has no work and no order in this window: ask, or nobody would notice.
                _ = Result(_seats[missing[0].From].Totals());
                throw new TimeoutException(
                    $"silo {_seats[shard].Silo} has not got what silo {_seats[missing[0].From].Silo} sent to shard "
                    + $"{shard} in window {missing[0].Window}; the network between the two is cut or slow.");
            }
        }

        _window = window;
        foreach (int shard in busy)
        {
            _shards[shard].Done(wanted);
        }

        Take(busy, reports, apply);
    }

    private void Take(IReadOnlyList<int> busy, WindowReport[] reports, bool apply)
    {
        for (int i = 0; i < reports.Length; i++)
        {
            WindowReport report = reports[i];
            if (report.Failure is string failure)
            {
                throw new EngineException(failure);
            }

            _shards[busy[i]].Take(report);
            foreach ((int to, BatchTicket ticket) in report.Sent)
            {
                _shards[to].Expect(ticket);
                _statistics = _statistics with
                {
                    Batches = _statistics.Batches + 1,
                    Messages = _statistics.Messages + ticket.Events,
                };
            }
        }

        _statistics = _statistics with { Orders = _statistics.Orders + reports.Length };
        if (!apply)
        {
            return;
        }

        foreach (ShardLedger shard in _shards)
        {
            shard.EventsReached = shard.Events;
        }

        foreach (WindowReport report in reports.Where(r => r.Journal.Length > 0))
        {
            JournalEntry[] entries = JournalCodec.Decode(report.Journal, _codec, _directory);
            foreach (IJournalProjection projection in _options.Projections)
            {
                projection.Write(entries);
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

    private long[] TakenBy(int from) => [.. _shards.Select(shard => shard.TakenFrom(from))];

    private static T Result<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
