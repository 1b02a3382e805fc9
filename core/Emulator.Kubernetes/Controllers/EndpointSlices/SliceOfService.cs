using Emulator.Core.Documents;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Controllers.EndpointSlices;

/// <summary>How the slices of a Service are marked and made.</summary>
public static class SliceOfService
{
    /// <summary>The label that names the Service.</summary>
    public const string ServiceNameLabel = "kubernetes.io/service-name";

    /// <summary>The label that names who keeps the slice.</summary>
    public const string ManagedByLabel = "endpointslice.kubernetes.io/managed-by";

    /// <summary>What this controller writes there.</summary>
    public const string ManagedBy = "endpointslice-controller.k8s.io";

    private const string HeadlessLabel = "service.kubernetes.io/headless";

    /// <summary>The labels of a Service's slices: the Service's own, and the three that mark them.</summary>
    public static JsonObject Labels(ApiObject service)
    {
        JsonObject labels = JsonObject.Empty;
        foreach ((string key, string value) in service.Labels.Pairs)
        {
            if (key is not (ServiceNameLabel or ManagedByLabel or HeadlessLabel))
            {
                labels = labels.With(key, value);
            }
        }

        labels = labels.With(ServiceNameLabel, service.Name).With(ManagedByLabel, ManagedBy);
        return ServiceView.Of(service).ClusterIP is null ? labels.With(HeadlessLabel, "") : labels;
    }

    /// <summary>A new slice; the API server gives it a name that begins with the Service's.</summary>
    public static ApiObject Make(ApiObject service, JsonValue ports, IReadOnlyList<JsonObject> endpoints) => new(
        ResourceTypes.EndpointSlices,
        JsonObject.Of(
            ("metadata", JsonObject.Of(
                ("generateName", $"{service.Name}-"),
                ("namespace", service.Namespace),
                ("labels", Labels(service)),
                ("ownerReferences", new JsonArray([OwnerReference.ControlledBy(service).ToJson()])))),
            ("addressType", "IPv4"),
            ("endpoints", new JsonArray(endpoints)),
            ("ports", ports)));

    /// <summary>A slice with other contents.</summary>
    public static ApiObject Refill(
        ApiObject slice, ApiObject service, JsonValue ports, IReadOnlyList<JsonObject> endpoints) => slice
        .With(["metadata", "labels"], Labels(service))
        .With(["endpoints"], new JsonArray(endpoints))
        .With(["ports"], ports);

    /// <summary>A slice's endpoints.</summary>
    public static IReadOnlyList<JsonObject> Endpoints(ApiObject slice) =>
        [.. (slice.Json.Find("endpoints")?.Items ?? []).OfType<JsonObject>()];

    /// <summary>What identifies an endpoint: its pod.</summary>
    public static string Identity(JsonObject endpoint)
    {
        JsonValue? target = endpoint.Find("targetRef");
        return $"{target?["name"]?.AsString}/{target?["uid"]?.AsString}";
    }
}
