using System.Diagnostics;
using Emulator.Core.Actors;
using Emulator.Core.Time;
using Emulator.Engine.Clocks;
using Emulator.Engine.Inputs;

namespace Emulator.Engine.Execution;

/// <summary>
/// Runs actors in this process: shards driven by threads, window by window, in the one order of events. The digest does
/// not
/// depend on how many shards and threads there are.
/// </summary>
/// <remarks>
/// Add machines, declare the wires between them, then run. Everything but <see cref="Inject"/>, <see cref="Advance"/>
/// and
/// <see cref="Clock"/> belongs to the one thread that runs the engine.
/// </remarks>
public sealed class InProcessEngine(EngineOptions options) : IDisposable
{
    private readonly List<(MachineRef Machine, Actor[] Actors)> _added = [];
    private readonly SortedList<string, MachineSlot> _machines = new(StringComparer.Ordinal);
    private readonly Wires _wires = new();
    private readonly InputQueue _inputs = new();
    private readonly Stopwatch _wall = new();
    private volatile ClockMode _clock = options.Clock;
    private ShardSet? _shards;
    private TimeLoop? _loop;

    /// <summary>
    /// The instant that the run has reached: everything before it has happened, what is due at it has not.
    /// </summary>
    public SimTime Now => _loop is null ? SimTime.Zero : new SimTime(_loop.Now);

    /// <summary>
    /// How virtual time follows wall time; may be changed from any thread, and takes effect within a millisecond.
    /// </summary>
    public ClockMode Clock
    {
        get => _clock;
        set
        {
            _clock = value;
            _inputs.Wake();
        }
    }

    /// <summary>The machines of the run in the order of their ids, once it has started.</summary>
    public IReadOnlyList<MachineRef> Machines => [.. InIdOrder().Select(slot => slot.Machine)];

    /// <summary>The digest of all machines' journals up to now.</summary>
    public ulong Digest =>
        Execution.Digest.Combine(InIdOrder().Select(slot => (slot.Machine.Id, slot.Digest)));

    /// <summary>What the run has cost so far.</summary>
    public EngineStatistics Statistics
    {
        get
        {
            long[] events = _shards is null ? [] : [.. _shards.All.Select(shard => shard.Events)];
            return new EngineStatistics(events.Sum(), _shards?.Windows ?? 0, Now, _wall.Elapsed, events);
        }
    }

    /// <summary>
    /// How many packets are under way: in messages that wait and in actors' own queues. Counted anew, for the ledger.
    /// </summary>
    public long PacketsInFlight
    {
        get
        {
            long packets = _machines.Values.Sum(slot => slot.CountHeldPackets());
            return packets + (_shards?.All.Sum(shard => shard.Queue.CountPackets()) ?? 0);
        }
    }

    /// <summary>The digest of one machine's journal up to now.</summary>
    public ulong DigestOf(MachineRef machine) => _machines[machine.Name].Digest;

    /// <summary>Adds a machine with its actors, before the run starts.</summary>
    /// <param name="machine">The machine; its name is unique in the run.</param>
    /// <param name="root">The actor that alone may create and end the machine's actors.</param>
    /// <param name="others">The actors that are there from the start, in the order in which they start after the
    /// root.</param>
    public void Add(MachineRef machine, Actor root, IEnumerable<Actor> others)
    {
        RefuseAfterStart($"machine {machine.Name}");
        _added.Add((machine, [root, .. others]));
    }

    /// <summary>
    /// Declares that messages from one machine to another take at least so long, before the run starts.
    /// </summary>
    /// <remarks>
    /// The least over wires that cross shards is the lookahead; a message between machines that comes sooner is
    /// refused.
    /// </remarks>
    /// <exception cref="EngineException">The latency is not above zero.</exception>
    public void DeclareWire(MachineRef from, MachineRef to, long leastLatencyNanoseconds)
    {
        RefuseAfterStart($"wire {from.Name} to {to.Name}");
        _wires.Add(from, to, leastLatencyNanoseconds);
    }

    /// <summary>Starts the actors at time 0, in the order of machine ids. Running does it when nobody has.</summary>
    public void Start()
    {
        if (_loop is not null)
        {
            return;
        }

        ShardMap map = new(_added.Select(added => added.Machine.Zone), options.Shards);
        ShardSet shards = new(options, _wires.LeastOfAll);
        _shards = shards;
        foreach ((MachineRef machine, Actor[] actors) in _added)
        {
            MachineSlot slot = new(machine, shards[map.Of(machine)]);
            if (!_machines.TryAdd(machine.Name, slot))
            {
                throw new EngineException(
                    $"Two machines are called {machine.Name}; names of machines are unique in a run.");
            }

            machine.EngineSlot = slot;
            foreach (Actor actor in actors)
            {
                slot.Admit(actor);
            }
        }

        long lookahead = shards.Count == 1 ? long.MaxValue : _wires.Lookahead(map);
        _loop = new TimeLoop(this, shards, _inputs, lookahead, options.InputLog);
        foreach (MachineSlot slot in InIdOrder())
        {
            Actor[] actors = _added.Find(added => ReferenceEquals(added.Machine, slot.Machine)).Actors;
            foreach (Actor actor in actors)
            {
                slot.Shard.Start(actor, now: 0, step: 0);
            }
        }

        shards.HandOver();
        shards.Flush();
    }

