using System.Diagnostics;
using Emulator.Core.Actors;
using Emulator.Core.Canonical;
using Emulator.Core.Time;
using Emulator.Engine.Clocks;
using Emulator.Engine.Distribution;
using Emulator.Engine.Inputs;

namespace Emulator.Engine.Execution;

/// <summary>
/// Runs actors window by window, in the one order of events, wherever their shards live. The digest does not depend on
/// how many shards, threads and processes there are.
/// </summary>
/// <remarks>
/// Add machines, declare the wires between them, then run. Everything but <see cref="Inject"/>, <see cref="Advance"/>
/// and <see cref="Clock"/> belongs to the one thread that runs the engine.
/// </remarks>
public abstract class RunEngine : IDisposable
{
    private readonly EngineOptions _options;
    private readonly InputQueue _inputs = new();
    private readonly Stopwatch _wall = new();
    private volatile ClockMode _clock;
    private IShards? _shards;
    private TimeLoop? _loop;

    private protected RunEngine(EngineOptions options)
    {
        _options = options;
        _clock = options.Clock;
    }

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
    public IReadOnlyList<MachineRef> Machines => _loop is null ? [] : [.. Plan.Machines.Select(m => m.Machine)];

    /// <summary>The digest of all machines' journals up to now.</summary>
    public ulong Digest
    {
        get
        {
            if (_shards is null)
            {
                return Execution.Digest.Combine([]);
            }

            IReadOnlyDictionary<string, ulong> digests = _shards.Digests();
            return Execution.Digest.Combine(
                Plan.Machines.Select(m => (m.Machine.Id, digests.GetValueOrDefault(m.Machine.Name))));
        }
    }

    /// <summary>What the run has cost so far.</summary>
    public EngineStatistics Statistics
    {
        get
        {
            IReadOnlyList<long> events = _shards?.EventsByShard ?? [];
            return new EngineStatistics(events.Sum(), _shards?.Windows ?? 0, Now, _wall.Elapsed, events);
        }
    }

    /// <summary>
    /// How many packets are under way: in messages that wait and in actors' own queues. Counted anew, for the ledger.
    /// </summary>
    public long PacketsInFlight => _shards?.CountPackets() ?? 0;

    /// <summary>Machines and wires.</summary>
    private protected RunPlan Plan { get; } = new();

    /// <summary>The digest of one machine's journal up to now.</summary>
    public ulong DigestOf(MachineRef machine) => _shards?.Digests()[machine.Name] ?? 0;

    /// <summary>Adds a machine with its actors, before the run starts.</summary>
    /// <param name="machine">The machine; its name is unique in the run.</param>
    /// <param name="root">The actor that alone may create and end the machine's actors.</param>
    /// <param name="others">The actors that are there from the start, in the order in which they start after the
    /// root.</param>
    public void Add(MachineRef machine, Actor root, IEnumerable<Actor> others)
    {
        RefuseAfterStart($"machine {machine.Name}");
        Plan.Add(machine, [root, .. others]);
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
        Plan.Wires.Add(from, to, leastLatencyNanoseconds);
    }

    /// <summary>Starts the actors at time 0, in the order of machine ids. Running does it when nobody has.</summary>
    public void Start()
    {
        if (_loop is not null)
        {
            return;
        }

        ShardMap map = Plan.Map(_options.Shards);
        _shards = MakeShards(map);
        _loop = new TimeLoop(this, _shards, _inputs, _options.InputLog);
        _shards.Start();
        _shards.Flush();
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
    /// <param name="condition">Whether to go on.</param>
    /// <param name="limit">Where to stop at the latest.</param>
    /// <param name="notBefore">
    /// Before which instant the condition certainly still holds, as things stand; it is not asked before then, which
    /// lets shards in other processes run on by themselves. Null asks each time.
    /// </param>
    /// <returns>True when the condition no longer held; false when the limit came first.</returns>
    public bool RunWhile(Func<bool> condition, SimTime limit, Func<SimTime>? notBefore = null)
    {
        bool ended = false;
        Func<long> sure = notBefore is null ? static () => 0 : () => notBefore().Nanoseconds;
        Run(loop => ended = loop.RunWhile(condition, sure, limit.Nanoseconds));
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
            MachineRef machine = Plan.Find(input.Machine) ?? throw new EngineException(
                $"Input at {new SimTime(input.TimeNanoseconds)}: no machine is called {input.Machine}.");
            ActorRef to = FindActorRef(machine, input.Actor) is ActorRef living
                && living.Incarnation == input.Incarnation
                    ? living : new ActorRef(input.Actor, input.Incarnation, machine);
            _loop!.Schedule(input.TimeNanoseconds, to, encoding.Decode(input.Text)); // Start made it.
        }
    }

    /// <summary>The machine of that name, or null.</summary>
    public MachineRef? FindMachine(string name) => Plan.Find(name);

    /// <summary>
    /// The address of the living actor of that name on a machine, or null; call while the run stands still.
    /// </summary>
    public ActorRef? FindActorRef(MachineRef machine, string name) => _shards?.FindActor(machine, name);

    /// <summary>
    /// Turns actors' names into references, for what comes from outside as text: machines must be those of the run.
    /// </summary>
    public IActorDirectory Actors => new ActorDirectory(Plan);

    /// <summary>Lets threads and connections go.</summary>
    public void Dispose()
    {
        _shards?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Makes the shards, with their machines, but does not start them.</summary>
    private protected abstract IShards MakeShards(ShardMap map);

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
