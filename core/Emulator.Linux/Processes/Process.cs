using Emulator.Core.Actors;

namespace Emulator.Linux.Processes;

/// <summary>A running program: a state machine inside the actor of its network namespace, driven by events of its sockets and
/// timers and by messages (such as watch events) that the namespace's actor got for it.</summary>
public abstract class Process
{
    /// <summary>Called once when it starts.</summary>
    public abstract void OnStart(ProcessContext context);

    /// <summary>Called for messages to the namespace's actor that the kernel does not know.</summary>
    public virtual void OnMessage(Message message, ProcessContext context)
    {
    }
}
