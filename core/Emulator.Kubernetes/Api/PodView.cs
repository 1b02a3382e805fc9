using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Api;

/// <summary>A pod, read. Made once per version with <see cref="Of"/> and kept with the object.</summary>
public sealed class PodView
{
    private readonly JsonObject _spec;
    private readonly JsonObject _status;

    private PodView(ApiObject @object)
    {
        Object = @object;
        _spec = @object.Spec;
        _status = @object.Status;
        NodeName = _spec.Find("nodeName")?.AsString ?? "";
        Phase = _status.Find("phase")?.AsString ?? "Pending";
        IsReady = Condition.Find(_status, "Ready") is { IsTrue: true };
        PodIP = IPv4Address.TryParse(_status.Find("podIP")?.AsString, out IPv4Address address) ? address : null;
    }

    /// <summary>The object.</summary>
    public ApiObject Object { get; }

    /// <summary>The name.</summary>
    public string Name => Object.Name;

    /// <summary>The namespace.</summary>
    public string Namespace => Object.Namespace;

    /// <summary>Which pod of that name.</summary>
    public string Uid => Object.Uid;

    /// <summary>The node it is bound to; empty before.</summary>
    public string NodeName { get; }

    /// <summary><c>Pending</c>, <c>Running</c>, <c>Succeeded</c>, <c>Failed</c> or <c>Unknown</c>.</summary>
    public string Phase { get; }

    /// <summary>Whether its <c>Ready</c> condition is true.</summary>
    public bool IsReady { get; }

    /// <summary>Its address; null until it has one.</summary>
    public IPv4Address? PodIP { get; }

    /// <summary>Its node's address as text, or null.</summary>
    public string? HostIP => _status.Find("hostIP")?.AsString;

    /// <summary>Whether it has ended for good.</summary>
    public bool IsTerminal => Phase is "Succeeded" or "Failed";

    /// <summary>Whether somebody asked for its end.</summary>
    public bool IsTerminating => Object.IsTerminating;

    /// <summary>Whether it lives in the node's own network namespace.</summary>
    public bool HostNetwork => _spec.Find("hostNetwork")?.AsBool ?? false;

    /// <summary>Who places it; <c>default-scheduler</c> by default.</summary>
    public string SchedulerName => _spec.Find("schedulerName")?.AsString ?? "default-scheduler";

    /// <summary><c>Always</c>, <c>OnFailure</c> or <c>Never</c>.</summary>
    public string RestartPolicy => _spec.Find("restartPolicy")?.AsString ?? "Always";

    /// <summary>How long its containers have to end; 30 s by default.</summary>
    public long TerminationGracePeriodSeconds => _spec.Find("terminationGracePeriodSeconds")?.AsInt64 ?? 30;

    /// <summary>The name of its priority class; empty when none.</summary>
    public string PriorityClassName => _spec.Find("priorityClassName")?.AsString ?? "";

    /// <summary>Its priority; 0 by default.</summary>
    public int Priority => (int)(_spec.Find("priority")?.AsInt64 ?? 0);

    /// <summary><c>PreemptLowerPriority</c> or <c>Never</c>.</summary>
    public string PreemptionPolicy => _spec.Find("preemptionPolicy")?.AsString ?? "PreemptLowerPriority";

    /// <summary>Its host name; the pod's name by default.</summary>
    public string Hostname => _spec.Find("hostname")?.AsString ?? Name;

    /// <summary>Its subdomain; empty when none.</summary>
    public string Subdomain => _spec.Find("subdomain")?.AsString ?? "";

    /// <summary>Labels that its node must have.</summary>
    public LabelSet NodeSelector => new(_spec.Find("nodeSelector") as JsonObject);

    /// <summary>Its affinity, or null.</summary>
    public JsonObject? Affinity => _spec.Find("affinity") as JsonObject;

    /// <summary>Its tolerations.</summary>
    public IReadOnlyList<JsonValue> Tolerations => _spec.Find("tolerations")?.Items ?? [];

    /// <summary>Its topology spread constraints.</summary>
    public IReadOnlyList<JsonValue> TopologySpreadConstraints => _spec.Find("topologySpreadConstraints")?.Items ?? [];

    /// <summary>Its readiness gates' condition types.</summary>
    public IReadOnlyList<JsonValue> ReadinessGates => _spec.Find("readinessGates")?.Items ?? [];

    /// <summary>What the pod itself costs beside its containers.</summary>
    public ResourceList Overhead => ResourceList.From(_spec.Find("overhead"));

    /// <summary>Its containers.</summary>
    public IReadOnlyList<ContainerView> Containers => field ??= ContainerView.AllOf(_spec.Find("containers"));

    /// <summary>Its init containers, sidecars among them.</summary>
    public IReadOnlyList<ContainerView> InitContainers => field ??= ContainerView.AllOf(_spec.Find("initContainers"));

    /// <summary>The status of its containers.</summary>
    public IReadOnlyList<JsonValue> ContainerStatuses => _status.Find("containerStatuses")?.Items ?? [];

    /// <summary>A condition of its status, or null.</summary>
    public Condition? FindCondition(string type) => Condition.Find(_status, type);

    /// <summary>The view of a pod.</summary>
    public static PodView Of(ApiObject pod) => pod.View(static p => new PodView(p));
}
