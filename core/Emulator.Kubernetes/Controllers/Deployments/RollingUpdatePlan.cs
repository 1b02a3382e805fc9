using Emulator.Core.Documents;

namespace Emulator.Kubernetes.Controllers.Deployments;

/// <summary>A ReplicaSet's numbers, as a rollout reckons with them.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Replicas">How many pods it wants.</param>
/// <param name="Available">How many are available.</param>
public readonly record struct ReplicaCount(string Name, int Replicas, int Available);

/// <summary>The arithmetic of a rolling update: how far up the new ReplicaSet may go, and how far down the old
/// ones.</summary>
/// <remarks>Source: pkg/controller/deployment/rolling.go and util/deployment_util.go.</remarks>
/// <param name="Replicas">How many pods the Deployment wants.</param>
/// <param name="MaxSurge">How many more there may be.</param>
/// <param name="MaxUnavailable">How many of them may be missing.</param>
public sealed record RollingUpdatePlan(int Replicas, int MaxSurge, int MaxUnavailable)
{
    /// <summary>Works the limits out; where both would be 0, one may be missing, or nothing could ever move.</summary>
    /// <exception cref="FormatException">A limit is neither a number nor a percentage.</exception>
    public static RollingUpdatePlan For(int replicas, JsonValue? maxSurge, JsonValue? maxUnavailable)
    {
        int surge = IntOrPercent.Scaled(maxSurge, replicas, roundUp: true);
        int unavailable = IntOrPercent.Scaled(maxUnavailable, replicas, roundUp: false);
        return new RollingUpdatePlan(replicas, surge, surge == 0 && unavailable == 0 ? 1 : unavailable);
    }

    /// <summary>How many pods may be missing, never more than there are to be.</summary>
    public int Unavailable => Math.Min(MaxUnavailable, Replicas);

    /// <summary>The size that the new ReplicaSet should have now.</summary>
    /// <param name="current">The new ReplicaSet's size.</param>
    /// <param name="total">The size of all ReplicaSets together, the new one among them.</param>
    public int NewReplicas(int current, int total)
    {
        if (current >= Replicas)
        {
            return Replicas;
        }

        int room = Replicas + MaxSurge - total;
        return room <= 0 ? current : current + Math.Min(room, Replicas - current);
    }

    /// <summary>The sizes that old ReplicaSets should have now; an empty list when nothing changes.</summary>
    /// <param name="old">The old ones, oldest first.</param>
    /// <param name="fresh">The new one.</param>
    public IReadOnlyList<ReplicaCount> OldReplicas(IReadOnlyList<ReplicaCount> old, ReplicaCount fresh)
    {
        int oldTotal = old.Sum(s => s.Replicas);
        int notYetAvailable = fresh.Replicas - fresh.Available;
        int most = oldTotal + fresh.Replicas - (Replicas - Unavailable) - notYetAvailable;
        if (oldTotal == 0 || most <= 0)
        {
            return [];
        }

        (IReadOnlyList<ReplicaCount> healthy, int cleaned) = CleanUpUnhealthy(old, most);
        (IReadOnlyList<ReplicaCount> result, int scaled) = ScaleDownOld(healthy, fresh.Available);
        return cleaned + scaled == 0 ? [] : result;
    }

    /// <summary>Pods that are not available go first: their going costs nothing.</summary>
    public static (IReadOnlyList<ReplicaCount> Sets, int Count) CleanUpUnhealthy(
        IReadOnlyList<ReplicaCount> old, int most)
    {
        int count = 0;
        var result = new ReplicaCount[old.Count];
        for (int i = 0; i < result.Length; i++)
        {
            int unhealthy = Math.Max(0, old[i].Replicas - old[i].Available);
            int less = Math.Min(most - count, unhealthy);
            result[i] = old[i] with { Replicas = old[i].Replicas - less };
            count += less;
        }

        return (result, count);
    }

    /// <summary>Then as many available ones as can be missed.</summary>
    public (IReadOnlyList<ReplicaCount> Sets, int Count) ScaleDownOld(
        IReadOnlyList<ReplicaCount> old, int freshAvailable)
    {
        int spare = old.Sum(s => s.Available) + freshAvailable - (Replicas - Unavailable);
        if (spare <= 0)
        {
            return (old, 0);
        }

        int count = 0;
        var result = new ReplicaCount[old.Count];
        for (int i = 0; i < result.Length; i++)
        {
            int less = Math.Min(spare - count, old[i].Replicas);
            result[i] = old[i] with { Replicas = old[i].Replicas - less };
            count += less;
        }

        return (result, count);
    }
}
