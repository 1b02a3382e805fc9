using Emulator.Core.Time;
using Emulator.Kubernetes.Scheduler.Pods;

namespace Emulator.Kubernetes.Controllers.NodeLifecycle;

/// <summary>How long a pod may stay on a node with NoExecute taints.</summary>
/// <remarks>Source: the taint eviction controller (getMinTolerationTime).</remarks>
public static class TolerationTime
{
    /// <summary>How long from the taints' coming: zero is not at all, null is for ever.</summary>
    public static SimDuration? Of(IEnumerable<NodeTaint> taints, Toleration[] tolerations)
    {
        var used = new List<Toleration>();
        foreach (NodeTaint taint in taints)
        {
            Toleration? first = Array.Find(tolerations, t => t.Tolerates(taint));
            if (first is null)
            {
                return SimDuration.Zero;
            }

            used.Add(first);
        }

        return Shortest(used);
    }

    /// <summary>The shortest of several tolerations that are all used; none at all is zero, null is for ever.</summary>
    public static SimDuration? Shortest(IReadOnlyCollection<Toleration> used)
    {
        if (used.Count == 0)
        {
            return SimDuration.Zero;
        }

        long? shortest = null;
        foreach (Toleration toleration in used)
        {
            if (toleration.Seconds is long seconds)
            {
                shortest = Math.Min(shortest ?? long.MaxValue, Math.Max(0, seconds));
            }
        }

        return shortest is long least ? SimDuration.FromSeconds(least) : null;
    }
}
