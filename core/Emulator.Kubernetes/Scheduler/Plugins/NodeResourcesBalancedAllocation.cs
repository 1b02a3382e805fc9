using Emulator.Kubernetes.Scheduler.Framework;
using Emulator.Kubernetes.Scheduler.Nodes;
using Emulator.Kubernetes.Scheduler.Queue;

namespace Emulator.Kubernetes.Scheduler.Plugins;

/// <summary>Prefers nodes whose cpu and memory would be booked to like parts.</summary>
/// <remarks>Computes in IEEE doubles, step for step as kube-scheduler does, so that the whole scores agree; basic
/// operations on doubles are the same on every machine. Left out: resources other than cpu and memory.</remarks>
public sealed class NodeResourcesBalancedAllocation : IScorePlugin
{
    /// <inheritdoc/>
    public string Name => "NodeResourcesBalancedAllocation";

    /// <inheritdoc/>
    public ClusterEvents EventsToRegister => ClusterEvents.None;

    /// <inheritdoc/>
    public long Score(CycleState state, QueuedPod pod, NodeEntry node)
    {
        if (node.AllocatableMilliCpu == 0 || node.AllocatableMemoryBytes == 0)
        {
            return ScoreNormalization.ScoreMax;
        }

        double cpu = Fraction(node.RequestedMilliCpu + pod.Requirements.MilliCpu, node.AllocatableMilliCpu);
        double memory = Fraction(node.RequestedMemoryBytes + pod.Requirements.MemoryBytes, node.AllocatableMemoryBytes);
        double deviation = Math.Abs((cpu - memory) / 2);
        return (long)((1 - deviation) * ScoreNormalization.ScoreMax);
    }

    /// <summary>The scores are 0 to 100 as they are.</summary>
    public void NormalizeScore(CycleState state, QueuedPod pod, Span<long> scores)
    {
    }

    private static double Fraction(long requested, long allocatable) => Math.Min(1, (double)requested / allocatable);
}
