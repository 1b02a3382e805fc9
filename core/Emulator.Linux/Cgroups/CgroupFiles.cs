using System.Globalization;

namespace Emulator.Linux.Cgroups;

/// <summary>The files of a cgroup that can be written: their defaults and what they take.</summary>
/// <remarks>Source: Linux Documentation/admin-guide/cgroup-v2.rst.</remarks>
public static class CgroupFiles
{
    /// <summary>Share of the CPU among siblings, 1 to 10,000; default 100.</summary>
    public const string CpuWeight = "cpu.weight";

    /// <summary>CPU time and period in microseconds, <c>max 100000</c> by default.</summary>
    public const string CpuMax = "cpu.max";

    /// <summary>Unused CPU time in microseconds that may be kept from earlier periods; default 0.</summary>
    public const string CpuMaxBurst = "cpu.max.burst";

    /// <summary>cgroup v1's share of the CPU among siblings, 2 to 262,144, in the place of <c>cpu.weight</c>: for a
    /// hierarchy in which every cgroup has it; default 1024.</summary>
    public const string CpuShares = "cpu.shares";

    /// <summary>Cores of its own, such as <c>0-1,4</c>, which leave the shared pool; empty by default.</summary>
    public const string CpusetCpus = "cpuset.cpus";

    /// <summary>Memory in bytes above which the OOM killer comes; default <c>max</c>.</summary>
    public const string MemoryMax = "memory.max";

    /// <summary>Memory in bytes above which allocations are slowed down; default <c>max</c>.</summary>
    public const string MemoryHigh = "memory.high";

    /// <summary>Memory in bytes that is kept if others can give; default 0.</summary>
    public const string MemoryLow = "memory.low";

    /// <summary>Memory in bytes that is never taken away; default 0.</summary>
    public const string MemoryMin = "memory.min";

    /// <summary>1 when the OOM killer takes all processes of the group together; default 0.</summary>
    public const string MemoryOomGroup = "memory.oom.group";

    /// <summary>Most processes; default <c>max</c>.</summary>
    public const string PidsMax = "pids.max";

    /// <summary>Bytes of huge pages of 1 GB; default <c>max</c>. Kept, not acted on.</summary>
    public const string HugePages1G = "hugetlb.1GB.max";

    /// <summary>Bytes of huge pages of 2 MB; default <c>max</c>. Kept, not acted on.</summary>
    public const string HugePages2M = "hugetlb.2MB.max";

    private const int PeriodMinMicroseconds = 1_000;
    private const int PeriodMaxMicroseconds = 1_000_000;

    private static readonly string[] Names =
    [
        CpuMax, CpuMaxBurst, CpuWeight, CpusetCpus, MemoryHigh, MemoryLow, MemoryMax, MemoryMin, MemoryOomGroup,
        PidsMax,
    ];

    /// <summary>Files that are listed only where they were written: few ever are.</summary>
    public static IReadOnlyList<string> Rare { get; } = [CpuShares, HugePages1G, HugePages2M];

    /// <summary>All others of cgroup v2, sorted by name.</summary>
    public static IReadOnlyList<string> All => Names;

    /// <summary>What a file of a new cgroup says.</summary>
    /// <exception cref="KeyNotFoundException">There is no such file.</exception>
    public static string DefaultOf(string file) => file switch
    {
        CpuWeight => "100",
        CpuMax => "max 100000",
        CpuShares => "1024",
        CpusetCpus => "",
        CpuMaxBurst => "0",
        MemoryMax or MemoryHigh or PidsMax or HugePages1G or HugePages2M => "max",
        MemoryLow or MemoryMin or MemoryOomGroup => "0",
        _ => throw new KeyNotFoundException($"{file}: no such cgroup file; there are {string.Join(", ", Names)}."),
    };

    /// <summary>The value as the file will say it after this was written; null where the kernel answers EINVAL or
    /// ERANGE.</summary>
    public static string? Normalise(string file, string written) => file switch
    {
        CpuWeight => Number(written) is >= 1 and <= 10_000 and { } weight ? Text(weight) : null,
        CpuMax => Bandwidth(written),
        CpuShares => Number(written) is >= 2 and <= 262_144 and { } shares ? Text(shares) : null,
        CpuMaxBurst => Number(written) is <= 1_000_000 and { } burst ? Text(burst) : null,
        CpusetCpus => CpuList.TryParse(written, out CpuList? cpus) ? cpus.ToString() : null,
        MemoryOomGroup => written is "0" or "1" ? written : null,
        MemoryMax or MemoryHigh or MemoryLow or MemoryMin or PidsMax or HugePages1G or HugePages2M =>
            written == "max" ? "max" : Number(written) is { } number ? Text(number) : null,
        _ => throw new KeyNotFoundException($"{file}: no such cgroup file; there are {string.Join(", ", Names)}."),
    };

    private static string? Bandwidth(string written)
    {
        string[] parts = written.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        long? period = parts.Length == 2 ? Number(parts[1]) : parts.Length == 1 ? 100_000 : null;
        if (period is not (>= PeriodMinMicroseconds and <= PeriodMaxMicroseconds))
        {
            return null;
        }

        return parts[0] == "max" ? $"max {Text(period.Value)}"
            : Number(parts[0]) is >= PeriodMinMicroseconds and { } quota ? $"{Text(quota)} {Text(period.Value)}"
            : null;
    }

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
