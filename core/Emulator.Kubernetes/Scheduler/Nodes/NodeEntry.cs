using Emulator.Kubernetes.Scheduler.Framework;
using Emulator.Kubernetes.Scheduler.Pods;

namespace Emulator.Kubernetes.Scheduler.Nodes;

/// <summary>One node as the scheduler keeps it: what it offers, what is booked on it, its labels and taints.</summary>
/// <remarks>Mutable state of the scheduler; never sent. Numbers are whole: thousandths of a core, bytes, pieces.
/// Source: kube-scheduler's <c>NodeInfo</c>.</remarks>
public sealed class NodeEntry(string name)
{
    private static readonly Dictionary<string, string> NoLabels = new(StringComparer.Ordinal);

    private readonly List<HostPort> _hostPorts = [];
    private ResourceAmounts _allocatable = ResourceAmounts.Empty;
    private ResourceAmounts _requestedExtended = ResourceAmounts.Empty;

    /// <summary>The node's name.</summary>
    public string Name { get; } = name;

    /// <summary>Whether the Node object exists; pods may outlive it for a while.</summary>
    public bool IsPresent { get; internal set; }

    /// <summary>The order of the node's arrival, which breaks ties.</summary>
    public long Sequence { get; internal set; }

    /// <summary>Its labels; for look-ups only.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; private set; } = NoLabels;

    /// <summary>Its taints, in the order written.</summary>
    public NodeTaint[] Taints { get; private set; } = [];

    /// <summary>Whether it was cordoned.</summary>
    public bool Unschedulable { get; private set; }

    /// <summary>Region and zone, by which nodes take turns.</summary>
    public string Zone { get; private set; } = "";

    /// <summary>Cpu to give, thousandths of a core.</summary>
    public long AllocatableMilliCpu { get; private set; }

    /// <summary>Memory to give, bytes.</summary>
    public long AllocatableMemoryBytes { get; private set; }

    /// <summary>Ephemeral storage to give, bytes.</summary>
    public long AllocatableEphemeralStorageBytes { get; private set; }

    /// <summary>How many pods it takes.</summary>
    public long AllocatablePods { get; private set; }

    /// <summary>Cpu booked, thousandths of a core.</summary>
    public long RequestedMilliCpu { get; private set; }

    /// <summary>Memory booked, bytes.</summary>
    public long RequestedMemoryBytes { get; private set; }

    /// <summary>Ephemeral storage booked, bytes.</summary>
    public long RequestedEphemeralStorageBytes { get; private set; }

    /// <summary>Cpu booked as scores count it, thousandths of a core.</summary>
    public long ScoredMilliCpu { get; private set; }

    /// <summary>Memory booked as scores count it, bytes.</summary>
    public long ScoredMemoryBytes { get; private set; }

    /// <summary>How many pods are booked.</summary>
    public int PodCount { get; private set; }

    /// <summary>How much of an extended resource it has to give.</summary>
    public long AllocatableExtended(string resource) => _allocatable[resource];

    /// <summary>How much of an extended resource is booked.</summary>
    public long RequestedExtended(string resource) => _requestedExtended[resource];

    /// <summary>Takes over a Node object and says what that may mean for waiting pods.</summary>
    public ClusterEvents Update(NodeDescription node)
    {
        ClusterEvents events = IsPresent ? Compare(node) : ClusterEvents.NodeAdd;
        IsPresent = true;
        Labels = node.Labels;
        Taints = node.Taints;
        Unschedulable = node.Unschedulable;
        Zone = node.Zone;
        _allocatable = node.Allocatable;
        AllocatableMilliCpu = node.Allocatable["cpu"];
        AllocatableMemoryBytes = node.Allocatable["memory"];
        AllocatableEphemeralStorageBytes = node.Allocatable["ephemeral-storage"];
        AllocatablePods = node.Allocatable["pods"];
        return events;
    }

    /// <summary>Books a pod.</summary>
    public void Add(PodRequirements pod) => Book(pod, 1);

    /// <summary>Gives back what a pod had booked.</summary>
    public void Remove(PodRequirements pod) => Book(pod, -1);

    /// <summary>Whether a port is taken by a booked pod.</summary>
    public bool HasConflict(HostPort wanted)
    {
        foreach (HostPort taken in _hostPorts)
        {
            if (taken.ConflictsWith(wanted))
            {
                return true;
            }
        }

        return false;
    }

    private void Book(PodRequirements pod, int sign)
    {
        RequestedMilliCpu += sign * pod.MilliCpu;
        RequestedMemoryBytes += sign * pod.MemoryBytes;
        RequestedEphemeralStorageBytes += sign * pod.EphemeralStorageBytes;
        ScoredMilliCpu += sign * pod.ScoredMilliCpu;
        ScoredMemoryBytes += sign * pod.ScoredMemoryBytes;
        PodCount += sign;
        foreach (ResourceAmount amount in pod.Extended)
        {
            _requestedExtended = _requestedExtended.With(
                amount.Name, _requestedExtended[amount.Name] + (sign * amount.Amount));
        }

        foreach (HostPort port in pod.HostPorts)
        {
            if (sign > 0)
            {
                _hostPorts.Add(port);
            }
            else
            {
                _hostPorts.Remove(port);
            }
        }
    }

    private ClusterEvents Compare(NodeDescription node)
    {
        ClusterEvents events = ClusterEvents.None;
        if (!node.Allocatable.SameAs(_allocatable))
        {
            events |= ClusterEvents.NodeAllocatable;
        }

        if (node.Labels.Count != Labels.Count || node.Labels.Any(l => Labels.GetValueOrDefault(l.Key) != l.Value))
        {
            events |= ClusterEvents.NodeLabel;
        }

        if (node.Unschedulable != Unschedulable
            || node.Taints.Length != Taints.Length
            || !node.Taints.Zip(Taints).All(pair => pair.First.SameAs(pair.Second)))
        {
            events |= ClusterEvents.NodeTaint;
        }

        return events;
    }
}
