using System.Globalization;
using System.IO.Enumeration;
using Emulator.Core.Time;
using Emulator.Linux.Cgroups.Cpu;
using Emulator.Linux.Cgroups.Memory;

namespace Emulator.Linux.Cgroups;

/// <summary>A machine's <c>/sys/fs/cgroup</c> and the cgroup files of <c>/proc</c>, as <c>cat</c> and <c>ls</c> show
/// them.</summary>
/// <remarks>Source: Linux Documentation/admin-guide/cgroup-v2.rst. All CPU time counts as user time. Each part of a
/// path may hold <c>*</c> and <c>?</c>, as a shell expands them; of several files each is headed by its name, as
/// <c>head</c> does.</remarks>
internal static class CgroupListing
{
    private const string Mount = "/sys/fs/cgroup";

    private static readonly string[] Reported =
    [
        "cgroup.procs", "cpu.stat", "memory.current", "memory.events", "memory.stat", "pids.current",
    ];

    /// <summary>Whether a command is answered here.</summary>
    public static bool Knows(string command) =>
        command is ['c', 'a', 't', ' ', ..] or "ls" or ['l', 's', ' ', ..];

    /// <summary>The output of a command.</summary>
    public static string Write(CgroupMachine machine, CgroupProcesses processes, string command, SimTime now)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 2)
        {
            return $"{command}: give one path below {Mount}, such as cat {Mount}/kubepods/cpu.stat.\n";
        }

        string path = words[1].TrimEnd('/');
        if (words[0] == "ls")
        {
            return List(machine, path);
        }

        if (path.StartsWith("/proc/", StringComparison.Ordinal))
        {
            return Proc(machine, processes, path, now);
        }

        var files = new List<(string Name, string Text)>();
        int slash = path.LastIndexOf('/');
        string wanted = path[(slash + 1)..];
        foreach (string group in slash < 0 ? [] : Matches(machine, path[..slash]))
        {
            foreach (string file in Names(machine, group).Where(f => IsMatch(wanted, f)))
            {
                files.Add(($"{Mount}{(group == "/" ? "" : group)}/{file}", Read(machine, processes, group, file, now)));
            }
        }

        return files.Count switch
        {
            0 => $"cat: {path}: No such file or directory\n",
            1 => files[0].Text,
            _ => string.Join('\n', files.Select(f => $"==> {f.Name} <==\n{f.Text}")),
        };
    }

    private static IEnumerable<string> Matches(CgroupMachine machine, string pattern)
    {
        if (!(pattern + "/").StartsWith(Mount + "/", StringComparison.Ordinal))
        {
            return [];
        }

        string[] parts = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries)[3..];
        return machine.Tree.Paths.Where(path =>
        {
            string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            return names.Length == parts.Length
                && names.Zip(parts).All(p => IsMatch(p.Second, p.First));
        });
    }

    private static string List(CgroupMachine machine, string pattern)
    {
        string[] groups = [.. Matches(machine, pattern)];
        return groups.Length == 0
            ? $"ls: cannot access '{pattern}': No such file or directory\n"
            : string.Concat(groups.Select(group =>
            {
                string below = group == "/" ? "/" : group + "/";
                IEnumerable<string> children = machine.Tree.Paths
                    .Where(p => p.Length > below.Length && p.StartsWith(below, StringComparison.Ordinal)
                        && p.IndexOf('/', below.Length) < 0)
                    .Select(p => p[below.Length..]);
                string head = groups.Length > 1 ? $"{Mount}{group}:\n" : "";
                return head + Lines(Names(machine, group).Concat(children).Order(StringComparer.Ordinal));
            }));
    }

    private static bool IsMatch(string pattern, string name) =>
        FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    // The root has no limits.
    private static IEnumerable<string> Names(CgroupMachine machine, string group) => group == "/"
        ? ["cgroup.procs", "cpu.stat", "memory.stat"]
        : Reported.Concat(CgroupFiles.All).Concat(
            CgroupFiles.Rare.Where(f => machine.Tree.IsWritten(group, f)));

    private static string Read(
        CgroupMachine machine, CgroupProcesses processes, string group, string file, SimTime now)
    {
        CgroupProcess[] here = [.. processes.All.Where(p => p.Path == group)];
        return file switch
        {
            "cgroup.procs" => Lines(here.Select(p => Text(p.HostPid))),
            "cpu.stat" => CpuStatText(machine.Cpu.Stat(group, now), group == "/"),
            "memory.current" => Text(machine.Memory.Stat(group, now).CurrentBytes) + "\n",
            "memory.events" => Events(machine.Memory.Stat(group, now).Events),
            "memory.stat" => MemoryStatText(machine.Memory.Stat(group, now)),
            "pids.current" => Text(processes.AtOrBelow(group).Sum(p => p.Pids)) + "\n",
            _ => machine.Tree.Read(group, file) + "\n",
        };
    }

    private static string Proc(CgroupMachine machine, CgroupProcesses processes, string path, SimTime now)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 3 || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long pid)
            || !processes.TryGetHostPid(pid, out CgroupProcess? process))
        {
            return $"cat: {path}: No such file or directory\n";
        }

        return parts[2] switch
        {
            "oom_score_adj" => Text(process.OomScoreAdjust) + "\n",
            "oom_score" => Text(OomScore(machine, process, now)) + "\n",
            "cgroup" => $"0::{process.Path}\n",
            _ => $"cat: {path}: not modelled; there are oom_score_adj, oom_score and cgroup.\n",
        };
    }

    // Source: Linux fs/proc/base.c (proc_oom_score): points from −1,000 to 2,000 moved to 0 to 2,000.
    private static long OomScore(CgroupMachine machine, CgroupProcess process, SimTime now)
    {
        if (process.OomScoreAdjust == OomKiller.NeverKilled)
        {
            return 0;
        }

        const long page = 4_096;
        long all = machine.Memory.CapacityBytes;
        long points = OomKiller.Badness(
            machine.Memory.HeldBy(process.Memory, now), process.OomScoreAdjust, all);
        return (1_000 + (points * 1_000 / (all / page))) * 2 / 3;
    }

    private static string CpuStatText(CpuStat stat, bool isRoot)
    {
        long usage = Microseconds(stat.Usage);
        string use = $"usage_usec {usage}\nuser_usec {usage}\nsystem_usec 0\n";
        return isRoot
            ? use
            : use + $"nr_periods {stat.Periods}\nnr_throttled {stat.ThrottledPeriods}\n"
                + $"throttled_usec {Microseconds(stat.Throttled)}\nnr_bursts {stat.Bursts}\n"
                + $"burst_usec {Microseconds(stat.BurstTime)}\n";
    }

    // Low and high are never counted: neither is enforced.
    private static string Events(MemoryEvents events) =>
        $"low 0\nhigh 0\nmax {events.Max}\noom {events.Oom}\noom_kill {events.OomKill}\n"
        + $"oom_group_kill {events.OomGroupKill}\n";

    private static string MemoryStatText(MemoryStat stat) => $"anon {stat.AnonymousBytes}\nfile {stat.FileBytes}\n";

    private static long Microseconds(SimDuration duration) => duration.Nanoseconds / 1_000;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(l => l + "\n"));
}
