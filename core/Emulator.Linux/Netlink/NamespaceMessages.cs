using Emulator.Core.Actors;
using Emulator.Linux.Namespaces;
using Emulator.Linux.Processes;

namespace Emulator.Linux.Netlink;

/// <summary>
/// <c>ip netns add</c>, and the processes that will live there: sent to a machine's root, which creates the
/// namespace's actor
/// and answers the requester with <see cref="NamespaceCreated"/>. Its devices come by <see cref="AddVeth"/>.
/// </summary>
/// <param name="Name">The namespace's name: <c>NAMESPACE/POD</c>.</param>
/// <param name="Uid">Its incarnation: the pod's UID.</param>
/// <param name="Requester">Who is answered.</param>
public sealed record CreateNamespace(string Name, string Uid, ActorRef Requester) : NetlinkMessage;

/// <summary>A namespace exists; configure it by netlink messages to its actor.</summary>
public sealed record NamespaceCreated(string Name, string Uid, ActorRef Namespace) : Message;

/// <summary>Ends a namespace, its processes and devices.</summary>
public sealed record DeleteNamespace(string Name, string Uid) : NetlinkMessage;

/// <summary>Starts a process in a namespace; sent to the namespace's actor.</summary>
/// <param name="ContainerName">Which container it is.</param>
/// <param name="Program">What runs.</param>
public sealed record StartProcess(string ContainerName, Program Program) : NetlinkMessage
{
    /// <summary>The cgroup that it runs in, one without any below it; null where nothing is shared or
    /// limited.</summary>
    public string? Cgroup { get; init; }

    /// <summary>oom_score_adj: −1,000 to 1,000, the first to be killed; default 0.</summary>
    public int OomScoreAdjust { get; init; }

    /// <summary>How many process numbers it wants, itself included; default 1.</summary>
    public long Pids { get; init; } = 1;

    /// <summary>How often its container was started before; comes back in <see cref="ProcessExited"/>. Default
    /// 0.</summary>
    /// <remarks>Source: the CRI's ContainerMetadata.attempt.</remarks>
    public int Attempt { get; init; }

    /// <summary>Which namespaces it does not get of its own.</summary>
    public NamespaceSharing Sharing { get; init; }
}

/// <summary>Sends SIGTERM to a container's process; sent to the namespace's actor.</summary>
public sealed record TerminateProcess(string ContainerName) : NetlinkMessage;

/// <summary>Kills a container's process (SIGKILL); sent to the namespace's actor.</summary>
public sealed record KillProcess(string ContainerName) : NetlinkMessage;
