using System.Globalization;
using Emulator.Linux.Cgroups;
using Emulator.Linux.Cgroups.Cpu;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>CPU amounts in the units of cgroups.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/cm/helpers_linux.go; by default the weight of runc before 1.3.2.</remarks>
public static class CpuShares
{
    /// <summary>The CFS period in microseconds.</summary>
    public const long DefaultPeriodMicroseconds = 100_000;

    /// <summary>The least CFS quota in microseconds.</summary>
    public const long QuotaMinMicroseconds = 1_000;

    private const long SharesPerCpu = 1_024;
    private const long MilliPerCpu = 1_000;

    /// <summary>cpu.shares of a request in thousandths of a CPU.</summary>
    public static long Of(long milliCpu) => Math.Clamp(
        milliCpu * SharesPerCpu / MilliPerCpu, ShareConversion.SharesMin, ShareConversion.SharesMax);

    /// <summary>The file that takes a weight, and its value: <c>cpu.weight</c>, or cgroup v1's
    /// <c>cpu.shares</c>.</summary>
    public static CgroupSetting Setting(long shares, ShareFormula formula) => new(
        formula == ShareFormula.Shares ? CgroupFiles.CpuShares : CgroupFiles.CpuWeight,
        ShareConversion.Weight(shares, formula).ToString(CultureInfo.InvariantCulture));

    /// <summary>The CFS quota in microseconds of a limit in thousandths of a CPU; 0 for no limit.</summary>
    public static long Quota(long milliCpu, long periodMicroseconds = DefaultPeriodMicroseconds) => milliCpu == 0
        ? 0
        : Math.Max(milliCpu * periodMicroseconds / MilliPerCpu, QuotaMinMicroseconds);
}
