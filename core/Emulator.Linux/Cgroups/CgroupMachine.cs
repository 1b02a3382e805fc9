using Emulator.Core.Time;
using Emulator.Linux.Cgroups.Cpu;
using Emulator.Linux.Cgroups.Memory;

namespace Emulator.Linux.Cgroups;

/// <summary>A machine's cgroups with what they do: the files that can be written, processors and memory.</summary>
/// <param name="cpu">Its processors.</param>
/// <param name="memoryBytes">Its RAM.</param>
public sealed class CgroupMachine(CpuOptions cpu, long memoryBytes)
{
    /// <summary>The files that can be written.</summary>
    public CgroupTree Tree { get; } = new();

    /// <summary>Who has CPU time.</summary>
    public CpuScheduler Cpu { get; } = new(cpu);

    /// <summary>Who holds memory.</summary>
    public MemoryController Memory { get; } = new(memoryBytes);

    /// <summary><c>mkdir -p</c>; false when there are too many.</summary>
    public bool Create(string path)
    {
        if (!Tree.Create(path))
        {
            return false;
        }

        Cpu.Create(path);
        Memory.Create(path);
        return true;
    }

    /// <summary>Removes a cgroup and all below it.</summary>
    public void Remove(string path, SimTime now)
    {
        string below = path + "/";
        // A path sorts before those below it, so the last is removed first.
        foreach (string child in Tree.Paths
            .Where(p => p == path || p.StartsWith(below, StringComparison.Ordinal)).Reverse().ToArray())
        {
            Cpu.Remove(child, now);
            Memory.Remove(child, now);
        }

        Tree.Remove(path);
    }

    /// <summary>Writes a file; false where the kernel refuses.</summary>
    public bool Write(string path, CgroupSetting setting, SimTime now)
    {
        if (setting.File == CgroupFiles.CpusetCpus && !SetCpus(path, setting.Value, now))
        {
            return false;
        }

        string? before = Tree.IsWritten(path, setting.File) ? Tree.Read(path, setting.File) : null;
        if (!Tree.Write(path, setting.File, setting.Value))
        {
            return false;
        }

        if (Tree.Read(path, setting.File) is { } value && value != before)
        {
            Apply(path, setting.File, value, now);
        }

        return true;
    }

    private void Apply(string path, string file, string value, SimTime now)
    {
        switch (file)
        {
            case CgroupFiles.CpuWeight or CgroupFiles.CpuShares:
                Cpu.SetWeight(path, Number(value), now);
                break;
            case CgroupFiles.CpuMax or CgroupFiles.CpuMaxBurst:
                Cpu.SetQuota(path, QuotaOf(path), now);
                break;
            case CgroupFiles.MemoryMax:
                Memory.SetMax(path, value == "max" ? null : Number(value), now);
                break;
            case CgroupFiles.MemoryOomGroup:
                Memory.SetOomGroup(path, value == "1");
                break;
        }
    }

    private CpuQuota? QuotaOf(string path)
    {
        // Written before: the files have values.
        string[] max = Tree.Read(path, CgroupFiles.CpuMax)!.Split(' ');
        return max[0] == "max"
            ? null
            : new CpuQuota(
                SimDuration.FromMicroseconds(Number(max[0])), SimDuration.FromMicroseconds(Number(max[1])),
                SimDuration.FromMicroseconds(Number(Tree.Read(path, CgroupFiles.CpuMaxBurst)!)));
    }

    private bool SetCpus(string path, string value, SimTime now)
    {
        if (!CpuList.TryParse(value, out CpuList? wanted) || wanted.Numbers.Any(n => n >= cpu.Cores))
        {
            return false;
        }

        foreach (string other in Tree.Paths.Where(p => p != path && p != "/"))
        {
            if (CpuList.TryParse(Tree.Read(other, CgroupFiles.CpusetCpus) ?? "", out CpuList? taken)
                && taken.Overlaps(wanted))
            {
                return false;
            }
        }

        return Cpu.SetExclusiveCores(path, wanted.Count, now);
    }

    private static long Number(string text) => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
