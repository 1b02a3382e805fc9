using Emulator.Core.Actors;
using Emulator.Linux.Namespaces;

namespace Emulator.Linux.Cgroups;

/// <summary>A process in a cgroup.</summary>
/// <param name="HostPid">Its number in the machine's first pid namespace.</param>
/// <param name="Owner">The actor of its network namespace.</param>
/// <param name="Pid">Its number there.</param>
/// <param name="Path">Its cgroup.</param>
/// <param name="OomScoreAdjust">What <c>/proc/PID/oom_score_adj</c> says.</param>
/// <param name="Memory">Its number in the memory controller.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Pids">Process numbers that it has, itself included.</param>
internal sealed record CgroupProcess(
    long HostPid, ActorRef Owner, long Pid, string Path, int OomScoreAdjust, long Memory, string Name, long Pids)
{
    /// <summary>Its tasks that want CPU time, by their numbers in the scheduler.</summary>
    public SortedSet<long> Tasks { get; } = [];

    /// <summary>The namespaces that it lives in.</summary>
    public ProcessNamespaces Namespaces { get; init; }
}

/// <summary>CPU work that somebody waits for.</summary>
/// <param name="Process">Whose.</param>
/// <param name="Token">What the process calls it.</param>
/// <param name="Nanoseconds">How much.</param>
internal readonly record struct CgroupWork(CgroupProcess Process, int Token, long Nanoseconds);
