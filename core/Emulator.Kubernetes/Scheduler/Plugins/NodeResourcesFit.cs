using Emulator.Kubernetes.Scheduler.Framework;
using Emulator.Kubernetes.Scheduler.Nodes;
using Emulator.Kubernetes.Scheduler.Pods;
using Emulator.Kubernetes.Scheduler.Queue;

namespace Emulator.Kubernetes.Scheduler.Plugins;

/// <summary>
/// Filters out nodes that have not enough left of a resource that the pod requests, and prefers those with most left
/// (<c>LeastAllocated</c>, cpu and memory counting the same).
/// </summary>
/// <remarks>Left out: the strategies MostAllocated and RequestedToCapacityRatio, other weights, and ignored
/// resources.</remarks>
public sealed class NodeResourcesFit : IFilterPlugin, IScorePlugin
{
    private const int TooManyPods = 1;
    private const int InsufficientCpu = 2;
    private const int InsufficientMemory = 4;
    private const int InsufficientEphemeralStorage = 8;

    private readonly Dictionary<int, Status> _refusals = [];
    private readonly Dictionary<string, Status> _refusalsWithExtended = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => "NodeResourcesFit";

    /// <inheritdoc/>
    public ClusterEvents EventsToRegister =>
        ClusterEvents.NodeAdd | ClusterEvents.NodeAllocatable | ClusterEvents.AssignedPodDelete
        | ClusterEvents.PodUpdate;

    /// <inheritdoc/>
    public Status Filter(CycleState state, QueuedPod pod, NodeEntry node)
    {
        PodRequirements wanted = pod.Requirements;
        int missing = node.PodCount + 1 > node.AllocatablePods ? TooManyPods : 0;
        if (wanted.MilliCpu > 0 && wanted.MilliCpu > node.AllocatableMilliCpu - node.RequestedMilliCpu)
        {
            missing |= InsufficientCpu;
        }

        if (wanted.MemoryBytes > 0 && wanted.MemoryBytes > node.AllocatableMemoryBytes - node.RequestedMemoryBytes)
        {
            missing |= InsufficientMemory;
        }

        if (wanted.EphemeralStorageBytes > 0
            && wanted.EphemeralStorageBytes
                > node.AllocatableEphemeralStorageBytes - node.RequestedEphemeralStorageBytes)
        {
            missing |= InsufficientEphemeralStorage;
        }

        if (wanted.Extended.Length > 0)
        {
            return FilterExtended(wanted, node, missing);
        }

        return missing == 0 ? Status.Success : Refusal(missing);
    }

    /// <inheritdoc/>
    public long Score(CycleState state, QueuedPod pod, NodeEntry node)
    {
        long sum = 0;
        long weights = 0;
        Add(pod.Requirements.ScoredMilliCpu + node.ScoredMilliCpu, node.AllocatableMilliCpu, ref sum, ref weights);
        Add(pod.Requirements.ScoredMemoryBytes + node.ScoredMemoryBytes, node.AllocatableMemoryBytes, ref sum,
            ref weights);
        return weights == 0 ? 0 : sum / weights;
    }

    /// <summary>The scores are 0 to 100 as they are.</summary>
    public void NormalizeScore(CycleState state, QueuedPod pod, Span<long> scores)
    {
    }

    private static void Add(long requested, long allocatable, ref long sum, ref long weights)
    {
        if (allocatable == 0)
        {
            return;
        }

        weights++;
        if (requested <= allocatable)
        {
            sum += (allocatable - requested) * ScoreNormalization.ScoreMax / allocatable;
        }
    }

    private Status FilterExtended(PodRequirements wanted, NodeEntry node, int missing)
    {
        string extended = "";
        foreach (ResourceAmount amount in wanted.Extended)
        {
            if (amount.Amount > 0
                && amount.Amount > node.AllocatableExtended(amount.Name) - node.RequestedExtended(amount.Name))
            {
                extended += $"|{amount.Name}";
            }
        }

        if (extended.Length == 0)
        {
            return missing == 0 ? Status.Success : Refusal(missing);
        }

        string key = $"{missing}{extended}";
        if (!_refusalsWithExtended.TryGetValue(key, out Status? status))
        {
            string[] names = extended.Split('|', StringSplitOptions.RemoveEmptyEntries);
            status = Status.Unschedulable([.. Reasons(missing), .. names.Select(n => $"Insufficient {n}")]);
            _refusalsWithExtended.Add(key, status);
        }

        return status;
    }

    private Status Refusal(int missing)
    {
        if (!_refusals.TryGetValue(missing, out Status? status))
        {
            status = Status.Unschedulable([.. Reasons(missing)]);
            _refusals.Add(missing, status);
        }

        return status;
    }

    private static List<string> Reasons(int missing)
    {
        var reasons = new List<string>();
        AddReason(missing & TooManyPods, "Too many pods", reasons);
        AddReason(missing & InsufficientCpu, "Insufficient cpu", reasons);
        AddReason(missing & InsufficientMemory, "Insufficient memory", reasons);
        AddReason(missing & InsufficientEphemeralStorage, "Insufficient ephemeral-storage", reasons);
        return reasons;
    }

    private static void AddReason(int flag, string reason, List<string> reasons)
    {
        if (flag != 0)
        {
            reasons.Add(reason);
        }
    }
}
