using Emulator.Core.Actors;

namespace Emulator.Engine.Execution;

/// <summary>What a run consists of before it starts: machines with their actors, and the wires between them.</summary>
internal sealed class RunPlan
{
    private readonly SortedList<string, PlannedMachine> _machines = new(StringComparer.Ordinal);

    /// <summary>The wires that were declared.</summary>
    public Wires Wires { get; } = new();

    /// <summary>The machines in the order of their ids, in which they start.</summary>
    public IReadOnlyList<PlannedMachine> Machines =>
        field ??= [.. _machines.Values.OrderBy(m => m.Machine.Id).ThenBy(m => m.Machine.Name, StringComparer.Ordinal)];

    /// <summary>Adds a machine; its name is unique.</summary>
    public void Add(MachineRef machine, IReadOnlyList<Actor> actors)
    {
        if (!_machines.TryAdd(machine.Name, new PlannedMachine(machine, actors)))
        {
            throw new EngineException(
                $"Two machines are called {machine.Name}; names of machines are unique in a run.");
        }
    }

    /// <summary>The machine of that name, or null.</summary>
    public MachineRef? Find(string name) => _machines.GetValueOrDefault(name)?.Machine;

    /// <summary>Which shard each machine belongs to.</summary>
    public ShardMap Map(int shards) => new(_machines.Values.Select(m => m.Machine.Zone), shards);
}

/// <summary>A machine that will be part of a run.</summary>
/// <param name="Machine">Its name and zone.</param>
/// <param name="Actors">Its actors in the order in which they start, the root first.</param>
internal sealed record PlannedMachine(MachineRef Machine, IReadOnlyList<Actor> Actors);
