using Emulator.Core.Actors;
using Emulator.Core.Time;
using Emulator.Linux.Namespaces;

namespace Emulator.Linux.Cgroups;

/// <summary>A request to a machine's cgroup hierarchy, sent to its <see cref="CgroupsActor"/>.</summary>
public abstract record CgroupMessage : Message;

/// <summary>A value for one file of a cgroup.</summary>
/// <param name="File">Which file, such as <c>cpu.weight</c>.</param>
/// <param name="Value">What is written.</param>
public readonly record struct CgroupSetting(string File, string Value);

/// <summary><c>mkdir -p</c> of a cgroup and writes into its files; for one that exists only the writes.</summary>
/// <param name="Path">From the hierarchy's root, such as <c>/kubepods/burstable</c>.</param>
/// <param name="Settings">What is written, in order; files that are not named keep their values.</param>
public sealed record WriteCgroup(string Path, IReadOnlyList<CgroupSetting> Settings) : CgroupMessage;

/// <summary><c>rmdir</c> of a cgroup and all below it; nothing happens when it does not exist.</summary>
/// <param name="Path">From the hierarchy's root.</param>
public sealed record RemoveCgroup(string Path) : CgroupMessage;

/// <summary>A process was started in a cgroup. Ignored when the cgroup is gone already.</summary>
/// <param name="Owner">The actor of its network namespace, which hears of its end.</param>
/// <param name="Pid">Its number there.</param>
/// <param name="Path">The cgroup, one without any below it.</param>
/// <param name="OomScoreAdjust">−1,000 to 1,000.</param>
public sealed record AddProcess(ActorRef Owner, long Pid, string Path, int OomScoreAdjust) : CgroupMessage
{
    /// <summary>What <c>/proc/PID/comm</c> says; empty for nothing.</summary>
    public string Name { get; init; } = "";

    /// <summary>How many process numbers it wants, for itself, its children and threads; at least 1, the default. What
    /// is above <c>pids.max</c> it does not get: fork fails, and it lives on with fewer.</summary>
    public long Pids { get; init; } = 1;

    /// <summary>Which namespaces it does not get of its own.</summary>
    public NamespaceSharing Sharing { get; init; }
}

/// <summary>A process has ended: its memory is free, its CPU work is given up.</summary>
public sealed record RemoveProcess(ActorRef Owner, long Pid) : CgroupMessage;

/// <summary>A process has work for one thread; <see cref="CpuDone"/> answers. Ignored for a process that is
/// gone.</summary>
/// <param name="Owner">The actor of its network namespace, which is answered.</param>
/// <param name="Pid">Its number there.</param>
/// <param name="Nanoseconds">CPU time, 0 or more.</param>
/// <param name="Token">Comes back in the answer.</param>
public sealed record RunCpu(ActorRef Owner, long Pid, long Nanoseconds, int Token) : CgroupMessage;

/// <summary>Work is done.</summary>
/// <param name="Pid">Whose.</param>
/// <param name="Token">As it was asked.</param>
/// <param name="Nanoseconds">CPU time used.</param>
/// <param name="Started">When it was asked.</param>
/// <param name="Finished">Now.</param>
/// <param name="Throttled">For how long of that the cgroup was throttled; the rest above the CPU time was
/// contention.</param>
public sealed record CpuDone(
    long Pid, int Token, long Nanoseconds, SimTime Started, SimTime Finished, SimDuration Throttled) : Message;

/// <summary>A process takes memory or gives it back.</summary>
/// <param name="Owner">The actor of its network namespace.</param>
/// <param name="Pid">Its number there.</param>
/// <param name="Bytes">Negative to give back.</param>
public sealed record ChargeMemory(ActorRef Owner, long Pid, long Bytes) : CgroupMessage;

/// <summary>A process takes so many bytes a second from now on, 0 or more.</summary>
public sealed record LeakMemory(ActorRef Owner, long Pid, long BytesPerSecond) : CgroupMessage;

/// <summary>A process reads files: page cache for its cgroup, which can be dropped.</summary>
public sealed record ChargePageCache(ActorRef Owner, long Pid, long Bytes) : CgroupMessage;

/// <summary>The OOM killer took a process; sent to its owner, where it ends with 137.</summary>
/// <param name="Pid">Whose.</param>
/// <param name="LimitedPath">The cgroup that was out of memory; <c>/</c> when the machine was.</param>
public sealed record OomKilled(long Pid, string LimitedPath) : Message;

/// <summary>Memory that all processes at or below a cgroup hold, page cache not counted.</summary>
/// <param name="Path">The cgroup.</param>
/// <param name="Bytes">How much.</param>
public readonly record struct MemoryLevel(string Path, long Bytes);

/// <summary>Asks to be told once, with <see cref="UsagePassed"/>, when more is used than some levels, at once if it is
/// already; takes the place of what was asked before. From then on the watcher hears of <see cref="SystemOom"/>
/// too.</summary>
/// <param name="Watcher">Who is told.</param>
/// <param name="Levels">Levels of memory.</param>
/// <param name="Pids">A level of process numbers on the machine; null for none.</param>
public sealed record WatchUsage(ActorRef Watcher, IReadOnlyList<MemoryLevel> Levels, long? Pids) : CgroupMessage;

/// <summary>More is used than a level of <see cref="WatchUsage"/>.</summary>
public sealed record UsagePassed : Message;

/// <summary>Asks what is used; <see cref="UsageReport"/> answers.</summary>
/// <param name="Reader">Who is answered.</param>
public sealed record ReadUsage(ActorRef Reader) : CgroupMessage;

/// <summary>What a process uses.</summary>
/// <param name="Path">Its cgroup.</param>
/// <param name="MemoryBytes">Memory that it holds, page cache not counted.</param>
/// <param name="Pids">Process numbers.</param>
public readonly record struct ProcessUsage(string Path, long MemoryBytes, long Pids);

/// <summary>What is used on a machine now.</summary>
/// <param name="Processes">Its processes in cgroups, the oldest first.</param>
public sealed record UsageReport(IReadOnlyList<ProcessUsage> Processes) : Message;

/// <summary>The machine was out of memory and the OOM killer took a process.</summary>
/// <param name="HostPid">Its number in the machine's first pid namespace.</param>
/// <param name="Name">What it is called.</param>
public sealed record SystemOom(long HostPid, string Name) : Message;

/// <summary>Asks for <c>lsns</c> of one namespace's processes; the answer goes to the journal.</summary>
/// <param name="Owner">The actor of their network namespace.</param>
public sealed record ShowNamespaces(ActorRef Owner) : CgroupMessage;

/// <summary>A machine has cgroups; sent to its root, which tells the namespaces that it creates.</summary>
/// <param name="Cgroups">Their owner.</param>
public sealed record MountCgroups(ActorRef Cgroups) : Message;
