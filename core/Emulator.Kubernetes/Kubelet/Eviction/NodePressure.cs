using Emulator.Core.Actors;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Kubelet.Containers;
using Emulator.Linux.Cgroups;

namespace Emulator.Kubernetes.Kubelet.Eviction;

/// <summary>Evicts pods when their node runs short of memory, disk or process numbers, or when they write more than
/// they may.</summary>
/// <remarks>
/// Source: kubernetes pkg/kubelet/eviction/eviction_manager.go. It looks every <see cref="Period"/>, counted from its
/// last look, and each second after an eviction until the pod is gone. A look that cannot find anything is left out:
/// the cgroups' owner says when memory or process numbers pass a threshold, what containers write is computed. Left
/// out: the collection of images and dead containers before pods are evicted, the kernel's own notification.
/// In: <see cref="UsagePassed"/>, <see cref="UsageReport"/>, <see cref="SystemOom"/>, its timer. Out:
/// <see cref="WatchUsage"/>, <see cref="ReadUsage"/>, evictions.
/// </remarks>
internal sealed class NodePressure
{
    /// <summary>Between two looks.</summary>
    public static readonly SimDuration Period = SimDuration.FromSeconds(10);

    /// <summary>Between two looks whether an evicted pod is gone.</summary>
    public static readonly SimDuration CleanupPeriod = SimDuration.FromSeconds(1);

    /// <summary>An evicted pod is waited for at most so long.</summary>
    public static readonly SimDuration CleanupMax = SimDuration.FromSeconds(30);

    /// <summary>The purpose of its timer among the kubelet's.</summary>
    public const int Timer = 0;

    private const string Kubepods = "/kubepods";
    private static readonly SimDuration HardGrace = SimDuration.FromSeconds(1);

    private readonly PodSurroundings _around;
    private readonly PodLifecycle _lifecycle;
    private readonly PressureState _state;
    private readonly bool _hasCgroups;
    private LazyTimer _timer;
    private SimTime _lastLook;
    private PodWorker? _evicted;
    private SimTime _waitsUntil;

    /// <summary>Begins to watch.</summary>
    public NodePressure(PodSurroundings around, PodLifecycle lifecycle, Outbox outbox)
    {
        _around = around;
        _lifecycle = lifecycle;
        _state = new PressureState(around.Options.Eviction);
        _lastLook = outbox.Now;
        lifecycle.StorageChanged = StorageChanged;
        _hasCgroups = Watch(outbox);
    }

    /// <summary>The node's conditions that are true, sorted.</summary>
    public IReadOnlyList<string> Conditions => _state.Conditions;

    /// <summary>More is used than a threshold leaves: a look when it is time.</summary>
    public void Take(UsagePassed passed, Outbox outbox)
    {
        _ = passed;
        LookAt(outbox.Now, outbox);
    }

    /// <summary>What is used.</summary>
    public void Take(UsageReport report, Outbox outbox) => Look(report.Processes, outbox);

    /// <summary>The kernel killed somebody because the machine was out of memory.</summary>
    public void Take(SystemOom oom, Outbox outbox) => _around.Events.OfNode(
        "Warning", "SystemOOM", $"System OOM encountered, victim process: {oom.Name}, pid: {oom.HostPid}", outbox);

    /// <summary>Its timer has come.</summary>
    public void Take(TimerMessage timer, Outbox outbox)
    {
        if (!_timer.Expired(_around.Self, timer, outbox))
        {
            return;
        }

        if (_evicted is { } evicted && evicted.Stage != PodStage.Stopped && outbox.Now < _waitsUntil)
        {
            Arm(outbox.Now + CleanupPeriod, outbox);
            return;
        }

        _evicted = null;
        _lastLook = outbox.Now;
        if (_hasCgroups)
        {
            _around.Cgroups.Send(new ReadUsage(_around.Self), outbox);
        }
        else
        {
            Look([], outbox);
        }
    }

    private void StorageChanged(Outbox outbox)
    {
        if (StorageForecast.Of([.. _lifecycle.Active], _around.Options, outbox.Now) is { } at)
        {
            LookAt(at, outbox);
        }
    }

    private void LookAt(SimTime at, Outbox outbox)
    {
        if (_evicted is null)
        {
            long periods = ((at - _lastLook).Nanoseconds + Period.Nanoseconds - 1) / Period.Nanoseconds;
            SimTime look = _lastLook + (Period * Math.Max(1, periods));
            Arm(_timer.IsArmed && _timer.Deadline < look ? _timer.Deadline : look, outbox);
        }
    }

    private void Arm(SimTime at, Outbox outbox) => _timer.Arm(_around.Self, Timer, at, outbox);

    private bool Watch(Outbox outbox)
    {
        Quantity capacity = _around.Options.Capacity["memory"];
        Quantity allocatable = _around.Options.Reserved.ForEnforcement(_around.Options.Capacity)["memory"];
        var levels = new List<MemoryLevel>();
        long? pids = null;
        foreach (EvictionThreshold threshold in _around.Options.Eviction.Thresholds)
        {
            if (threshold.Signal == EvictionSignals.Memory)
            {
                levels.Add(new MemoryLevel("/", Level(threshold, capacity)));
            }
            else if (threshold.Signal == EvictionSignals.AllocatableMemory)
            {
                levels.Add(new MemoryLevel(Kubepods, Level(threshold, allocatable)));
            }
            else if (threshold.Signal == EvictionSignals.Pid)
            {
                long max = _around.Options.Eviction.PidMax;
                pids = Math.Min(pids ?? long.MaxValue, max - threshold.Value.Of(Quantity.FromUnits(max)).Value);
            }
        }

        return _around.Cgroups.Send(new WatchUsage(_around.Self, levels, pids), outbox);
    }