    /// <summary>
    /// Runs everything before an instant. What is due at the instant itself has not happened when this returns.
    /// </summary>
    public void RunUntil(SimTime end) => Run(loop => loop.RunUntil(end.Nanoseconds));

    /// <summary>
    /// Runs while a condition holds, which is asked at whole milliseconds of virtual time only, with all shards stopped
    /// and
    /// the journal handed over: after each millisecond in which something happened.
    /// </summary>
    /// <returns>True when the condition no longer held; false when the limit came first.</returns>
    public bool RunWhile(Func<bool> condition, SimTime limit)
    {
        bool ended = false;
        Run(loop => ended = loop.RunWhile(condition, limit.Nanoseconds));
        return ended;
    }

    /// <summary>Runs until no event waits, and on to the next whole millisecond.</summary>
    /// <returns>True when nothing waits any more; false when the limit came first.</returns>
    public bool RunToQuiescence(SimTime limit)
    {
        bool quiet = false;
        Run(loop => quiet = loop.RunToQuiescence(limit.Nanoseconds));
        return quiet;
    }

    /// <summary>
    /// Follows the clock until the limit or until stopped: as fast as it can, paced, or step by step as
    /// <see cref="Advance"/> asks.
    /// </summary>
    public void Drive(SimTime limit, CancellationToken stop)
    {
        using CancellationTokenRegistration wake = stop.Register(_inputs.Wake);
        Run(loop => loop.Drive(limit.Nanoseconds, stop));
    }

    /// <summary>
    /// Lets a stopped clock (<see cref="ClockKind.Step"/>) advance by a duration; may be called from any thread.
    /// </summary>
    public void Advance(SimDuration duration)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(duration.Nanoseconds);
        Start();
        _loop!.Allow(duration.Nanoseconds); // Start made it.
        _inputs.Wake();
    }

    /// <summary>
    /// Brings a message in from outside; may be called from any thread. It enters at the next whole millisecond that
    /// all
    /// shards still have before them, and is written to the input log with that time.
    /// </summary>
    public void Inject(ActorRef to, Message message) => _inputs.Add(to, message);

    /// <summary>Brings in what an input log recorded, each at its time. Call before running.</summary>
    /// <exception cref="EngineException">An input is for a machine that is not part of the run, or lies in the
    /// past.</exception>
    public void Replay(IEnumerable<RecordedInput> inputs, IInputEncoding encoding)
    {
        Start();
        foreach (RecordedInput input in inputs)
        {
            if (!_machines.TryGetValue(input.Machine, out MachineSlot? slot))
            {
                throw new EngineException(
                    $"Input at {new SimTime(input.TimeNanoseconds)}: no machine is called {input.Machine}.");
            }

            ActorRef to = slot.Find(input.Actor)?.Self is ActorRef living && living.Incarnation == input.Incarnation
                ? living
                : new ActorRef(input.Actor, input.Incarnation, slot.Machine);
            _loop!.Schedule(input.TimeNanoseconds, to, encoding.Decode(input.Text)); // Start made it.
        }
    }

    /// <summary>The machine of that name, or null; once the run has started.</summary>
    public MachineRef? FindMachine(string name) => _machines.GetValueOrDefault(name)?.Machine;

    /// <summary>The living actor of that name on a machine, or null; call while the run stands still.</summary>
    public Actor? FindActor(MachineRef machine, string name) => _machines.GetValueOrDefault(machine.Name)?.Find(name);

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _shards?.Dispose();

    private void Run(Action<TimeLoop> run)
    {
        _wall.Start();
        try
        {
            Start();
            run(_loop!); // Start made it.
        }
        finally
        {
            _wall.Stop();
        }
    }

    private IEnumerable<MachineSlot> InIdOrder() =>
        _machines.Values.OrderBy(slot => slot.Machine.Id).ThenBy(slot => slot.Machine.Name, StringComparer.Ordinal);

    private void RefuseAfterStart(string what)
    {
        if (_loop is not null)
        {
            throw new NotSupportedException(
                $"{what}: machines and wires are fixed when the run starts; add it before, and "
                + "let its actors join later.");
        }
    }
}
