using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Core.Packets;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>Reads what kube-proxy needs from an EndpointSlice.</summary>
/// <remarks>Source: kubernetes pkg/proxy/endpointslicecache.go. Only the first address of an endpoint counts.</remarks>
public static class EndpointSliceReader
{
    private const string ServiceNameLabel = "kubernetes.io/service-name";
    private const string HeadlessLabel = "service.kubernetes.io/headless";
    private const string ServiceProxyNameLabel = "service.kubernetes.io/service-proxy-name";

    /// <summary>Reads a slice; those of headless Services, of other proxies and of other address families are
    /// ignored.</summary>
    public static ProxySlice Read(JsonObject slice)
    {
        JsonValue? labels = slice.At("metadata", "labels");
        if (labels?[ServiceNameLabel]?.AsString is not { Length: > 0 } service
            || labels[HeadlessLabel] is not null || labels[ServiceProxyNameLabel] is not null
            || (slice["addressType"]?.AsString ?? "IPv4") != "IPv4")
        {
            return ProxySlice.Ignored;
        }

        IReadOnlyList<JsonValue> endpoints = slice["endpoints"]?.Items ?? [];
        var ports = new List<ProxySlicePort>();
        foreach (JsonValue port in slice["ports"]?.Items ?? [])
        {
            // A port without a number means all ports, which kube-proxy cannot translate to.
            if (port["port"]?.AsInt64 is { } number)
            {
                ports.Add(new ProxySlicePort(
                    port["name"]?.AsString ?? "",
                    ServiceReader.Protocol(port["protocol"]?.AsString),
                    [.. endpoints.Select(e => Endpoint(e, (ushort)number)).OfType<ProxyEndpoint>()]));
            }
        }

        return new ProxySlice($"{slice.At("metadata", "namespace")?.AsString}/{service}", ports);
    }

    /// <summary>The endpoints of a Service port in all of its Service's slices, each address once (the first slice's
    /// word counts), ordered by their text as kube-proxy does.</summary>
    public static IReadOnlyList<ProxyEndpoint> Endpoints(ServicePort port, IReadOnlyList<ProxySlice> slices)
    {
        var seen = new HashSet<Endpoint>();
        var found = new List<(string Text, ProxyEndpoint Endpoint)>();
        foreach (ProxySlice slice in slices)
        {
            foreach (ProxySlicePort slicePort in slice.Ports)
            {
                if (slicePort.Name != port.PortName || slicePort.Protocol != port.Protocol)
                {
                    continue;
                }

                found.AddRange(slicePort.Endpoints
                    .Where(e => seen.Add(e.Address)).Select(e => (e.Address.ToString(), e)));
            }
        }

        found.Sort(static (left, right) => string.CompareOrdinal(left.Text, right.Text));
        return [.. found.Select(f => f.Endpoint)];
    }

    private static ProxyEndpoint? Endpoint(JsonValue endpoint, ushort port)
    {
        IReadOnlyList<JsonValue> addresses = endpoint["addresses"]?.Items ?? [];
        if (addresses.Count == 0 || !IPv4Address.TryParse(addresses[0].AsString, out IPv4Address address))
        {
            return null;
        }

        JsonValue? conditions = endpoint["conditions"];
        return new ProxyEndpoint(
            new Endpoint(address, port),
            endpoint["nodeName"]?.AsString ?? "",
            Ready: conditions?["ready"]?.AsBool ?? true,
            Serving: conditions?["serving"]?.AsBool ?? true,
            Terminating: conditions?["terminating"]?.AsBool ?? false,
            ZoneHints: [.. endpoint.At("hints", "forZones")?.Items.Select(z => z["name"]?.AsString ?? "") ?? []]);
    }
}
