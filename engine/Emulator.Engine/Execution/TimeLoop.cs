using System.Diagnostics;
using Emulator.Core.Actors;
using Emulator.Core.Time;
using Emulator.Engine.Clocks;
using Emulator.Engine.Inputs;

namespace Emulator.Engine.Execution;

/// <summary>Moves virtual time on: chooses windows, takes inputs between them, keeps to the clock.</summary>
internal sealed class TimeLoop(
    RunEngine engine, IShards shards, InputQueue inputs, InputLog? log)
{
    private const long Millisecond = 1_000_000;

    /// <summary>How long a wait may last before the loop looks around again.</summary>
    private const int WaitMaxMilliseconds = 1_000;

    /// <summary>Who sends what comes from outside.</summary>
    public static readonly ActorRef Outside = new("outside", "", new MachineRef("outside", "external"));

    private ulong _inputSequence;
    private long _stepsAllowed;
    private Pacer? _pacer;
    private ClockMode? _pacedBy;
    private bool _failed;

    /// <summary>Everything before this has happened.</summary>
    public long Now { get; private set; }

    private bool IsPaced => engine.Clock.Kind == ClockKind.Realtime;

    public void RunUntil(long end)
    {
        _pacer = null;
        MoveTo(end, CancellationToken.None);
        shards.Flush();
    }

    public bool RunWhile(Func<bool> condition, Func<long> notBefore, long limit)
    {
        _pacer = null;
        shards.Flush();
        while (true)
        {
            TakeInputs();
            long sure = Math.Min(limit, (notBefore() - 1) / Millisecond * Millisecond);
            if (sure > Now)
            {
                MoveTo(sure, CancellationToken.None);
                shards.Flush();
                continue;
            }

            if (Now % Millisecond == 0 && !condition())
            {
                return true;
            }

            if (Now >= limit)
            {
                return false;
            }

            MoveTo(Math.Min(limit, AfterNextEvent()), CancellationToken.None);
            shards.Flush();
        }
    }

    public bool RunToQuiescence(long limit)
    {
        _pacer = null;
        TakeInputs();
        while (Now < limit && shards.NextTime < limit)
        {
            MoveTo(Math.Min(limit, AfterNextEvent()), CancellationToken.None);
        }

        shards.Flush();
        return shards.NextTime == long.MaxValue;
    }

    public void Drive(long limit, CancellationToken stop)
    {
        _pacer = null;
        while (Now < limit && !stop.IsCancellationRequested)
        {
            TakeInputs();
            if (engine.Clock.Kind != ClockKind.Step)
            {
                MoveTo(IsPaced ? Math.Min(limit, WholeMillisecondAfter(Now)) : limit, stop);
                shards.Flush();
                continue;
            }

            long allowed = Interlocked.Exchange(ref _stepsAllowed, 0);
            if (allowed == 0)
            {
                inputs.Wait(WaitMaxMilliseconds);
                continue;
            }

            MoveTo(allowed > limit - Now ? limit : Now + allowed, stop);
            shards.Flush();
        }
    }

    /// <summary>Allows a stopped clock to go on for so long; from any thread.</summary>
    public void Allow(long nanoseconds) => Interlocked.Add(ref _stepsAllowed, nanoseconds);

    /// <summary>Puts an input into the run at a given time.</summary>
    public void Schedule(long time, ActorRef to, Message message)
    {
        if (time < Now)
        {
            throw new EngineException(
                $"Input for {to.Name} at {new SimTime(time)}: the run is already at {new SimTime(Now)}.");
        }

        log?.Write(time, to, message);
        shards.Push(new ScheduledEvent
        {
            Time = time,
            SenderId = Outside.Id.Value,
            Sequence = ++_inputSequence,
            Sender = Outside,
            To = to,
            Message = message,
        });
    }

    /// <summary>Runs every event before an instant, then stands there. A stop leaves time where it is.</summary>
    private void MoveTo(long end, CancellationToken stop)
    {
        if (_failed)
        {
            throw new EngineException("The run has failed and cannot go on; see the first error.");
        }

        _failed = true;
        while (true)
        {
            TakeInputs();
            long next = Math.Max(shards.NextTime, Now);
            bool arrived = next >= end;
            long goal = arrived || !IsPaced ? end : Math.Min(end, WholeMillisecondAfter(next));
            if (!WallAllows(goal, next))
            {
                if (stop.IsCancellationRequested)
                {
                    _failed = false;
                    return;
                }

                continue;
            }

            if (arrived)
            {
                break;
            }

            if (stop.IsCancellationRequested)
            {
                _failed = false;
                return;
            }

            Now = shards.Run(goal);
        }

        _failed = false;
        Now = Math.Max(Now, end);
    }

    /// <summary>
    /// Whether the clock lets time come to the goal already; if not, waits for a while or for an input.
    /// </summary>
    private bool WallAllows(long goal, long next)
    {
        ClockMode clock = engine.Clock;
        if (clock.Kind != ClockKind.Realtime)
        {
            _pacer = null;
            return true;
        }

        if (_pacer is null || _pacedBy != clock)
        {
            _pacer = new Pacer(clock.FactorThousandths, Now, Stopwatch.GetTimestamp);
            _pacedBy = clock;
        }

        int wait = _pacer.MillisecondsUntil(goal);
        if (wait == 0)
        {
            return true;
        }

        // Nothing happens until the next event, so time itself may follow the wall: an input enters now, not long ago.
        Now = Math.Max(Now, Math.Min(_pacer.AllowedNanoseconds, Math.Min(next, goal)));
        inputs.Wait(Math.Min(wait, WaitMaxMilliseconds));
        return false;
    }

    private void TakeInputs()
    {
        foreach ((ActorRef to, Message message) in inputs.Take())
        {
            Schedule(checked(Now + Millisecond - 1) / Millisecond * Millisecond, to, message);
        }
    }

    /// <summary>The first whole millisecond by which the next event has happened.</summary>
    private long AfterNextEvent() =>
        shards.NextTime == long.MaxValue ? long.MaxValue : WholeMillisecondAfter(shards.NextTime);

    /// <summary>The first whole millisecond after an instant.</summary>
    public static long WholeMillisecondAfter(long time) => ((time / Millisecond) + 1) * Millisecond;
}
