using Emulator.Core.Time;

namespace Emulator.Linux.Cgroups.Memory;

/// <summary>A cgroup's figures as <c>memory.current</c>, <c>memory.stat</c> and <c>memory.events</c> have them; each
/// with all below.</summary>
/// <param name="AnonymousBytes">Held by processes, tmpfs included.</param>
/// <param name="FileBytes">Page cache that can be dropped.</param>
/// <param name="Events">What has happened.</param>
public readonly record struct MemoryStat(long AnonymousBytes, long FileBytes, MemoryEvents Events)
{
    /// <summary>memory.current.</summary>
    public long CurrentBytes => AnonymousBytes + FileBytes;
}

/// <summary>The counters of <c>memory.events</c>.</summary>
/// <param name="Max">How often the limit was met and page cache was dropped for it, or nothing helped.</param>
/// <param name="Oom">How often nothing but a kill helped.</param>
/// <param name="OomKill">Processes killed.</param>
/// <param name="OomGroupKill">How often all of it was killed together.</param>
public readonly record struct MemoryEvents(long Max, long Oom, long OomKill, long OomGroupKill);

/// <summary>A process that the OOM killer took.</summary>
/// <param name="Process">The number that <see cref="MemoryController.AddProcess"/> gave.</param>
/// <param name="At">When.</param>
/// <param name="Path">Its cgroup.</param>
/// <param name="LimitedPath">The cgroup that was out of memory; <c>/</c> when the machine was.</param>
public readonly record struct OomKill(long Process, SimTime At, string Path, string LimitedPath);
