using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Api;

/// <summary>A port of an endpoint slice.</summary>
/// <param name="Name">The Service port's name; empty when it has none.</param>
/// <param name="Port">The pods' port; 0 when missing.</param>
/// <param name="Protocol"><c>TCP</c>, <c>UDP</c> or <c>SCTP</c>.</param>
/// <param name="AppProtocol">The application's protocol; null when missing.</param>
public sealed record EndpointPort(string Name, int Port, string Protocol, string? AppProtocol);

/// <summary>One pod behind a Service.</summary>
/// <param name="Address">Its address.</param>
/// <param name="IsReady">Whether it takes traffic. A missing condition is true.</param>
/// <param name="IsServing">Whether it could take traffic although it is ending. A missing condition is as
/// ready.</param>
/// <param name="IsTerminating">Whether it is ending. A missing condition is false.</param>
/// <param name="NodeName">Its node; empty when not known.</param>
/// <param name="Zone">Its zone; empty when not known.</param>
/// <param name="Hostname">Its host name in DNS; empty when none.</param>
/// <param name="PodName">The pod's name; empty when the target is no pod.</param>
/// <param name="ZoneHints">The zones that should use it; empty is all.</param>
/// <param name="NodeHints">The nodes that should use it; empty is all.</param>
public sealed record SliceEndpoint(
    IPv4Address Address, bool IsReady, bool IsServing, bool IsTerminating, string NodeName, string Zone,
    string Hostname, string PodName, IReadOnlyList<string> ZoneHints, IReadOnlyList<string> NodeHints)
{
    internal static SliceEndpoint? From(JsonValue json)
    {
        IReadOnlyList<JsonValue> addresses = json["addresses"]?.Items ?? [];
        if (addresses.Count == 0 || !IPv4Address.TryParse(addresses[0].AsString, out IPv4Address address))
        {
            return null;
        }

        JsonValue? conditions = json["conditions"];
        bool ready = conditions?["ready"]?.AsBool ?? true;
        JsonValue? target = json["targetRef"];
        return new SliceEndpoint(
            address, ready, conditions?["serving"]?.AsBool ?? ready, conditions?["terminating"]?.AsBool ?? false,
            json["nodeName"]?.AsString ?? "", json["zone"]?.AsString ?? "", json["hostname"]?.AsString ?? "",
            target?["kind"]?.AsString == "Pod" ? target["name"]?.AsString ?? "" : "",
            Names(json.At("hints", "forZones")), Names(json.At("hints", "forNodes")));
    }

    private static IReadOnlyList<string> Names(JsonValue? hints) =>
        hints is null ? [] : [.. hints.Items.Select(h => h["name"]?.AsString ?? "")];
}

/// <summary>
/// Some of the pods behind a Service, read. Made once per version with <see cref="Of"/> and shared by all who watch.
/// </summary>
public sealed class EndpointSliceView
{
    private EndpointSliceView(ApiObject @object)
    {
        Object = @object;
        ServiceName = @object.Labels["kubernetes.io/service-name"] ?? "";
        AddressType = @object.Json.Find("addressType")?.AsString ?? "IPv4";
        Ports = [.. (@object.Json.Find("ports")?.Items ?? []).Select(p => new EndpointPort(
            p["name"]?.AsString ?? "", (int)(p["port"]?.AsInt64 ?? 0), p["protocol"]?.AsString ?? "TCP",
            p["appProtocol"]?.AsString))];
        Endpoints =
            [.. (@object.Json.Find("endpoints")?.Items ?? []).Select(SliceEndpoint.From).OfType<SliceEndpoint>()];
    }

    /// <summary>The object.</summary>
    public ApiObject Object { get; }

    /// <summary>The name of the Service, in the slice's namespace; empty when it belongs to none.</summary>
    public string ServiceName { get; }

    /// <summary><c>IPv4</c>, <c>IPv6</c> or <c>FQDN</c>.</summary>
    public string AddressType { get; }

    /// <summary>The ports, which hold for all endpoints of the slice.</summary>
    public IReadOnlyList<EndpointPort> Ports { get; }

    /// <summary>The endpoints with an IPv4 address, in the slice's order.</summary>
    public IReadOnlyList<SliceEndpoint> Endpoints { get; }

    /// <summary>The view of a slice.</summary>
    public static EndpointSliceView Of(ApiObject slice) => slice.View(static s => new EndpointSliceView(s));
}
