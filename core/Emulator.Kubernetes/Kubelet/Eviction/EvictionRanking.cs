namespace Emulator.Kubernetes.Kubelet.Eviction;

/// <summary>The order in which pods are evicted for a resource.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/eviction/helpers.go (rankMemoryPressure, rankDiskPressureFunc,
/// rankPIDPressure): those above their request first, then the lower priority, then the most above the request; for
/// process numbers priority and number alone. Of two alike the one that comes first stays first.</remarks>
public static class EvictionRanking
{
    /// <summary>The pods, first the one that goes first.</summary>
    public static IReadOnlyList<PodUsage> Of(IEnumerable<PodUsage> pods, string resource) => resource == "pids"
        ? [.. pods.OrderBy(p => p.Pod.Priority).ThenByDescending(p => p.Pids)]
        : [.. ByExcess(ByExceeding(pods, resource).ThenBy(p => p.Pod.Priority), resource)];

    /// <summary>Those above their request first.</summary>
    public static IOrderedEnumerable<PodUsage> ByExceeding(IEnumerable<PodUsage> pods, string resource) =>
        pods.OrderByDescending(p => p.Over(resource) > 0);

    /// <summary>The most above its request first, of those that are alike so far.</summary>
    public static IOrderedEnumerable<PodUsage> ByExcess(IOrderedEnumerable<PodUsage> pods, string resource) =>
        pods.ThenByDescending(p => p.Over(resource));
}
