using Emulator.Core.Actors;

namespace Emulator.Core.Canonical;

/// <summary>Turns the names of actors that come in encoded messages into this process's references.</summary>
public interface IActorDirectory
{
    /// <summary>The one reference of that actor in this process: the living actor's own, where it lives here.</summary>
    /// <exception cref="FormatException">The machine is not part of the run.</exception>
    ActorRef Resolve(string machine, string name, string incarnation);
}
