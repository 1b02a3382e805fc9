using System.Globalization;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Scheduler.Pods;
using Emulator.Linux.Cgroups;
using Emulator.Linux.Cgroups.Cpu;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>What the kubelet writes for a pod or a container.</summary>
/// <param name="Shares">cpu.shares, which become cpu.weight.</param>
/// <param name="QuotaMicroseconds">CPU time a period; −1 for no limit; null leaves the kernel's default.</param>
/// <param name="PeriodMicroseconds">The period of the quota.</param>
/// <param name="MemoryBytes">memory.max; null for no limit.</param>
public sealed record CgroupLimits(long Shares, long? QuotaMicroseconds, long? PeriodMicroseconds, long? MemoryBytes)
{
    private const string HugePages = "hugepages-";

    /// <summary>Bytes of huge pages by the page's bytes; empty for no limit of them.</summary>
    public IReadOnlyList<KeyValuePair<long, long>> HugePageBytes { get; init; } = [];

    /// <summary>Limits of huge pages: <c>hugepages-2Mi: 128Mi</c>. What is not of that form does not count.</summary>
    /// <remarks>Source: kubernetes pkg/kubelet/cm/helpers_linux.go (HugePageLimits).</remarks>
    public static IReadOnlyList<KeyValuePair<long, long>> HugePagesOf(
        IEnumerable<KeyValuePair<string, long>> limits) =>
    [
        .. limits.Where(l => l.Key.StartsWith(HugePages, StringComparison.Ordinal))
            .Where(l => Quantity.TryParse(l.Key[HugePages.Length..], out _))
            .Select(l => KeyValuePair.Create(Quantity.Parse(l.Key[HugePages.Length..]).Value, l.Value)),
    ];

    /// <summary>A pod's own cgroup.</summary>
    /// <remarks>Source: kubernetes pkg/kubelet/cm/helpers_linux.go (ResourceConfigForPod). The limits hold for the pod
    /// only if every container has one.</remarks>
    public static CgroupLimits OfPod(
        PodView pod, bool enforceCpuLimits = true, long periodMicroseconds = CpuShares.DefaultPeriodMicroseconds)
    {
        ResourceAmounts requests = PodResources.Requests(pod.Object.Spec);
        ResourceAmounts limits = PodResources.Limits(pod.Object.Spec);
        IEnumerable<ContainerView> all = pod.Containers.Concat(pod.InitContainers);
        bool allCpu = all.All(c => !c.Limits["cpu"].IsZero);
        bool allMemory = all.All(c => !c.Limits["memory"].IsZero);
        QosClass qos = PodQos.Of(pod);
        if (qos == QosClass.BestEffort)
        {
            return new CgroupLimits(ShareConversion.SharesMin, null, null, null);
        }

        long quota = enforceCpuLimits ? CpuShares.Quota(limits["cpu"], periodMicroseconds) : -1;
        bool limitsCpu = qos == QosClass.Guaranteed || allCpu;
        return new CgroupLimits(
            CpuShares.Of(requests["cpu"]),
            limitsCpu ? quota : null,
            limitsCpu ? periodMicroseconds : null,
            qos == QosClass.Guaranteed || allMemory ? limits["memory"] : null)
        {
            HugePageBytes = HugePagesOf(limits.Amounts.ToArray().Select(a => KeyValuePair.Create(a.Name, a.Amount))),
        };
    }

    /// <summary>A container's cgroup. A limit without a request counts as the request.</summary>
    /// <remarks>Source: kubernetes pkg/kubelet/kuberuntime/kuberuntime_container_linux.go.</remarks>
    public static CgroupLimits OfContainer(ContainerView container)
    {
        Quantity request = container.Requests.TryGet("cpu", out Quantity asked) ? asked : container.Limits["cpu"];
        long memory = container.Limits["memory"].Value;
        return new CgroupLimits(
            CpuShares.Of(request.MilliValue),
            CpuShares.Quota(container.Limits["cpu"].MilliValue) is > 0 and { } quota ? quota : -1,
            CpuShares.DefaultPeriodMicroseconds,
            memory > 0 ? memory : null);
    }

    /// <summary>As files' values.</summary>
    public IReadOnlyList<CgroupSetting> Settings(ShareFormula formula = ShareFormula.Linear)
    {
        List<CgroupSetting> settings = [CpuShares.Setting(Shares, formula)];
        if (PeriodMicroseconds is { } period)
        {
            string quota = QuotaMicroseconds is > 0 and { } micros ? Text(micros) : "max";
            settings.Add(new CgroupSetting(CgroupFiles.CpuMax, $"{quota} {Text(period)}"));
        }

        if (MemoryBytes is { } memory)
        {
            settings.Add(new CgroupSetting(CgroupFiles.MemoryMax, Text(memory)));
        }

        foreach ((long page, long bytes) in HugePageBytes)
        {
            string? file = page == 2L << 20 ? CgroupFiles.HugePages2M
                : page == 1L << 30 ? CgroupFiles.HugePages1G : null;
            if (file is not null)
            {
                settings.Add(new CgroupSetting(file, Text(bytes)));
            }
        }

        return settings;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
