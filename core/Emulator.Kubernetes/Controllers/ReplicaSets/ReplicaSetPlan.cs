using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Controllers.ReplicaSets;

/// <summary>What a ReplicaSet has to do about its number of pods: make some, or delete some.</summary>
/// <param name="Create">How many pods to make.</param>
/// <param name="Delete">Which pods to delete, in order.</param>
public sealed record ReplicaSetPlan(int Create, IReadOnlyList<ApiObject> Delete)
{
    /// <summary>How many pods one look may make or delete: 500.</summary>
    public const int BurstReplicas = 500;

    /// <summary>Compares wanted and active pods.</summary>
    /// <param name="replicas">How many are wanted.</param>
    /// <param name="activeCount">How many are active.</param>
    /// <param name="active">The active pods; looked at only when there are too many.</param>
    /// <param name="related">All active pods of the same Deployment, which count when siblings share a node;
    /// likewise.</param>
    /// <param name="now">The time now.</param>
    public static ReplicaSetPlan For(
        int replicas, int activeCount, IEnumerable<ApiObject> active, IEnumerable<ApiObject> related, SimTime now)
    {
        int missing = replicas - activeCount;
        if (missing >= 0)
        {
            return new ReplicaSetPlan(Math.Min(missing, BurstReplicas), []);
        }

        int surplus = Math.Min(-missing, BurstReplicas);
        return new ReplicaSetPlan(0, replicas == 0
            ? [.. active.Take(surplus)] // All go, so no order is needed.
            : ScaleDownOrder.Sort(active, related, now).GetRange(0, surplus));
    }

    /// <summary>The sizes of the batches in which pods are made: 1, 2, 4 …, so that a quota that refuses all is asked
    /// once.</summary>
    public static int NextBatch(int previous, int left) => Math.Min(previous == 0 ? 1 : previous * 2, left);

    /// <summary>Whether a pod counts: not ended, and nobody asked for its end.</summary>
    public static bool IsActive(ApiObject pod) => !pod.IsTerminating && !PodView.Of(pod).IsTerminal;
}
