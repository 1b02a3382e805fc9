using Emulator.Cluster.Spec;
using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Cluster.Building;

/// <summary>The objects that a cluster has before anybody asks: the Service of the API itself. Nodes are made by their
/// kubelets.</summary>
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
}
