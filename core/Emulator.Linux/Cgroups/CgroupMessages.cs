using Emulator.Core.Actors;

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
