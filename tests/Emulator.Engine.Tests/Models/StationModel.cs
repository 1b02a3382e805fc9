using Emulator.Core.Actors;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Engine.Execution;
using Emulator.Underlay;

namespace Emulator.Engine.Tests.Models;

/// <summary>A ring of stations over several zones: each has wires to its next and its third neighbour.</summary>
public sealed class StationModel
{
    public const int Count = 24;

    private StationModel(InProcessEngine engine, Ledger ledger)
    {
        Engine = engine;
        Ledger = ledger;
    }

    /// <summary>Takes a machine with its root and its other actors.</summary>
    public delegate void AddMachine(MachineRef machine, Actor root, IEnumerable<Actor> others);

    /// <summary>Takes a wire's ends and its least latency.</summary>
    public delegate void AddWire(MachineRef from, MachineRef to, long leastLatencyNanoseconds);

    public InProcessEngine Engine { get; }

    public Ledger Ledger { get; }

    public List<Station> Stations { get; } = [];

    public List<Clerk> Clerks { get; } = [];

    public int Received => Stations.Sum(station => station.Received);

    public static StationModel Build(EngineOptions options, int zones = 3, bool withIdleActors = false)
    {
        Ledger ledger = new();
        InProcessEngine engine = new(options with { Projections = [.. options.Projections, ledger] });
        StationModel model = new(engine, ledger);
        foreach ((Station station, Clerk clerk) in Populate(engine.Add, engine.DeclareWire, zones, withIdleActors))
        {
            model.Stations.Add(station);
            model.Clerks.Add(clerk);
        }

        return model;
    }

    /// <summary>Makes the ring's machines and wires for any kind of engine.</summary>
    public static List<(Station Station, Clerk Clerk)> Populate(
        AddMachine add, AddWire declare, int zones = 3, bool withIdleActors = false)
    {
        List<(Station, Clerk)> made = [];
        List<(ActorRef Station, ActorRef Clerk)> references = [];
        for (int i = 0; i < Count; i++)
        {
            MachineRef machine = new($"node-{i}", $"zone-{i % zones}");
            references.Add((new ActorRef($"node/node-{i}", "", machine), new ActorRef($"clerk/node-{i}", "", machine)));
        }

        for (int i = 0; i < Count; i++)
        {
            (ActorRef self, ActorRef clerk) = references[i];
            Station station = new(self, clerk, kicks: 20);
            foreach (int step in (int[])[1, 3])
            {
                Wire wire = new(self, references[(i + step) % Count].Station, 2, Options(step));
                station.AddWire(wire);
                declare(self.Machine, wire.Receiver.Machine, wire.LeastLatencyNanoseconds);
            }

            Clerk ownClerk = new(clerk, self);
            made.Add((station, ownClerk));
            Actor[] idle = withIdleActors
                ? [new Clerk(new ActorRef($"idle/node-{i}", "", self.Machine), self)]
                : [];
            add(self.Machine, station, [ownClerk, .. idle]);
        }

        return made;
    }

    public StationModel Run()
    {
        Engine.RunUntil(SimTime.Zero + SimDuration.FromMilliseconds(20));
        return this;
    }

    private static WireOptions Options(int step) => new()
    {
        LatencyNanoseconds = step == 1 ? 50_000 : 180_000,
        RateBitsPerSecond = 1_000_000_000,
        JitterNanoseconds = 10_000,
        Loss = new Ratio(1, 10),
        Duplicate = new Ratio(1, 20),
    };
}
