using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Api;

/// <summary>A port of a Service.</summary>
/// <param name="Name">Its name; empty when it is the only one.</param>
/// <param name="Protocol"><c>TCP</c>, <c>UDP</c> or <c>SCTP</c>.</param>
/// <param name="Port">The Service's own port.</param>
/// <param name="TargetPort">The pods' port: a number, or the name of a container's port.</param>
/// <param name="NodePort">Every node's port; 0 is none.</param>
/// <param name="AppProtocol">The application's protocol; null when missing.</param>
public sealed record ServicePort(
    string Name, string Protocol, int Port, JsonValue TargetPort, int NodePort, string? AppProtocol)
{
    internal static ServicePort From(JsonValue json)
    {
        long port = json["port"]?.AsInt64 ?? 0;
        return new ServicePort(
            json["name"]?.AsString ?? "", json["protocol"]?.AsString ?? "TCP", (int)port,
            json["targetPort"] ?? port, (int)(json["nodePort"]?.AsInt64 ?? 0), json["appProtocol"]?.AsString);
    }
}

/// <summary>A Service, read. Made once per version with <see cref="Of"/> and kept with the object.</summary>
public sealed class ServiceView
{
    private readonly JsonObject _spec;

    private ServiceView(ApiObject @object)
    {
        Object = @object;
        _spec = @object.Spec;
        ClusterIP = IPv4Address.TryParse(_spec.Find("clusterIP")?.AsString, out IPv4Address ip) ? ip : null;
        Ports = [.. (_spec.Find("ports")?.Items ?? []).Select(ServicePort.From)];
        Selector = new LabelSet(_spec.Find("selector") as JsonObject);
        ExternalIPs = Addresses(_spec.Find("externalIPs")?.Items ?? [], static v => v.AsString);
        LoadBalancerIPs =
            Addresses(@object.Json.At("status", "loadBalancer", "ingress")?.Items ?? [], static v => v["ip"]?.AsString);
        LoadBalancerSourceRanges =
        [
            .. (_spec.Find("loadBalancerSourceRanges")?.Items ?? [])
                .Select(v => Cidr.TryParse(v.AsString, out Cidr cidr) ? cidr : (Cidr?)null)
                .OfType<Cidr>(),
        ];
    }

    /// <summary>The object.</summary>
    public ApiObject Object { get; }

    /// <summary>The name.</summary>
    public string Name => Object.Name;

    /// <summary>The namespace.</summary>
    public string Namespace => Object.Namespace;

    /// <summary><c>ClusterIP</c>, <c>NodePort</c>, <c>LoadBalancer</c> or <c>ExternalName</c>.</summary>
    public string Type => _spec.Find("type")?.AsString ?? "ClusterIP";

    /// <summary>Its address; null for headless Services and external names.</summary>
    public IPv4Address? ClusterIP { get; }

    /// <summary>Whether <c>clusterIP</c> is <c>None</c>: DNS answers with the pods' own addresses.</summary>
    public bool IsHeadless => _spec.Find("clusterIP")?.AsString == "None";

    /// <summary>Its ports.</summary>
    public IReadOnlyList<ServicePort> Ports { get; }

    /// <summary>The labels of its pods; empty when somebody else keeps its endpoints.</summary>
    public LabelSet Selector { get; }

    /// <summary>Further addresses that route to a node.</summary>
    public IReadOnlyList<IPv4Address> ExternalIPs { get; }

    /// <summary>The load balancer's addresses.</summary>
    public IReadOnlyList<IPv4Address> LoadBalancerIPs { get; }

    /// <summary>Who may use the load balancer; empty is all.</summary>
    public IReadOnlyList<Cidr> LoadBalancerSourceRanges { get; }

    /// <summary>The name that an <c>ExternalName</c> Service stands for; empty otherwise.</summary>
    public string ExternalName => _spec.Find("externalName")?.AsString ?? "";

    /// <summary>Whether a client keeps its pod.</summary>
    public bool HasClientIPAffinity => _spec.Find("sessionAffinity")?.AsString == "ClientIP";

    /// <summary>How long a client keeps its pod; 10,800 s by default.</summary>
    public long AffinityTimeoutSeconds =>
        _spec.At("sessionAffinityConfig", "clientIP", "timeoutSeconds")?.AsInt64 ?? 10_800;

    /// <summary>Whether traffic from outside stays on the node it came to.</summary>
    public bool IsExternalPolicyLocal => _spec.Find("externalTrafficPolicy")?.AsString == "Local";

    /// <summary>Whether traffic from inside stays on its node.</summary>
    public bool IsInternalPolicyLocal => _spec.Find("internalTrafficPolicy")?.AsString == "Local";

    /// <summary><c>PreferClose</c> and its kin; null when missing.</summary>
    public string? TrafficDistribution => _spec.Find("trafficDistribution")?.AsString;

    /// <summary>The port that load balancers ask for health; 0 is none.</summary>
    public int HealthCheckNodePort => (int)(_spec.Find("healthCheckNodePort")?.AsInt64 ?? 0);

    /// <summary>Whether pods that are not ready are published too.</summary>
    public bool PublishNotReadyAddresses => _spec.Find("publishNotReadyAddresses")?.AsBool ?? false;

    /// <summary>The view of a Service.</summary>
    public static ServiceView Of(ApiObject service) => service.View(static s => new ServiceView(s));

    private static IReadOnlyList<IPv4Address> Addresses(IReadOnlyList<JsonValue> items, Func<JsonValue, string?> text)
    {
        var addresses = new List<IPv4Address>(items.Count);
        foreach (JsonValue item in items)
        {
            if (IPv4Address.TryParse(text(item), out IPv4Address address))
            {
                addresses.Add(address);
            }
        }

        return addresses;
    }
}
