using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.Scheduler.Pods;

namespace Emulator.Kubernetes.Kubelet.Eviction;

/// <summary>Whom a node under pressure still lets in.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/eviction/eviction_manager.go (Admit).</remarks>
public static class PressureAdmission
{
    private static readonly NodeTaint MemoryTaint =
        new("node.kubernetes.io/memory-pressure", "", TaintEffect.NoSchedule);

    /// <summary>Why a pod is not let in; null when it is.</summary>
    public static Rejection? Of(PodView pod, bool isStatic, IReadOnlyList<string> conditions)
    {
        if (conditions.Count == 0 || IsCritical(pod, isStatic))
        {
            return null;
        }

        bool onlyMemory = conditions is [EvictionSignals.MemoryPressure];
        if (onlyMemory && (PodQos.Of(pod) != QosClass.BestEffort
            || Toleration.ParseAll(pod.Object.Spec.Find("tolerations")).Any(t => t.Tolerates(MemoryTaint))))
        {
            return null;
        }

        return new Rejection(
            EvictionMessages.Reason, "Pod was rejected: " + EvictionMessages.HasConditions(conditions));
    }

    /// <summary>Whether the node needs a pod to work: it is static, or has a system's priority.</summary>
    public static bool IsCritical(PodView pod, bool isStatic) =>
        isStatic || pod.Priority >= PodQos.SystemCriticalPriority;
}
