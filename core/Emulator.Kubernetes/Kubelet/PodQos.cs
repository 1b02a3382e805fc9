using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>How well a pod said what it needs: the order in which pods suffer when memory is short.</summary>
public enum QosClass : byte
{
    /// <summary>It asked for nothing.</summary>
    BestEffort,

    /// <summary>It asked for something.</summary>
    Burstable,

    /// <summary>Each container's requests for cpu and memory are its limits.</summary>
    Guaranteed,
}

/// <summary>A pod's QoS class, and what the OOM killer makes of it.</summary>
/// <remarks>Source: kubernetes pkg/apis/core/v1/helper/qos, pkg/kubelet/qos. cpu and memory alone count.</remarks>
public static class PodQos
{
    /// <summary>oom_score_adj of those whom the OOM killer takes last.</summary>
    public const int GuaranteedOomScoreAdjust = -997;

    /// <summary>oom_score_adj of those whom it takes first.</summary>
    public const int BestEffortOomScoreAdjust = 1_000;

    /// <summary>From this priority on a pod is critical for its node (system-cluster-critical).</summary>
    public const int SystemCriticalPriority = 2_000_000_000;

    private static readonly string[] Resources = ["cpu", "memory"];

    /// <summary>The class of a pod.</summary>
    public static QosClass Of(PodView pod)
    {
        var requests = new Quantity[Resources.Length];
        var limits = new Quantity[Resources.Length];
        bool guaranteed = true;
        foreach (ContainerView container in pod.Containers.Concat(pod.InitContainers))
        {
            for (int i = 0; i < Resources.Length; i++)
            {
                requests[i] += container.Requests[Resources[i]];
                limits[i] += container.Limits[Resources[i]];
                guaranteed &= !container.Limits[Resources[i]].IsZero;
            }
        }

        if (requests.All(r => r.IsZero) && limits.All(l => l.IsZero))
        {
            return QosClass.BestEffort;
        }

        return guaranteed && requests.SequenceEqual(limits) ? QosClass.Guaranteed : QosClass.Burstable;
    }

    /// <summary>A container's oom_score_adj, −997 to 1,000.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">One of its containers.</param>
    /// <param name="memoryCapacityBytes">The node's memory, above 0.</param>
    public static int OomScoreAdjust(PodView pod, ContainerView container, long memoryCapacityBytes)
    {
        QosClass qos = Of(pod);
        if (qos == QosClass.Guaranteed || pod.Priority >= SystemCriticalPriority)
        {
            return GuaranteedOomScoreAdjust;
        }

        if (qos == QosClass.BestEffort)
        {
            return BestEffortOomScoreAdjust;
        }

        long adjust = 1_000 - (long)((Int128)1_000 * container.Requests["memory"].Value / memoryCapacityBytes);
        return (int)Math.Clamp(adjust, 1_000 + GuaranteedOomScoreAdjust, BestEffortOomScoreAdjust - 1);
    }
}
