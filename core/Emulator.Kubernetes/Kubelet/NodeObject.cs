using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>A kubelet's Node and Lease, as it writes them.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/kubelet_node_status.go, nodestatus/setters.go,
/// component-helpers/apimachinery/lease.</remarks>
public static class NodeObject
{
    /// <summary>The namespace of nodes' Leases.</summary>
    public const string LeaseNamespace = "kube-node-lease";

    /// <summary>leaseDurationSeconds: how long a Lease holds without renewal.</summary>
    public const int LeaseDurationSeconds = 40;

    private const string Version = "v1.32.0";
    private const int KubeletPort = 10_250;

    private static readonly Pressure[] Pressures =
    [
        new("MemoryPressure",
            "KubeletHasSufficientMemory", "kubelet has sufficient memory available",
            "KubeletHasInsufficientMemory", "kubelet has insufficient memory available"),
        new("DiskPressure",
            "KubeletHasNoDiskPressure", "kubelet has no disk pressure",
            "KubeletHasDiskPressure", "kubelet has disk pressure"),
        new("PIDPressure",
            "KubeletHasSufficientPID", "kubelet has sufficient PID available",
            "KubeletHasInsufficientPID", "kubelet has insufficient PID available"),
    ];

    /// <summary>The Node to be registered.</summary>
    public static ApiObject Registration(KubeletOptions options, SimTime now)
    {
        JsonObject metadata = JsonObject.Of(
            ("name", options.NodeName),
            ("labels", Labels(options)),
            ("annotations", JsonObject.Of(("volumes.kubernetes.io/controller-managed-attach-detach", "true"))));
        JsonObject spec = JsonObject.Empty;
        if (options.PodCidr is { } block)
        {
            spec = spec.With("podCIDR", block.ToString()).With("podCIDRs", new JsonArray([block.ToString()]));
        }

        if (options.Taints.Count > 0)
        {
            spec = spec.With("taints", new JsonArray([.. options.Taints.Select(TaintJson)]));
        }

        return new ApiObject(ResourceTypes.Nodes, JsonObject.Of(
            ("metadata", metadata), ("spec", spec), ("status", Status(options, null, now))));
    }

    /// <summary>The Node's status now, with the conditions that others set as they are.</summary>
    /// <param name="options">The kubelet's options.</param>
    /// <param name="before">The Node's status as it is, or null.</param>
    /// <param name="now">The time.</param>
    /// <param name="pressures">Conditions of pressure that are true; null for none.</param>
    /// <param name="notReady">Why it is not ready; null when it is.</param>
    public static JsonObject Status(
        KubeletOptions options, JsonObject? before, SimTime now, IReadOnlyList<string>? pressures = null,
        string? notReady = null)
    {
        JsonObject status = (before ?? JsonObject.Empty)
            .With("capacity", Amounts(options.Capacity))
            .With("allocatable", Amounts(options.Reserved.ForScheduling(options.Capacity)))
            .With("addresses", new JsonArray(
            [
                JsonObject.Of(("type", "InternalIP"), ("address", options.NodeAddress.ToString())),
                JsonObject.Of(("type", "Hostname"), ("address", options.NodeName)),
            ]))
            .With("daemonEndpoints", JsonObject.Of(("kubeletEndpoint", JsonObject.Of(("Port", KubeletPort)))))
            .With("nodeInfo", JsonObject.Of(
                ("kubeletVersion", Version), ("kubeProxyVersion", Version), ("operatingSystem", "linux"),
                ("architecture", "amd64"), ("containerRuntimeVersion", "emulator://1")));
        string text = ModelClock.ToText(now);
        foreach (Pressure pressure in Pressures)
        {
            bool isTrue = pressures?.Contains(pressure.Type) == true;
            status = Condition.Put(status, new Condition(
                pressure.Type, isTrue ? "True" : "False", isTrue ? pressure.Reason : pressure.NoReason,
                isTrue ? pressure.Message : pressure.NoMessage, text));
        }

        status = Condition.Put(
            status, notReady is null
                ? new Condition("Ready", "True", "KubeletReady", "kubelet is posting ready status", text)
                : new Condition("Ready", "False", "KubeletNotReady", notReady, text));
        return status.With("conditions", new JsonArray(
        [
            .. (status.Find("conditions")?.Items ?? [])
                .Select(c => IsOwn(c) ? ((JsonObject)c).With("lastHeartbeatTime", text) : c),
        ]));
    }

    /// <summary>Whether a Node's status has these conditions of pressure as true, and no other.</summary>
    public static bool HasPressures(JsonObject status, IReadOnlyList<string> pressures) => Array.TrueForAll(
        Pressures, p => Condition.Find(status, p.Type) is { IsTrue: true } == pressures.Contains(p.Type));

    /// <summary>The Node's Lease.</summary>
    public static ApiObject Lease(string nodeName, string nodeUid, SimTime now) => new(
        ResourceTypes.Leases,
        JsonObject.Of(("metadata", JsonObject.Of(
            ("name", nodeName),
            ("namespace", LeaseNamespace),
            ("ownerReferences", new JsonArray(
            [
                JsonObject.Of(("apiVersion", "v1"), ("kind", "Node"), ("name", nodeName), ("uid", nodeUid)),
            ])))),
        ("spec", JsonObject.Of(
            ("holderIdentity", nodeName),
            ("leaseDurationSeconds", LeaseDurationSeconds),
            ("renewTime", ModelClock.ToMicroText(now))))));

    /// <summary>The merge patch that renews a Lease.</summary>
    public static JsonObject Renewal(SimTime now) =>
        JsonObject.Of(("spec", JsonObject.Of(("renewTime", ModelClock.ToMicroText(now)))));

    private sealed record Pressure(
        string Type, string NoReason, string NoMessage, string Reason, string Message);

    private static bool IsOwn(JsonValue condition) =>
        condition["type"]?.AsString is "Ready" or "MemoryPressure" or "DiskPressure" or "PIDPressure";

    private static JsonObject Labels(KubeletOptions options)
    {
        JsonObject labels = JsonObject.Of(
            ("beta.kubernetes.io/arch", "amd64"), ("beta.kubernetes.io/os", "linux"), ("kubernetes.io/arch", "amd64"),
            ("kubernetes.io/hostname", options.NodeName), ("kubernetes.io/os", "linux"));
        labels = options.Zone.Length > 0 ? labels.With("topology.kubernetes.io/zone", options.Zone) : labels;
        foreach ((string key, string value) in options.Labels)
        {
            labels = labels.With(key, value);
        }

        return labels;
    }

    private static JsonValue TaintJson(Taint taint)
    {
        JsonObject json = JsonObject.Of(("key", taint.Key), ("effect", taint.Effect));
        return taint.Value.Length > 0 ? json.With("value", taint.Value) : json;
    }

    private static JsonObject Amounts(ResourceList list) =>
        JsonObject.Of(list.Amounts.Select(a => KeyValuePair.Create<string, JsonValue>(a.Key, a.Value.ToString())));
}
