using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Api;

/// <summary>A Deployment, read. Made once per version with <see cref="Of"/> and kept with the object.</summary>
public sealed class DeploymentView
{
    private readonly JsonObject _spec;

    private DeploymentView(ApiObject @object)
    {
        Object = @object;
        _spec = @object.Spec;
        Selector = LabelSelector.FromJson(_spec.Find("selector"));
    }

    /// <summary>The object.</summary>
    public ApiObject Object { get; }

    /// <summary>How many pods are wanted; 1 by default.</summary>
    public int Replicas => (int)(_spec.Find("replicas")?.AsInt64 ?? 1);

    /// <summary>Which pods are its own.</summary>
    public LabelSelector Selector { get; }

    /// <summary>What its pods look like; empty when missing.</summary>
    public JsonObject Template => _spec.Find("template") as JsonObject ?? JsonObject.Empty;

    /// <summary>Whether all old pods go before new ones come (<c>Recreate</c>), rather than by and by.</summary>
    public bool IsRecreate => _spec.At("strategy", "type")?.AsString == "Recreate";

    /// <summary><c>rollingUpdate.maxSurge</c>: a number or percentage; <c>25%</c> by default.</summary>
    public JsonValue MaxSurge => _spec.At("strategy", "rollingUpdate", "maxSurge") ?? "25%";

    /// <summary><c>rollingUpdate.maxUnavailable</c>: a number or percentage; <c>25%</c> by default.</summary>
    public JsonValue MaxUnavailable => _spec.At("strategy", "rollingUpdate", "maxUnavailable") ?? "25%";

    /// <summary>How long a pod must be ready to count as available, in seconds; 0 by default.</summary>
    public long MinReadySeconds => _spec.Find("minReadySeconds")?.AsInt64 ?? 0;

    /// <summary>How many old ReplicaSets are kept; 10 by default.</summary>
    public int RevisionHistoryLimit => (int)(_spec.Find("revisionHistoryLimit")?.AsInt64 ?? 10);

    /// <summary>How long a rollout may stand still, in seconds; 600 by default.</summary>
    public long ProgressDeadlineSeconds => _spec.Find("progressDeadlineSeconds")?.AsInt64 ?? 600;

    /// <summary>Whether changes of the template wait.</summary>
    public bool IsPaused => _spec.Find("paused")?.AsBool ?? false;

    /// <summary>The view of a Deployment.</summary>
    public static DeploymentView Of(ApiObject deployment) => deployment.View(static d => new DeploymentView(d));
}

/// <summary>A ReplicaSet, read. Made once per version with <see cref="Of"/> and kept with the object.</summary>
public sealed class ReplicaSetView
{
    private readonly JsonObject _spec;

    private ReplicaSetView(ApiObject @object)
    {
        Object = @object;
        _spec = @object.Spec;
        Selector = LabelSelector.FromJson(_spec.Find("selector"));
    }

    /// <summary>The object.</summary>
    public ApiObject Object { get; }

    /// <summary>How many pods are wanted; 1 by default.</summary>
    public int Replicas => (int)(_spec.Find("replicas")?.AsInt64 ?? 1);

    /// <summary>Which pods are its own.</summary>
    public LabelSelector Selector { get; }

    /// <summary>What its pods look like; empty when missing.</summary>
    public JsonObject Template => _spec.Find("template") as JsonObject ?? JsonObject.Empty;

    /// <summary>How long a pod must be ready to count as available, in seconds; 0 by default.</summary>
    public long MinReadySeconds => _spec.Find("minReadySeconds")?.AsInt64 ?? 0;

    /// <summary>How many pods its status counts.</summary>
    public int StatusReplicas => (int)(Object.Status.Find("replicas")?.AsInt64 ?? 0);

    /// <summary>How many available pods its status counts.</summary>
    public int StatusAvailableReplicas => (int)(Object.Status.Find("availableReplicas")?.AsInt64 ?? 0);

    /// <summary>The view of a ReplicaSet.</summary>
    public static ReplicaSetView Of(ApiObject replicaSet) => replicaSet.View(static r => new ReplicaSetView(r));
}
