using System.Globalization;
using Emulator.Core.Actors;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.Scheduler.Pods;
using Emulator.Linux.Cgroups;
using Emulator.Linux.Cgroups.Cpu;
using Emulator.Linux.Namespaces;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>The kubelet's part of the cgroup hierarchy: kubepods, the QoS classes, pods, containers.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/cm (qos_container_manager_linux.go, pod_container_manager_linux.go), with
/// the driver cgroupfs. The feature MemoryQoS is off, as by default: memory.min and memory.high keep the kernel's
/// values.</remarks>
/// <param name="cgroups">The machine's hierarchy; null writes nothing.</param>
/// <param name="formula">How requests become weights.</param>
/// <param name="cpus">Who gives out whole cores; null for nobody.</param>
/// <param name="podPidsLimit">Process numbers of a pod at most; null for no limit.</param>
internal sealed class PodCgroups(
    ActorRef? cgroups, ShareFormula formula = ShareFormula.Linear, StaticCpus? cpus = null, long? podPidsLimit = null)
{
    private const string Root = "/kubepods";
    private readonly SortedDictionary<string, long> _burstableMilliCpu = new(StringComparer.Ordinal);

    /// <summary>A pod's cgroup.</summary>
    public static string PathOf(PodView pod) => PodQos.Of(pod) switch
    {
        QosClass.Guaranteed => $"{Root}/pod{pod.Uid}",
        QosClass.Burstable => $"{Root}/burstable/pod{pod.Uid}",
        QosClass.BestEffort => $"{Root}/besteffort/pod{pod.Uid}",
        _ => throw new System.Diagnostics.UnreachableException($"{pod.Object}"),
    };

    /// <summary>Makes kubepods and the classes below it.</summary>
    public void Start(ResourceList enforced, Outbox outbox)
    {
        var all = new CgroupLimits(CpuShares.Of(enforced["cpu"].MilliValue), null, null, enforced["memory"].Value);
        Write(Root, all.Settings(formula), outbox);
        Write(
            $"{Root}/besteffort",
            new CgroupLimits(ShareConversion.SharesMin, null, null, null).Settings(formula), outbox);
        WriteBurstable(outbox);
    }

    /// <summary>Makes a pod's cgroup.</summary>
    public void Add(PodView pod, Outbox outbox)
    {
        List<CgroupSetting> settings = [.. CgroupLimits.OfPod(pod).Settings(formula)];
        if (podPidsLimit is { } pids)
        {
            settings.Add(new CgroupSetting(CgroupFiles.PidsMax, pids.ToString(CultureInfo.InvariantCulture)));
        }

        Write(PathOf(pod), settings, outbox);
        if (PodQos.Of(pod) == QosClass.Burstable)
        {
            _burstableMilliCpu[pod.Uid] = PodResources.Requests(pod.Object.Spec)["cpu"];
            WriteBurstable(outbox);
        }
    }

    /// <summary>Writes a pod's cgroup anew: its resources have changed.</summary>
    public void Resize(PodView pod, Outbox outbox) => Add(pod, outbox);

    /// <summary>Writes a container's cgroup anew: its resources have changed.</summary>
    public void Resize(PodView pod, ContainerView container, Outbox outbox) => Write(
        $"{PathOf(pod)}/{container.Name}", CgroupLimits.OfContainer(container).Settings(formula), outbox);

    /// <summary>Makes a container's cgroup, anew for each start: what is left of the one before goes.</summary>
    public void Add(PodView pod, ContainerView container, bool isRestart, Outbox outbox)
    {
        string path = $"{PathOf(pod)}/{container.Name}";
        if (isRestart && cgroups is not null)
        {
            outbox.Send(cgroups, new RemoveCgroup(path));
        }

        CgroupSetting[] own = OwnCpus(pod, container, outbox);

        // One container's processes go together when the OOM killer comes (singleProcessOOMKill is off).
        Write(
            path,
            [
                .. CgroupLimits.OfContainer(container).Settings(formula),
                new CgroupSetting(CgroupFiles.MemoryOomGroup, "1"), .. own,
            ],
            outbox);
    }

    /// <summary>A container's process in its cgroup.</summary>
    /// <param name="processName">What the process is called in its namespace.</param>
    /// <param name="program">What it runs.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The container.</param>
    /// <param name="memoryCapacity">The node's RAM, of which a request protects its share.</param>
    /// <param name="pids">How many process numbers it wants.</param>
    public static StartProcess Place(
        string processName, Program program, PodView pod, ContainerView container, long memoryCapacity, long pids) =>
        new(processName, program)
        {
            Cgroup = $"{PathOf(pod)}/{container.Name}",
            OomScoreAdjust = PodQos.OomScoreAdjust(pod, container, memoryCapacity),
            Pids = pids,
            Sharing = SharingOf(pod),
        };

    private static NamespaceSharing SharingOf(PodView pod)
    {
        bool Has(string field) => pod.Object.Spec.Find(field)?.AsBool == true;
        return (pod.HostNetwork ? NamespaceSharing.HostNetwork : 0) | (Has("hostPID") ? NamespaceSharing.HostPid : 0)
            | (Has("hostIPC") ? NamespaceSharing.HostIpc : 0)
            | (Has("shareProcessNamespace") ? NamespaceSharing.PodPid : 0);
    }

    /// <summary>Removes a pod's cgroups.</summary>
    public void Remove(PodView pod, Outbox outbox)
    {
        if (cgroups is not null)
        {
            outbox.Send(cgroups, new RemoveCgroup(PathOf(pod)));
        }

        cpus?.Release(pod);
        if (_burstableMilliCpu.Remove(pod.Uid))
        {
            WriteBurstable(outbox);
        }
    }

    /// <summary>Tells the hierarchy's owner something; false where there is none.</summary>
    public bool Send(CgroupMessage message, Outbox outbox)
    {
        if (cgroups is not null)
        {
            outbox.Send(cgroups, message);
        }

        return cgroups is not null;
    }

    private void WriteBurstable(Outbox outbox)
    {
        long shares = CpuShares.Of(_burstableMilliCpu.Values.Sum());
        Write($"{Root}/burstable", [CpuShares.Setting(shares, formula)], outbox);
    }

    private CgroupSetting[] OwnCpus(PodView pod, ContainerView container, Outbox outbox)
    {
        // No two cgroups own a core: who had it before gives it up first.
        void Keeps(ContainerView init, string rest) =>
            Write($"{PathOf(pod)}/{init.Name}", [new CgroupSetting(CgroupFiles.CpusetCpus, rest)], outbox);
        return cpus?.Take(pod, container, Keeps) is { } own
            ? [new CgroupSetting(CgroupFiles.CpusetCpus, own)] : [];
    }

    private void Write(string path, IReadOnlyList<CgroupSetting> settings, Outbox outbox)
    {
        if (cgroups is not null)
        {
            outbox.Send(cgroups, new WriteCgroup(path, settings));
        }
    }
}
