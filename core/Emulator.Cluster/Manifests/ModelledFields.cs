namespace Emulator.Cluster.Manifests;

/// <summary>
/// Which fields of which kinds the emulator acts on. All others are stored, given back, and named in the summary line.
/// </summary>
/// <remarks>
/// A line is a kind and a path; <c>[]</c> steps into each element of a list, <c>*</c> takes the whole of what is below.
/// Docs/fidelity.md says what "acts on" means for each. To model one more field, add its line.
/// </remarks>
internal static class ModelledFields
{
    private static readonly string[] PodSpec =
    [
        "nodeName", "nodeSelector.*", "tolerations.*", "affinity.nodeAffinity.*", "schedulerName", "hostNetwork",
        "hostPID", "hostIPC", "shareProcessNamespace", "priority", "overhead.*", "restartPolicy",
        "terminationGracePeriodSeconds", "hostname", "subdomain",
        "containers[].name", "containers[].image", "containers[].resizePolicy.*",
        "containers[].ports[].containerPort", "containers[].ports[].name", "containers[].ports[].protocol",
        .. Resources("containers[]"), .. Probes("containers[]"),
        "initContainers[].name", "initContainers[].image", "initContainers[].restartPolicy",
        "initContainers[].ports[].containerPort", "initContainers[].ports[].name", "initContainers[].ports[].protocol",
        .. Resources("initContainers[]"), .. Probes("initContainers[]"),
    ];

    private static readonly Dictionary<string, string[]> ByKind = new(StringComparer.Ordinal)
    {
        ["Namespace"] = ["spec.*"],
        ["Node"] = ["spec.taints.*", "spec.unschedulable"],
        ["Pod"] = [.. PodSpec.Select(f => $"spec.{f}")],
        ["Deployment"] =
        [
            "spec.replicas", "spec.selector.*", "spec.strategy.*", "spec.minReadySeconds", "spec.revisionHistoryLimit",
            "spec.progressDeadlineSeconds", "spec.paused", "spec.template.metadata.*",
            .. PodSpec.Select(f => $"spec.template.spec.{f}"),
        ],
        ["ReplicaSet"] =
        [
            "spec.replicas", "spec.selector.*", "spec.minReadySeconds", "spec.template.metadata.*",
            .. PodSpec.Select(f => $"spec.template.spec.{f}"),
        ],
        ["Service"] =
        [
            "spec.type", "spec.clusterIP", "spec.clusterIPs.*", "spec.selector.*", "spec.ports.*",
            "spec.externalTrafficPolicy",
            "spec.internalTrafficPolicy", "spec.sessionAffinity", "spec.sessionAffinityConfig.*", "spec.externalIPs.*",
            "spec.publishNotReadyAddresses", "spec.ipFamilies.*", "spec.ipFamilyPolicy",
            "spec.allocateLoadBalancerNodePorts",
        ],
        ["EndpointSlice"] = ["addressType", "endpoints.*", "ports.*"],
        ["Ingress"] = ["spec.ingressClassName", "spec.defaultBackend.*", "spec.rules.*"],
        ["IngressClass"] = ["spec.controller"],
        ["ConfigMap"] = ["data.*", "binaryData.*", "immutable"],
        ["Secret"] = ["data.*", "stringData.*", "type", "immutable"],
    };

    private static IEnumerable<string> Resources(string container) =>
    [
        $"{container}.resources.requests.*", $"{container}.resources.limits.cpu",
        $"{container}.resources.limits.memory",
    ];

    /// <summary>What of a container's probes and hooks is acted on. Commands are not run, but what they are asked for
    /// is answered; other headers than Host and a gRPC service's name are not.</summary>
    private static IEnumerable<string> Probes(string container)
    {
        foreach (string probe in (string[])["startupProbe", "readinessProbe", "livenessProbe"])
        {
            foreach (string field in (string[])
            [
                "initialDelaySeconds", "periodSeconds", "timeoutSeconds", "successThreshold", "failureThreshold",
                "terminationGracePeriodSeconds", "httpGet.path", "httpGet.port", "httpGet.host", "httpGet.scheme",
                "tcpSocket.*", "grpc.port", "exec.*",
            ])
            {
                yield return $"{container}.{probe}.{field}";
            }
        }

        foreach (string field in (string[])
            ["sleep.*", "exec.*", "httpGet.path", "httpGet.port", "httpGet.host", "httpGet.scheme"])
        {
            yield return $"{container}.lifecycle.preStop.{field}";
        }
    }

    /// <summary>Whether objects of the kind do anything but be stored.</summary>
    public static bool IsModelled(string kind) => ByKind.ContainsKey(kind);

    /// <summary>Whether a path (elements written <c>[]</c>) is acted on, or leads to one that is.</summary>
    public static Modelling Of(string kind, string path)
    {
        if (path is "apiVersion" or "kind" || path == "metadata" || path == "status")
        {
            return Modelling.Whole;
        }

        Modelling found = Modelling.No;
        foreach (string line in ByKind[kind])
        {
            string below = line.EndsWith(".*", StringComparison.Ordinal) ? line[..^2] : line;
            if (below == path)
            {
                return Modelling.Whole;
            }

            if (below.StartsWith(path, StringComparison.Ordinal) && below[path.Length] is '.' or '[')
            {
                found = Modelling.Part;
            }
        }

        return found;
    }
}

/// <summary>How much of a field is acted on.</summary>
internal enum Modelling
{
    /// <summary>Nothing.</summary>
    No,

    /// <summary>Something below it.</summary>
    Part,

    /// <summary>All of it.</summary>
    Whole,
}
