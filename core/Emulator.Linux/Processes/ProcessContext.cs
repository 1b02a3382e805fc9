using Emulator.Core.Actors;

namespace Emulator.Linux.Processes;

/// <summary>What a process may call while it handles an event: sockets, timers, the outbox.</summary>
public sealed class ProcessContext
{
    /// <summary>Where the process' messages and journal entries go.</summary>
    public required Outbox Outbox { get; init; }
}
