using Emulator.Client.Fuzzing.Frames;
using Emulator.Client.Fuzzing.Networks;
using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Engine.Execution;

namespace Emulator.Client.Fuzzing;

/// <summary>What one run of a case came to.</summary>
internal sealed record CaseFigures
{
    /// <summary>Frames put into the network.</summary>
    public long Injected { get; init; }

    /// <summary>Byte strings that the parser refused, by <see cref="DecodeError"/>.</summary>
    public long[] Refused { get; init; } = new long[Enum.GetValues<DecodeError>().Length];

    /// <summary>How often a frame was seen at a device.</summary>
    public long Hops { get; init; }

    /// <summary>Messages delivered.</summary>
    public long Events { get; init; }

    /// <summary>Whether it was ended for having too many events.</summary>
    public bool IsCutShort { get; init; }

    /// <summary>The digest.</summary>
    public ulong Digest { get; init; }

    /// <summary>How packets began and ended.</summary>
    public Ledger Ledger { get; init; } = new();

    /// <summary>Packets under way at the end.</summary>
    public long InFlight { get; init; }

    /// <summary>What is wrong with the run; null where nothing is.</summary>
    public string? Problem { get; init; }
}

/// <summary>Runs one case on a number of shards: a network, its rules, its frames and its changes, all from one
/// seed.</summary>
/// <param name="seed">The case's seed.</param>
/// <param name="frames">How many frames the sources send.</param>
/// <param name="shards">On how many shards.</param>
/// <param name="observer">Who reads the journal besides; null for nobody.</param>
internal sealed class CaseRun(ulong seed, int frames, int shards, IJournalProjection? observer)
{
    /// <summary>Events before a case is ended: packets that go in circles could go on for long.</summary>
    public const long EventsMax = 1_500_000;

    private const int DrainSeconds = 60;

    // Short windows on several threads wait for each other more than they work.
    private const int ThreadedOneIn = 200;

    /// <summary>Whether packets were lost without a word, once it has run.</summary>
    public bool IsUnbalanced { get; private set; }

    /// <summary>Runs it to its end.</summary>
    public CaseFigures Run()
    {
        NetworkPlan plan = new NetworkPlanner(seed).Plan();
        var ledger = new Ledger();
        var hops = new HopCounter();
        IJournalProjection[] projections = observer is null ? [ledger, hops] : [ledger, hops, observer];
        using var engine = new InProcessEngine(new EngineOptions
        {
            Seed = seed,
            Shards = shards,
            Threads = seed % ThreadedOneIn == 0 ? Math.Min(2, shards) : 1,
            Projections = projections,
        });
        var network = new FuzzNetwork(engine, plan, seed, frames);
        string? problem = null;
        bool isCutShort = false;
        try
        {
            isCutShort = Play(engine, network, plan);
            problem = ledger.Check(engine.PacketsInFlight) ?? Leftover(engine, isCutShort);
            IsUnbalanced = problem is not null;
        }
        catch (Exception failed)
        {
            // Whatever it is, it is what is looked for; the run says so and goes on with the next case.
            problem = $"exception on {shards} shards: {failed.Message} {Cause(failed)}";
        }

        return new CaseFigures
        {
            Injected = network.Sources.Sum(s => s.Injected),
            Refused = Sum(network.Sources),
            Hops = hops.Count,
            Events = engine.Statistics.Events,
            IsCutShort = isCutShort,
            Digest = engine.Digest,
            Ledger = ledger,
            InFlight = engine.PacketsInFlight,
            Problem = problem,
        };
    }

    // Sets up, sends, changes things, and lets everything end.
    private bool Play(InProcessEngine engine, FuzzNetwork network, NetworkPlan plan)
    {
        int untilMilliseconds = ChangeMaker.FirstAt + (frames / 50) + 1;
        Step[] steps =
        [
            .. new SetupMaker(plan, seed).Steps().OrderBy(s => s.AtMilliseconds),
            .. new ChangeMaker(plan, seed).Steps(untilMilliseconds),
        ];
        engine.Start();
        Tell(engine, [.. steps.Where(s => s.AtMilliseconds == SetupMaker.NodesAt), .. network.Pods()]);
        engine.RunUntil(At(SetupMaker.NodesAt + 1));
        foreach ((HostPlan node, Message message) in network.Veths())
        {
            Tell(engine, new Step(0, node.Name, node.Actor, message));
        }

        foreach (IGrouping<int, Step> together in steps.GroupBy(s => s.AtMilliseconds).OrderBy(g => g.Key)
            .Where(g => g.Key > SetupMaker.NodesAt))
        {
            if (!Follow(engine, At(together.Key)))
            {
                return true;
            }

            Tell(engine, [.. together]);
        }

        return !Follow(engine, engine.Now + SimDuration.FromSeconds(DrainSeconds));
    }

    // False when the case has had all events that it may have.
    private static bool Follow(InProcessEngine engine, SimTime until)
    {
        bool ended = engine.RunWhile(() => engine.Statistics.Events < EventsMax, until);
        return !ended;
    }

    private static void Tell(InProcessEngine engine, params IEnumerable<Step> steps)
    {
        foreach (Step step in steps)
        {
            MachineRef machine = engine.FindMachine(step.Machine)!; // Steps are for the plan's machines.
            if (engine.FindActorRef(machine, step.Actor) is { } actor)
            {
                engine.Inject(actor, step.Message);
            }
        }
    }

    // A minute after the last frame nothing waits for a neighbour, a sibling or a wire.
    private static string? Leftover(InProcessEngine engine, bool isCutShort)
    {
        long inFlight = engine.PacketsInFlight;
        return isCutShort || inFlight == 0 || !engine.RunToQuiescence(engine.Now + SimDuration.FromMilliseconds(1))
            ? null : $"{inFlight} packets are held though nothing happens any more";
    }

    private static string Cause(Exception failed)
    {
        Exception cause = failed;
        while (cause.InnerException is { } inner)
        {
            cause = inner;
        }

        string[] places = (cause.StackTrace ?? "").Split('\n', StringSplitOptions.TrimEntries);
        return $"[{cause.GetType().Name}: {cause.Message} {string.Join(" < ", places.Take(4))}]";
    }

    private static long[] Sum(IReadOnlyList<FrameSource> sources)
    {
        long[] sum = new long[Enum.GetValues<DecodeError>().Length];
        foreach (FrameSource source in sources)
        {
            for (int i = 0; i < sum.Length; i++)
            {
                sum[i] += source.Refused[i];
            }
        }

        return sum;
    }

    private static SimTime At(int milliseconds) => SimTime.Zero + SimDuration.FromMilliseconds(milliseconds);

    private sealed class HopCounter : IJournalProjection
    {
        public long Count { get; private set; }

        public void Write(ReadOnlySpan<JournalEntry> entries)
        {
            foreach (ref readonly JournalEntry entry in entries)
            {
                Count += entry.Kind == JournalKind.Hop ? 1 : 0;
            }
        }
    }
}