    // All memory is free: what may be used is what the threshold leaves.
    private static long Level(EvictionThreshold threshold, Quantity capacity) =>
        threshold.NotifyAt(capacity, Quantity.Zero, Quantity.Zero).Value;

    private void Look(IReadOnlyList<ProcessUsage> processes, Outbox outbox)
    {
        List<PodUsage> pods = UsageOf(processes, outbox.Now, out long disk);
        Dictionary<string, SignalObservation> seen = Observe(processes, disk);
        _state.Observe(seen, outbox.Now);
        if (EvictWriters(pods, outbox) || EvictFor(pods, seen, outbox))
        {
            _waitsUntil = outbox.Now + CleanupMax;
            Arm(outbox.Now + CleanupPeriod, outbox);
        }
        else if (_state.IsCalm)
        {
            Watch(outbox);
            StorageChanged(outbox);
        }
        else
        {
            Arm(outbox.Now + Period, outbox);
        }
    }

    private List<PodUsage> UsageOf(IReadOnlyList<ProcessUsage> processes, SimTime now, out long disk)
    {
        var byPath = new Dictionary<string, ProcessUsage>(StringComparer.Ordinal);
        foreach (ProcessUsage process in processes)
        {
            byPath[process.Path] = process;
        }

        disk = 0;
        var pods = new List<PodUsage>();
        foreach (PodWorker worker in _lifecycle.Active)
        {
            string path = PodCgroups.PathOf(worker.Pod);
            var containers = new List<ContainerUsage>();
            foreach (ContainerRecord record in worker.Containers)
            {
                ProcessUsage process = byPath.GetValueOrDefault($"{path}/{record.Spec.Name}");
                containers.Add(new ContainerUsage(
                    record.Spec, process.MemoryBytes, record.StorageBytes(now), process.Pids));
            }

            var usage = new PodUsage(worker.Pod, containers);
            disk += usage.StorageBytes;
            if (worker.Stage < PodStage.Stopping)
            {
                pods.Add(usage);
            }
        }

        return pods;
    }

    private Dictionary<string, SignalObservation> Observe(IReadOnlyList<ProcessUsage> processes, long diskBytes)
    {
        KubeletOptions options = _around.Options;
        var seen = new Dictionary<string, SignalObservation>(StringComparer.Ordinal);
        void See(string signal, Quantity capacity, long used) => seen[signal] = new SignalObservation(
            capacity - Quantity.FromUnits(used, QuantityFormat.BinarySI), capacity);
        if (_hasCgroups)
        {
            See(EvictionSignals.Memory, options.Capacity["memory"], processes.Sum(p => p.MemoryBytes));
            See(
                EvictionSignals.AllocatableMemory, options.Reserved.ForEnforcement(options.Capacity)["memory"],
                processes.Where(p => p.Path.StartsWith(Kubepods + "/", StringComparison.Ordinal))
                    .Sum(p => p.MemoryBytes));
            See(EvictionSignals.Pid, Quantity.FromUnits(options.Eviction.PidMax), processes.Sum(p => p.Pids));
        }

        if (options.Capacity.TryGet("ephemeral-storage", out Quantity disk))
        {
            See(EvictionSignals.NodeFs, disk, diskBytes);
            See(EvictionSignals.ImageFs, disk, diskBytes);
        }

        return seen;
    }

    private bool EvictWriters(List<PodUsage> pods, Outbox outbox)
    {
        bool any = false;
        foreach (PodUsage usage in pods)
        {
            any |= EvictionMessages.OverStorageLimit(usage) is { } message
                && TryEvict(usage, new Rejection(EvictionMessages.Reason, message, false), HardGrace, outbox);
        }

        return any;
    }

    private bool EvictFor(List<PodUsage> pods, Dictionary<string, SignalObservation> seen, Outbox outbox)
    {
        EvictionThreshold? threshold = _state.Met.OrderBy(
            t => EvictionSignals.ConditionOf(t.Signal) == EvictionSignals.MemoryPressure ? 0 : 1).FirstOrDefault();
        if (threshold is null)
        {
            return false;
        }

        string resource = EvictionSignals.ResourceOf(threshold.Signal);
        _around.Events.OfNode("Warning", "EvictionThresholdMet", $"Attempting to reclaim {resource}", outbox);
        SimDuration grace = threshold.Grace is null
            ? HardGrace
            : SimDuration.FromSeconds(Math.Max(1, _around.Options.Eviction.MaxPodGracePeriodSeconds));
        foreach (PodUsage usage in EvictionRanking.Of(pods, resource))
        {
            string message = EvictionMessages.NodeLow(usage, resource, threshold, seen[threshold.Signal]);
            if (TryEvict(usage, new Rejection(EvictionMessages.Reason, message), grace, outbox))
            {
                return true;
            }
        }

        return false;
    }

    private bool TryEvict(PodUsage usage, Rejection why, SimDuration grace, Outbox outbox)
    {
        if (_lifecycle.Find(usage.Pod.Uid) is not { } worker
            || PressureAdmission.IsCritical(usage.Pod, worker.IsStatic))
        {
            return false;
        }

        _around.Events.Warning(usage.Pod, "", why.Reason, why.Message, outbox);
        _lifecycle.Evict(worker, why, grace, outbox);
        _evicted = worker;
        return true;
    }
}
