using Emulator.Kubernetes.Scheduler.Framework;
using Emulator.Kubernetes.Scheduler.Nodes;
using Emulator.Kubernetes.Scheduler.Pods;
using Emulator.Kubernetes.Scheduler.Queue;

namespace Emulator.Kubernetes.Scheduler.Plugins;

/// <summary>
/// Filters out nodes with a NoSchedule or NoExecute taint that the pod does not tolerate, and prefers those with fewer
/// untolerated PreferNoSchedule taints.
/// </summary>
public sealed class TaintToleration : IFilterPlugin, IPreScorePlugin, IScorePlugin
{
    /// <inheritdoc/>
    public string Name => "TaintToleration";

    /// <inheritdoc/>
    public ClusterEvents EventsToRegister => ClusterEvents.NodeAdd | ClusterEvents.NodeTaint | ClusterEvents.PodUpdate;

    /// <inheritdoc/>
    public Status Filter(CycleState state, QueuedPod pod, NodeEntry node)
    {
        foreach (NodeTaint taint in node.Taints)
        {
            if (taint.Effect != TaintEffect.PreferNoSchedule
                && !Toleration.AnyTolerates(pod.Requirements.Tolerations, taint))
            {
                return taint.Untolerated;
            }
        }

        return Status.Success;
    }

    /// <summary>Skips when no feasible node has a PreferNoSchedule taint: all would get 100.</summary>
    /// <inheritdoc/>
    public Status PreScore(CycleState state, QueuedPod pod, ReadOnlySpan<NodeEntry> feasible)
    {
        foreach (NodeEntry node in feasible)
        {
            foreach (NodeTaint taint in node.Taints)
            {
                if (taint.Effect == TaintEffect.PreferNoSchedule)
                {
                    return Status.Success;
                }
            }
        }

        return Status.Skip;
    }

    /// <inheritdoc/>
    public long Score(CycleState state, QueuedPod pod, NodeEntry node)
    {
        long intolerable = 0;
        foreach (NodeTaint taint in node.Taints)
        {
            if (taint.Effect == TaintEffect.PreferNoSchedule
                && !Toleration.AnyTolerates(pod.Requirements.Tolerations, taint))
            {
                intolerable++;
            }
        }

        return intolerable;
    }

    /// <inheritdoc/>
    public void NormalizeScore(CycleState state, QueuedPod pod, Span<long> scores) =>
        ScoreNormalization.Scale(scores, reverse: true);
}
