using Emulator.Core.Actors;
using Emulator.Core.Canonical;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Distribution;

/// <summary>
/// Turns names that come from another process into this one's references: a living actor's own where it lives here, one
/// remembered object for each other name. Owned by one shard.
/// </summary>
internal sealed class ActorDirectory(RunPlan plan) : IActorDirectory
{
    private readonly Dictionary<(string Machine, string Name, string Incarnation), ActorRef> _known = [];

    /// <inheritdoc/>
    public ActorRef Resolve(string machine, string name, string incarnation)
    {
        MachineRef? at = plan.Find(machine);
        if (at?.EngineSlot is MachineSlot slot && slot.Find(name)?.Self is ActorRef living
            && living.Incarnation == incarnation)
        {
            return living;
        }

        if (_known.TryGetValue((machine, name, incarnation), out ActorRef? known))
        {
            return known;
        }

        var made = new ActorRef(name, incarnation, at ?? OutsideOr(machine));
        _known.Add((machine, name, incarnation), made);
        return made;
    }

    private static MachineRef OutsideOr(string machine) => machine == TimeLoop.Outside.Machine.Name
        ? TimeLoop.Outside.Machine
        : throw new FormatException($"A message names machine '{machine}', which is not part of the run.");
}
