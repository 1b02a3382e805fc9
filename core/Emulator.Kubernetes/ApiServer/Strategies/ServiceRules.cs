using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer.Strategies;

/// <summary>The faults of a Service's spec.</summary>
/// <remarks>Source: ValidateService of Kubernetes.</remarks>
internal static class ServiceRules
{
    public static void Validate(JsonObject spec, FieldErrors errors)
    {
        string type = spec.Find("type")?.AsString ?? "";
        string address = spec.Find("clusterIP")?.AsString ?? "";
        if (type is not ("ClusterIP" or "NodePort" or "LoadBalancer" or "ExternalName"))
        {
            errors.NotSupported("spec.type", type, "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
        }

        if (type == "ExternalName" && string.IsNullOrEmpty(spec.Find("externalName")?.AsString))
        {
            errors.Required("spec.externalName");
        }

        if (address.Length > 0 && address != "None" && !IPv4Address.TryParse(address, out _))
        {
            errors.Invalid(
                "spec.clusterIPs[0]", address, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
        }

        if (address == "None" && (type is "NodePort" or "LoadBalancer"))
        {
            errors.Invalid("spec.clusterIPs[0]", "None", $"may not be set to 'None' for {type} services");
        }

        string affinity = spec.Find("sessionAffinity")?.AsString ?? "None";
        if (affinity is not ("None" or "ClientIP"))
        {
            errors.NotSupported("spec.sessionAffinity", affinity, "ClientIP", "None");
        }

        CheckPolicy(spec, "externalTrafficPolicy", errors);
        CheckPolicy(spec, "internalTrafficPolicy", errors);
        IReadOnlyList<JsonValue> ports = spec.Find("ports")?.Items ?? [];
        if (ports.Count == 0 && type != "ExternalName" && address != "None")
        {
            errors.Required("spec.ports");
        }

        ValidatePorts(ports, type, errors);
    }

    private static void CheckPolicy(JsonObject spec, string member, FieldErrors errors)
    {
        if (spec.Find(member)?.AsString is { } policy && policy is not ("Cluster" or "Local"))
        {
            errors.NotSupported($"spec.{member}", policy, "Cluster", "Local");
        }
    }

    private static void ValidatePorts(IReadOnlyList<JsonValue> ports, string type, FieldErrors errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new HashSet<(long Port, string Protocol)>();
        for (int i = 0; i < ports.Count; i++)
        {
            string path = $"spec.ports[{i}]";
            string name = ports[i]["name"]?.AsString ?? "";
            string protocol = ports[i]["protocol"]?.AsString ?? "TCP";
            if (name.Length == 0 && ports.Count > 1)
            {
                errors.Required($"{path}.name");
            }
            else if (name.Length > 0)
            {
                errors.Check($"{path}.name", name, LabelSyntax.LabelProblem(name));
                if (!names.Add(name))
                {
                    errors.Duplicate($"{path}.name", name);
                }
            }

            ContainerPortRules.CheckPort($"{path}.port", ports[i]["port"], errors);
            ContainerPortRules.CheckProtocol($"{path}.protocol", protocol, errors);
            ValidateTarget($"{path}.targetPort", ports[i]["targetPort"], errors);
            if (ports[i]["nodePort"]?.AsInt64 is not (null or 0) && (type is "ClusterIP" or "ExternalName"))
            {
                errors.Forbidden($"{path}.nodePort", $"may not be used when `type` is '{type}'");
            }

            if (ports[i]["port"]?.AsInt64 is { } number && !numbers.Add((number, protocol)))
            {
                errors.Duplicate(path, JsonObject.Of(("port", number), ("protocol", protocol)).ToString());
            }
        }
    }

    private static void ValidateTarget(string field, JsonValue? target, FieldErrors errors)
    {
        if (target?.AsString is { } name)
        {
            errors.Check(field, name, ContainerPortRules.PortNameProblem(name));
        }
        else if (target is not null)
        {
            ContainerPortRules.CheckPort(field, target, errors);
        }
    }
}
