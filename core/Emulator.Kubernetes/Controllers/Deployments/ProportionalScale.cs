namespace Emulator.Kubernetes.Controllers.Deployments;

/// <summary>A ReplicaSet as proportional scaling sees it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Replicas">How many pods it wants.</param>
/// <param name="MaxReplicas">How many the Deployment might have had at most when this was last sized; null when not
/// noted.</param>
/// <param name="Created">When it was made, as RFC 3339 text, which sorts by time.</param>
public readonly record struct ScaledSet(string Name, int Replicas, int? MaxReplicas, string Created);

/// <summary>Spreads a change of a Deployment's size over its ReplicaSets in the middle of a rollout, in proportion to
/// their sizes.</summary>
/// <remarks>Source: pkg/controller/deployment/sync.go (scale) and util (GetProportion); the rounded rest goes to the
/// largest.</remarks>
public static class ProportionalScale
{
    /// <summary>The new sizes by name.</summary>
    /// <param name="active">The ReplicaSets with pods.</param>
    /// <param name="replicas">How many pods the Deployment wants.</param>
    /// <param name="maxSurge">How many more there may be.</param>
    /// <param name="statusReplicas">How many its status counts, for ReplicaSets that have no note.</param>
    public static IReadOnlyDictionary<string, int> Sizes(
        IReadOnlyList<ScaledSet> active, int replicas, int maxSurge, int statusReplicas)
    {
        int allowed = replicas > 0 ? replicas + maxSurge : 0;
        int toAdd = allowed - active.Sum(s => s.Replicas);
        List<ScaledSet> order = [.. active];
        order.Sort((a, b) => Compare(a, b, growing: toAdd > 0));
        var sizes = new Dictionary<string, int>(StringComparer.Ordinal);
        int added = 0;
        foreach (ScaledSet set in order)
        {
            int share = Share(set, replicas, maxSurge, statusReplicas, toAdd, added);
            added += share;
            sizes[set.Name] = set.Replicas + share;
        }

        if (order.Count > 0 && toAdd != 0)
        {
            string largest = order[0].Name;
            sizes[largest] = Math.Max(0, sizes[largest] + toAdd - added);
        }

        return sizes;
    }

    private static int Share(ScaledSet set, int replicas, int maxSurge, int statusReplicas, int toAdd, int added)
    {
        if (set.Replicas == 0 || toAdd == 0 || toAdd == added)
        {
            return 0;
        }

        int fraction = Fraction(set, replicas, maxSurge, statusReplicas);
        int left = toAdd - added;
        return toAdd > 0 ? Math.Min(fraction, left) : Math.Max(fraction, left);
    }

    private static int Fraction(ScaledSet set, int replicas, int maxSurge, int statusReplicas)
    {
        if (replicas == 0)
        {
            return -set.Replicas;
        }

        long before = set.MaxReplicas ?? statusReplicas;
        if (before == 0)
        {
            return 0;
        }

        long size = ((2L * set.Replicas * (replicas + maxSurge)) + before) / (2 * before); // Rounded half up.
        return (int)size - set.Replicas;
    }

    // The larger first; among equals the newer grows first and the older shrinks first.
    private static int Compare(ScaledSet a, ScaledSet b, bool growing)
    {
        if (a.Replicas != b.Replicas)
        {
            return b.Replicas.CompareTo(a.Replicas);
        }

        int order = string.CompareOrdinal(a.Created, b.Created);
        order = order != 0 ? order : string.CompareOrdinal(a.Name, b.Name);
        return growing ? -order : order;
    }
}
