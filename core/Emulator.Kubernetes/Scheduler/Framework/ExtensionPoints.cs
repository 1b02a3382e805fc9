using Emulator.Kubernetes.Scheduler.Nodes;
using Emulator.Kubernetes.Scheduler.Queue;

namespace Emulator.Kubernetes.Scheduler.Framework;

/// <summary>QueueSort: which of two waiting pods goes first. Exactly one plugin serves it.</summary>
public interface IQueueSortPlugin : IPlugin
{
    /// <summary>Whether <paramref name="left"/> goes before <paramref name="right"/>.</summary>
    bool Less(QueuedPod left, QueuedPod right);
}

/// <summary>PreFilter: looks at the pod once before any node; may refuse it, or say that its Filter has nothing to
/// do.</summary>
public interface IPreFilterPlugin : IPlugin
{
    /// <summary>Success, Skip (Filter is not called in this cycle) or a refusal that ends the cycle.</summary>
    Status PreFilter(CycleState state, QueuedPod pod);
}

/// <summary>Filter: whether one node can run the pod. Called for many nodes a pod: no allocation.</summary>
public interface IFilterPlugin : IPlugin
{
    /// <summary>Success or a refusal.</summary>
    Status Filter(CycleState state, QueuedPod pod, NodeEntry node);
}

/// <summary>PostFilter: called when no node passed the filters, such as preemption.</summary>
public interface IPostFilterPlugin : IPlugin
{
    /// <summary>A text for the pod's condition, or null.</summary>
    string? PostFilter(CycleState state, QueuedPod pod, Diagnosis diagnosis);
}

/// <summary>PreScore: looks at the pod and the feasible nodes once before scoring.</summary>
public interface IPreScorePlugin : IPlugin
{
    /// <summary>Success, Skip (Score is not called in this cycle) or a refusal that ends the cycle.</summary>
    Status PreScore(CycleState state, QueuedPod pod, ReadOnlySpan<NodeEntry> feasible);
}

/// <summary>Score: how well a node suits, and how the figures of all nodes become 0 to 100.</summary>
public interface IScorePlugin : IPlugin
{
    /// <summary>A score; after <see cref="NormalizeScore"/> it must be 0 to 100. No allocation.</summary>
    long Score(CycleState state, QueuedPod pod, NodeEntry node);

    /// <summary>Brings the scores of all feasible nodes to 0 … 100; leaves them alone where they are already.</summary>
    void NormalizeScore(CycleState state, QueuedPod pod, Span<long> scores);
}

/// <summary>Reserve: books what the pod will use on its node, and gives it back when a later step fails.</summary>
public interface IReservePlugin : IPlugin
{
    /// <summary>Success or a refusal.</summary>
    Status Reserve(CycleState state, QueuedPod pod, NodeEntry node);

    /// <summary>Gives back; must bear being called without a Reserve.</summary>
    void Unreserve(QueuedPod pod, NodeEntry node);
}

/// <summary>Permit: the last word before binding. Waiting is not modelled: approve or refuse.</summary>
public interface IPermitPlugin : IPlugin
{
    /// <summary>Success or a refusal.</summary>
    Status Permit(CycleState state, QueuedPod pod, NodeEntry node);
}

/// <summary>PreBind: work that must be done before the pod is bound.</summary>
public interface IPreBindPlugin : IPlugin
{
    /// <summary>Success or a refusal.</summary>
    Status PreBind(CycleState state, QueuedPod pod, NodeEntry node);
}

/// <summary>Bind: tells the API server. Its answer comes later as a message; the first plugin that does not skip
/// binds.</summary>
public interface IBindPlugin : IPlugin
{
    /// <summary>Success once the request is on its way, or Skip.</summary>
    Status Bind(CycleState state, QueuedPod pod, NodeEntry node, IBinder binder);
}

/// <summary>PostBind: told when the API server has bound the pod.</summary>
public interface IPostBindPlugin : IPlugin
{
    /// <summary>The pod is bound.</summary>
    void PostBind(QueuedPod pod, NodeEntry node);
}

/// <summary>What a Bind plugin sends its binding through: the actor's API client.</summary>
public interface IBinder
{
    /// <summary>Sends a <c>Binding</c> of the pod to the node.</summary>
    void SendBinding(QueuedPod pod, NodeEntry node);
}
