using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Dns;

/// <summary>A port that DNS names. -1 stands for "no port": the endpoint has addresses but no SRV record.</summary>
internal sealed record ZonePort(string Name, string Protocol, int Port);

/// <summary>An endpoint as DNS sees it.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Label">Its host name, or its address as a label.</param>
internal sealed record ZoneEndpoint(ZoneAddress Address, string Label);

/// <summary>The ready endpoints of a slice.</summary>
internal sealed record ZoneSlice(
    ObjectKey Service, IReadOnlyList<ZoneEndpoint> Endpoints, IReadOnlyList<ZonePort> Ports)
{
    /// <summary>Reads a slice.</summary>
    public static ZoneSlice From(ApiObject slice)
    {
        var endpoints = new List<ZoneEndpoint>();
        foreach (JsonValue endpoint in slice.Json.Find("endpoints")?.Items ?? [])
        {
            if (endpoint.At("conditions", "ready")?.AsBool == false)
            {
                continue;
            }

            string hostname = endpoint["hostname"]?.AsString ?? "";
            foreach (JsonValue text in endpoint["addresses"]?.Items ?? [])
            {
                if (ZoneAddress.TryParse(text.AsString, out ZoneAddress address))
                {
                    endpoints.Add(new ZoneEndpoint(address, hostname.Length > 0 ? hostname : address.ToLabel()));
                }
            }
        }

        var ports = new List<ZonePort>();
        foreach (JsonValue port in slice.Json.Find("ports")?.Items ?? [])
        {
            ports.Add(new ZonePort(
                port["name"]?.AsString ?? "", (port["protocol"]?.AsString ?? "TCP").ToLowerInvariant(),
                (int)(port["port"]?.AsInt64 ?? -1)));
        }

        if (ports.Count == 0)
        {
            ports.Add(new ZonePort("", "", -1));
        }

        string service = slice.Labels["kubernetes.io/service-name"] ?? "";
        return new ZoneSlice(new ObjectKey(slice.Namespace, service), endpoints, ports);
    }
}

/// <summary>A Service as DNS sees it.</summary>
/// <param name="Key">Namespace and name.</param>
/// <param name="ClusterIPs">Its addresses; none for headless and external ones.</param>
/// <param name="IsHeadless">Whether its endpoints answer.</param>
/// <param name="ExternalName">The name that it stands for; empty for all but ExternalName.</param>
/// <param name="Ports">Its ports.</param>
internal sealed record ZoneService(
    ObjectKey Key, IReadOnlyList<ZoneAddress> ClusterIPs, bool IsHeadless, string ExternalName,
    IReadOnlyList<ZonePort> Ports)
{
    /// <summary>Reads a Service.</summary>
    public static ZoneService From(ApiObject service)
    {
        JsonObject spec = service.Spec;
        IEnumerable<JsonValue> texts = spec.Find("clusterIPs")?.Items ?? [];
        if (!texts.Any() && spec.Find("clusterIP") is JsonValue only)
        {
            texts = [only];
        }

        var addresses = new List<ZoneAddress>();
        foreach (JsonValue text in texts)
        {
            if (ZoneAddress.TryParse(text.AsString, out ZoneAddress address))
            {
                addresses.Add(address);
            }
        }

        bool isExternal = spec.Find("type")?.AsString == "ExternalName";
        return new ZoneService(
            service.Key, isExternal ? [] : addresses, texts.Any(t => t.AsString == "None"),
            isExternal ? spec.Find("externalName")?.AsString ?? "" : "",
            [.. (spec.Find("ports")?.Items ?? []).Select(p => new ZonePort(
                p["name"]?.AsString ?? "", (p["protocol"]?.AsString ?? "TCP").ToLowerInvariant(),
                (int)(p["port"]?.AsInt64 ?? 0)))]);
    }
}
