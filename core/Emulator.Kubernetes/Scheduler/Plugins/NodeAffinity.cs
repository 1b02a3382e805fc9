using Emulator.Kubernetes.Scheduler.Framework;
using Emulator.Kubernetes.Scheduler.Nodes;
using Emulator.Kubernetes.Scheduler.Pods;
using Emulator.Kubernetes.Scheduler.Queue;

namespace Emulator.Kubernetes.Scheduler.Plugins;

/// <summary>
/// Filters out nodes that do not match the pod's <c>nodeSelector</c> and required node affinity; prefers those that
/// match more of its preferred affinity, by weight.
/// </summary>
/// <remarks>Left out: <c>addedAffinity</c> of the plugin's arguments, and narrowing the search to nodes named in
/// <c>matchFields</c> before filtering, which changes speed and no result.</remarks>
public sealed class NodeAffinity : IPreFilterPlugin, IFilterPlugin, IPreScorePlugin, IScorePlugin
{
    private static readonly Status Mismatch = Status.Unresolvable("node(s) didn't match Pod's node affinity/selector");

    /// <inheritdoc/>
    public string Name => "NodeAffinity";

    /// <inheritdoc/>
    public ClusterEvents EventsToRegister => ClusterEvents.NodeAdd | ClusterEvents.NodeLabel | ClusterEvents.PodUpdate;

    /// <inheritdoc/>
    public Status PreFilter(CycleState state, QueuedPod pod) =>
        pod.Requirements.NodeAffinity.AcceptsAll ? Status.Skip : Status.Success;

    /// <inheritdoc/>
    public Status Filter(CycleState state, QueuedPod pod, NodeEntry node) =>
        pod.Requirements.NodeAffinity.Matches(node) ? Status.Success : Mismatch;

    /// <inheritdoc/>
    public Status PreScore(CycleState state, QueuedPod pod, ReadOnlySpan<NodeEntry> feasible) =>
        pod.Requirements.NodeAffinity.Preferred.Length == 0 ? Status.Skip : Status.Success;

    /// <inheritdoc/>
    public long Score(CycleState state, QueuedPod pod, NodeEntry node)
    {
        long score = 0;
        foreach (PreferredSchedulingTerm preferred in pod.Requirements.NodeAffinity.Preferred)
        {
            if (preferred.Term.Matches(node))
            {
                score += preferred.Weight;
            }
        }

        return score;
    }

    /// <inheritdoc/>
    public void NormalizeScore(CycleState state, QueuedPod pod, Span<long> scores) =>
        ScoreNormalization.Scale(scores, reverse: false);
}
