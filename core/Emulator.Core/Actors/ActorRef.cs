using Emulator.Core.Randomness;

namespace Emulator.Core.Actors;

/// <summary>
/// The address of an actor: its name, incarnation and machine. Immutable, so it may travel in messages; holding one
/// gives
/// no access to the actor's state.
/// </summary>
/// <param name="name">Unique among the living actors of the run, such as <c>pod/default/web-0</c>.</param>
/// <param name="incarnation">What tells a recreated actor from the one before it: a UID or a boot count.</param>
/// <param name="machine">Where the actor lives.</param>
public sealed class ActorRef(string name, string incarnation, MachineRef machine)
{
    /// <summary>Unique among the living actors of the run.</summary>
    public string Name { get; } = name;

    /// <summary>A UID or boot count; empty for actors that are never recreated.</summary>
    public string Incarnation { get; } = incarnation;

    /// <summary>Where the actor lives.</summary>
    public MachineRef Machine { get; } = machine;

    /// <summary>The stable id: a hash of name and incarnation.</summary>
    public ActorId Id { get; } = new(StableHash.Combine(StableHash.Of(name), StableHash.Of(incarnation)));

    /// <summary>The living actor in this process, set and cleared by the engine alone.</summary>
    internal Actor? Target { get; set; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
