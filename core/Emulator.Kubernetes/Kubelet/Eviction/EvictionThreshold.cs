using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Kubelet.Eviction;

/// <summary>How little of something a node may have left before pods are evicted for it.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/eviction (helpers.go, memory_threshold_notifier.go).</remarks>
/// <param name="Signal">One of <see cref="EvictionSignals"/>.</param>
/// <param name="Value">Below this it is met.</param>
/// <param name="Grace">How long it must be met before it counts; null for a hard threshold, which counts at
/// once.</param>
/// <param name="MinReclaim">How much more must be free before it is over; null for nothing.</param>
public sealed record EvictionThreshold(
    string Signal, ThresholdValue Value, SimDuration? Grace = null, ThresholdValue? MinReclaim = null)
{
    /// <summary>Whether a node is below it.</summary>
    /// <param name="seen">What the node has.</param>
    /// <param name="withReclaim">Whether the minimum to be reclaimed must be free too.</param>
    public bool IsMet(SignalObservation seen, bool withReclaim)
    {
        Quantity least = Value.Of(seen.Capacity);
        if (withReclaim && MinReclaim is { } more)
        {
            least += more.Of(seen.Capacity);
        }

        return seen.Available < least;
    }

    /// <summary>How much memory must be in use, page cache included, for the kernel to tell the kubelet at
    /// once.</summary>
    /// <param name="available">What is free.</param>
    /// <param name="usage">What is in use, page cache included.</param>
    /// <param name="workingSet">What of it cannot be dropped.</param>
    public Quantity NotifyAt(Quantity available, Quantity usage, Quantity workingSet)
    {
        Quantity capacity = available + workingSet;
        return capacity - Value.Of(capacity) + (usage - workingSet);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Signal}<{Value}"
        + (Grace is { } grace ? $" for {grace.Nanoseconds / 1_000_000_000}s" : "")
        + (MinReclaim is { } more ? $" reclaim {more}" : "");
}

/// <summary>What a node has of something.</summary>
/// <param name="Available">What is free.</param>
/// <param name="Capacity">All of it.</param>
public readonly record struct SignalObservation(Quantity Available, Quantity Capacity);
