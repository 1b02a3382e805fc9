using System.Text;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Scheduler.Pods;

namespace Emulator.Kubernetes.Kubelet.Eviction;

/// <summary>What a kubelet says about evictions. Sentences end with a blank, as upstream's do.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/eviction/helpers.go (evictionMessage and its formats).</remarks>
public static class EvictionMessages
{
    /// <summary>The reason in status and events.</summary>
    public const string Reason = "Evicted";

    /// <summary>A pod goes because the node is short of something.</summary>
    /// <param name="usage">The pod.</param>
    /// <param name="resource">What is short.</param>
    /// <param name="threshold">The threshold that is met.</param>
    /// <param name="seen">What the node has.</param>
    public static string NodeLow(
        PodUsage usage, string resource, EvictionThreshold threshold, SignalObservation seen)
    {
        var text = new StringBuilder($"The node was low on resource: {resource}. ");
        text.Append($"Threshold quantity: {threshold.Value.Of(seen.Capacity)}, available: {Shown(seen.Available)}. ");
        foreach (ContainerUsage container in usage.Containers)
        {
            Quantity request = container.Container.Requests[resource];
            if (container.Of(resource) is { } bytes && Bytes(bytes) > request)
            {
                text.Append($"Container {container.Container.Name} was using {Bytes(bytes)}, request is {request}, ");
                text.Append($"has larger consumption of {resource}. ");
            }
        }

        return text.ToString();
    }

    /// <summary>A pod is not let in because of the node's conditions.</summary>
    public static string HasConditions(IEnumerable<string> conditions) =>
        $"The node had condition: [{string.Join(' ', conditions)}]. ";

    /// <summary>A pod has written more than it may; null when it has not.</summary>
    /// <remarks>Left out: the limits of emptyDir volumes, which are not modelled.</remarks>
    public static string? OverStorageLimit(PodUsage usage)
    {
        long? all = PodResources.Limits(usage.Pod.Object.Spec).Find("ephemeral-storage");
        if (all is { } limit && usage.StorageBytes > limit)
        {
            return $"Pod ephemeral local storage usage exceeds the total limit of containers {Bytes(limit)}. ";
        }

        foreach (ContainerUsage container in usage.Containers)
        {
            Quantity own = container.Container.Limits["ephemeral-storage"];
            if (!own.IsZero && Bytes(container.StorageBytes) > own)
            {
                return $"Container {container.Container.Name} exceeded its local ephemeral storage limit \"{own}\". ";
            }
        }

        return null;
    }

    private static Quantity Bytes(long bytes) => Quantity.FromUnits(bytes, QuantityFormat.BinarySI);

    private static string Shown(Quantity available) => Bytes(available.Value).ToString();
}
