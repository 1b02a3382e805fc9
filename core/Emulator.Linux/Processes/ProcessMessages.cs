using Emulator.Core.Actors;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Processes;

/// <summary>What a namespace's actor sends itself for a timer of one of its processes.</summary>
/// <param name="Pid">The process.</param>
/// <param name="Timer">Which of its timers.</param>
/// <param name="Generation">Tells a cancelled timer from the one that counts.</param>
public sealed record ProcessTimer(long Pid, int Timer, uint Generation) : Message, ITimerMessage<ProcessTimer>
{
    /// <inheritdoc/>
    public static ProcessTimer Create(long owner, int purpose, uint generation) => new(owner, purpose, generation);
}

/// <summary>Sets how names are resolved in a namespace (<c>/etc/resolv.conf</c>); sent to the namespace's
/// actor.</summary>
public sealed record SetResolver(ResolverConfiguration Resolver) : Message;

/// <summary>Asks a namespace to run one exchange as a client; sent to the namespace's actor.</summary>
/// <param name="Request">What to do.</param>
/// <param name="ReplyTo">Who gets <see cref="ExchangeCompleted"/>; null when the journal is enough.</param>
/// <param name="Token">Comes back in the answer.</param>
public sealed record RunExchange(ExchangeRequest Request, ActorRef? ReplyTo = null, long Token = 0) : Message;

/// <summary>An exchange that was asked for with <see cref="RunExchange"/> has ended.</summary>
public sealed record ExchangeCompleted(long Token, ExchangeResult Result) : Message;

/// <summary>Says who is told when a container's process ends by itself; sent to the namespace's actor.</summary>
/// <param name="Listener">Who gets <see cref="ProcessExited"/>.</param>
public sealed record ReportExits(ActorRef Listener) : Message;

/// <summary>A process ended by itself; sent to the namespace's <see cref="ProcessTable.ExitListener"/>.</summary>
/// <param name="NamespaceName">Where it ran.</param>
/// <param name="ContainerName">Which container it was.</param>
/// <param name="ExitCode">0 means success; 128 and the signal's number when a signal ended it.</param>
/// <param name="OutOfMemory">Whether the kernel killed it because memory was out.</param>
public sealed record ProcessExited(string NamespaceName, string ContainerName, int ExitCode, bool OutOfMemory = false)
    : Message
{
    /// <summary>The <see cref="Netlink.StartProcess.Attempt"/> that it was started with.</summary>
    public int Attempt { get; init; }
}
