using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Core.Packets;

namespace Emulator.Kubernetes.KubeProxy;

/// <summary>Reads what kube-proxy needs from a Service. IPv4 alone: other addresses are passed over.</summary>
/// <remarks>Source: kubernetes pkg/proxy/serviceport.go, servicechangetracker.go.</remarks>
public static class ServiceReader
{
    /// <summary>sessionAffinityConfig's default: three hours.</summary>
    public const int DefaultAffinitySeconds = 10_800;

    private const string ServiceProxyNameLabel = "service.kubernetes.io/service-proxy-name";

    /// <summary>The Service's ports, by name and protocol; none for headless and ExternalName Services and for those
    /// that another proxy serves.</summary>
    public static IReadOnlyList<ServicePort> Ports(JsonObject service)
    {
        JsonValue? spec = service.Find("spec");
        string type = spec?["type"]?.AsString ?? "ClusterIP";
        if (type == "ExternalName" || !IPv4Address.TryParse(spec?["clusterIP"]?.AsString, out IPv4Address clusterIP)
            || service.At("metadata", "labels", ServiceProxyNameLabel) is not null)
        {
            return [];
        }

        ServicePort shared = Shared(service, type, clusterIP);
        return
        [
            .. (spec?["ports"]?.Items ?? []).Select(port => OfPort(shared, port))
                .OrderBy(p => p.PortName, StringComparer.Ordinal).ThenBy(p => p.Protocol),
        ];
    }

    /// <summary>A protocol's name as the API writes it; missing means TCP.</summary>
    /// <exception cref="FormatException">It is none of TCP, UDP, SCTP.</exception>
    public static IPProtocol Protocol(string? name) => name switch
    {
        null or "" or "TCP" => IPProtocol.Tcp,
        "UDP" => IPProtocol.Udp,
        "SCTP" => IPProtocol.Sctp,
        _ => throw new FormatException($"'{name}' is no protocol of a Service; write TCP, UDP or SCTP."),
    };

    private static ServicePort Shared(JsonObject service, string type, IPv4Address clusterIP)
    {
        JsonValue? spec = service.Find("spec");
        IReadOnlyList<IPv4Address> externalIPs = Addresses(spec?["externalIPs"]?.Items.Select(a => a.AsString));
        bool external = type is "NodePort" or "LoadBalancer" || externalIPs.Count > 0;
        bool externalLocal = external && spec?["externalTrafficPolicy"]?.AsString == "Local";
        return new ServicePort
        {
            Namespace = service.At("metadata", "namespace")?.AsString ?? "",
            Name = service.At("metadata", "name")?.AsString ?? "",
            ClusterIP = clusterIP,
            Port = 1,
            ExternalIPs = externalIPs,
            LoadBalancerIPs = Addresses(service.At("status", "loadBalancer", "ingress")?.Items
                .Where(i => i["ipMode"]?.AsString != "Proxy").Select(i => i["ip"]?.AsString)),
            LoadBalancerSourceRanges = Ranges(spec?["loadBalancerSourceRanges"]?.Items.Select(a => a.AsString)),
            InternalPolicyLocal = spec?["internalTrafficPolicy"]?.AsString == "Local",
            ExternalPolicyLocal = externalLocal,
            AffinitySeconds = spec?["sessionAffinity"]?.AsString == "ClientIP"
                ? (int)(spec.At("sessionAffinityConfig", "clientIP", "timeoutSeconds")?.AsInt64
                    ?? DefaultAffinitySeconds)
                : 0,
            HealthCheckNodePort = type == "LoadBalancer" && externalLocal
                ? (ushort)(spec?["healthCheckNodePort"]?.AsInt64 ?? 0)
                : (ushort)0,
        };
    }

    private static ServicePort OfPort(ServicePort shared, JsonValue port) => shared with
    {
        PortName = port["name"]?.AsString ?? "",
        Protocol = Protocol(port["protocol"]?.AsString),
        Port = (ushort)(port["port"]?.AsInt64 ?? 0),
        NodePort = (ushort)(port["nodePort"]?.AsInt64 ?? 0),
    };

    private static List<IPv4Address> Addresses(IEnumerable<string?>? texts)
    {
        var addresses = new List<IPv4Address>();
        foreach (string? text in texts ?? [])
        {
            if (IPv4Address.TryParse(text, out IPv4Address address))
            {
                addresses.Add(address);
            }
        }

        return addresses;
    }

    private static List<Cidr> Ranges(IEnumerable<string?>? texts)
    {
        var ranges = new List<Cidr>();
        foreach (string? text in texts ?? [])
        {
            // The API takes ranges with spaces around them and with host bits set, as iptables does.
            string trimmed = text?.Trim() ?? "";
            int slash = trimmed.IndexOf('/', StringComparison.Ordinal);
            if (slash > 0 && IPv4Address.TryParse(trimmed.AsSpan(0, slash), out IPv4Address address)
                && int.TryParse(trimmed.AsSpan(slash + 1), out int length) && length is >= 0 and <= 32)
            {
                ranges.Add(new Cidr(address, length));
            }
        }

        return ranges;
    }
}
