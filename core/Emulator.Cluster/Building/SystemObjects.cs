using Emulator.Cluster.Spec;
using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Cluster.Building;

/// <summary>The objects that a cluster has before anybody asks: its Nodes, and the Service of the API itself.</summary>
internal static class SystemObjects
{
    /// <summary>The port of the API server.</summary>
    public const int ApiServerPort = 6_443;

    /// <summary>The Service <c>default/kubernetes</c> and its endpoint, the control plane.</summary>
    public static IEnumerable<ApiObject> OfApiServer(ClusterSpec spec)
    {
        yield return ApiObject.Named(ResourceTypes.Services, "default", "kubernetes").WithSpec(JsonObject.Of(
            ("clusterIP", spec.ServiceCidr.At(1).ToString()),
            ("ports", new JsonArray([JsonObject.Of(
                ("name", "https"), ("protocol", "TCP"), ("port", 443), ("targetPort", ApiServerPort))]))));
        yield return new ApiObject(ResourceTypes.EndpointSlices, JsonObject.Of(
            ("metadata", JsonObject.Of(
                ("name", "kubernetes"), ("namespace", "default"),
                ("labels", JsonObject.Of(("kubernetes.io/service-name", "kubernetes"))))),
            ("addressType", "IPv4"),
            ("endpoints", new JsonArray([JsonObject.Of(
                ("addresses", new JsonArray([spec.ControlPlaneAddress.Address.ToString()])),
                ("conditions", JsonObject.Of(("ready", true))))])),
            ("ports", new JsonArray([JsonObject.Of(
                ("name", "https"), ("port", ApiServerPort), ("protocol", "TCP"))]))));
    }

    /// <summary>
    /// A Node as the cluster's installer leaves it for the kubelet: labels, taints and the block of pod addresses, with what
    /// the machine has. Its kubelet reports the rest.
    /// </summary>
    public static ApiObject OfNode(NodeSpec node)
    {
        JsonObject labels = JsonObject.Of(
            ("kubernetes.io/hostname", node.Name), ("kubernetes.io/os", "linux"), ("kubernetes.io/arch", "amd64"),
            ("topology.kubernetes.io/zone", node.Zone));
        foreach ((string key, string value) in node.Labels)
        {
            labels = labels.With(key, value);
        }

        JsonObject spec = JsonObject.Of(
            ("podCIDR", node.PodCidr.ToString()), ("podCIDRs", new JsonArray([node.PodCidr.ToString()])));
        if (node.Taints.Count > 0)
        {
            spec = spec.With("taints", new JsonArray([.. node.Taints.Select(OfTaint)]));
        }

        JsonObject capacity = JsonObject.Of(
            ("cpu", node.Capacity.Cpu), ("memory", node.Capacity.Memory), ("pods", node.Capacity.Pods));
        return new ApiObject(ResourceTypes.Nodes, JsonObject.Of(
            ("metadata", JsonObject.Of(("name", node.Name), ("labels", labels))),
            ("spec", spec),
            ("status", JsonObject.Of(
                ("capacity", capacity), ("allocatable", capacity),
                ("addresses", new JsonArray([
                    JsonObject.Of(("type", "InternalIP"), ("address", node.Address.Address.ToString())),
                    JsonObject.Of(("type", "Hostname"), ("address", node.Name)),
                ]))))));
    }

    private static JsonObject OfTaint(TaintSpec taint)
    {
        JsonObject written = JsonObject.Of(("key", taint.Key), ("effect", taint.Effect));
        return taint.Value.Length == 0 ? written : written.With("value", taint.Value);
    }
}
