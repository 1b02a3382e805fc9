using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Allocation;

namespace Emulator.Kubernetes.ApiServer.Strategies;

/// <summary>Services: defaults, checks, and their addresses and node ports.</summary>
/// <remarks>Follows pkg/registry/core/service of Kubernetes. Left out: IPv6 and dual stack.</remarks>
internal sealed class ServiceStrategy : ResourceStrategy
{
    private readonly Cidr _serviceCidr;
    private readonly int _nodePortFirst;
    private readonly int _nodePortLast;
    private readonly RangeAllocator _addresses;
    private readonly RangeAllocator _nodePorts;

    public ServiceStrategy(ApiServerOptions options)
    {
        _serviceCidr = options.ServiceCidr;
        _nodePortFirst = options.NodePortFirst;
        _nodePortLast = options.NodePortLast;
        // The first address is the network's and the last its broadcast: neither is given out.
        long usable = Math.Max(1, _serviceCidr.Count - 2);
        _addresses =
            new RangeAllocator(_serviceCidr.Address.Value + 1L, usable, Math.Min(Band(usable, 16, 256), usable));
        long ports = _nodePortLast - _nodePortFirst + 1;
        _nodePorts = new RangeAllocator(_nodePortFirst, ports, Math.Min(Band(ports, 32, 128), ports));
    }

    public override bool CountsGeneration => false;

    public override string? NameProblem(string name) => LabelSyntax.Rfc1035Problem(name);

    public override ApiObject Default(ApiObject service)
    {
        JsonObject spec = Fill(service.Spec, "type", "ClusterIP");
        string type = TypeOf(spec);
        spec = Fill(spec, "sessionAffinity", "None");
        if (spec.Find("sessionAffinity")?.AsString == "ClientIP" && spec.Find("sessionAffinityConfig") is null)
        {
            spec = (JsonObject)spec.With(["sessionAffinityConfig", "clientIP", "timeoutSeconds"], 10_800);
        }

        if (type is "NodePort" or "LoadBalancer")
        {
            spec = Fill(spec, "externalTrafficPolicy", "Cluster");
        }

        if (type != "ExternalName")
        {
            spec = Fill(spec, "internalTrafficPolicy", "Cluster");
        }

        spec = type == "LoadBalancer" ? Fill(spec, "allocateLoadBalancerNodePorts", true) : spec;
        if (spec.Find("ports") is JsonArray ports)
        {
            spec = spec.With("ports", new JsonArray([.. ports.Elements.Select(DefaultPort)]));
        }

        return ReferenceEquals(spec, service.Spec) ? service : service.WithSpec(spec);
    }

    public override ApiObject PrepareForUpdate(ApiObject before, ApiObject service)
    {
        // What was given out stays where a manifest leaves it out, as long as the type still has it.
        JsonObject spec = service.Spec;
        bool hasAddress = TypeOf(spec) != "ExternalName" && TypeOf(before.Spec) != "ExternalName";
        foreach (string given in (ReadOnlySpan<string>)["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"])
        {
            spec = hasAddress && before.Spec.Find(given) is { } value ? Fill(spec, given, value) : spec;
        }

        if (HasNodePorts(spec) && spec.Find("ports") is JsonArray ports)
        {
            spec = spec.With("ports", new JsonArray([.. ports.Elements.Select(p => KeepNodePort(p, before.Spec))]));
        }

        return ReferenceEquals(spec, service.Spec) ? service : service.WithSpec(spec);
    }

    public override void Validate(ApiObject service, FieldErrors errors) => ServiceRules.Validate(service.Spec, errors);

    public override void ValidateUpdate(ApiObject before, ApiObject service, FieldErrors errors)
    {
        string? was = before.Spec.Find("clusterIP")?.AsString;
        string? now = service.Spec.Find("clusterIP")?.AsString;
        bool kept = TypeOf(before.Spec) != "ExternalName" && TypeOf(service.Spec) != "ExternalName";
        if (kept && !string.IsNullOrEmpty(was) && was != now)
        {
            errors.Invalid("spec.clusterIPs[0]", new JsonArray([now ?? ""]), "may not change once set");
        }
    }

    public override ApiObject Allocate(ApiObject? before, ApiObject service, FieldErrors errors)
    {
        if (before is not null)
        {
            Release(before);
        }

        var taken = new List<(RangeAllocator From, long Number)>();
        JsonObject spec = AllocateAddress(service.Spec, taken, errors);
        spec = AllocateNodePorts(spec, taken, errors);
        if (errors.Causes.Count == 0)
        {
            return service.WithSpec(spec);
        }

        foreach ((RangeAllocator from, long number) in taken)
        {
            from.Release(number);
        }

        if (before is not null)
        {
            Retake(before);
        }

        return service;
    }

    public override void Release(ApiObject service)
    {
        if (IPv4Address.TryParse(service.Spec.Find("clusterIP")?.AsString, out IPv4Address address))
        {
            _addresses.Release(address.Value);
        }

        foreach (JsonValue port in service.Spec.Find("ports")?.Items ?? [])
        {
            _nodePorts.Release(port["nodePort"]?.AsInt64 ?? 0);
        }

        _nodePorts.Release(service.Spec.Find("healthCheckNodePort")?.AsInt64 ?? 0);
    }

    private void Retake(ApiObject service)
    {
        if (IPv4Address.TryParse(service.Spec.Find("clusterIP")?.AsString, out IPv4Address address))
        {
            _addresses.TryTake(address.Value);
        }

        foreach (JsonValue port in service.Spec.Find("ports")?.Items ?? [])
        {
            if (port["nodePort"]?.AsInt64 is > 0 and var number)
            {
                _nodePorts.TryTake(number);
            }
        }

        if (service.Spec.Find("healthCheckNodePort")?.AsInt64 is > 0 and var health)
        {
            _nodePorts.TryTake(health);
        }
    }

    private JsonObject AllocateAddress(
        JsonObject spec, List<(RangeAllocator From, long Number)> taken, FieldErrors errors)
    {
        string wanted =
            spec.Find("clusterIP")?.AsString ?? spec.Find("clusterIPs")?.Items.FirstOrDefault()?.AsString ?? "";
        if (TypeOf(spec) == "ExternalName" || wanted == "None")
        {
            return wanted == "None" ? WithAddress(spec, "None") : spec.Without("clusterIP").Without("clusterIPs");
        }

        long number;
        if (wanted.Length == 0)
        {
            if (!_addresses.TryTakeAny(out number))
            {
                errors.Invalid("spec.clusterIPs", new JsonArray([""]), "failed to allocate a serviceIP: range is full");
                return spec;
            }
        }
        else
        {
            IPv4Address.TryParse(wanted, out IPv4Address address);
            number = address.Value;
            if (!_addresses.Contains(number))
            {
                errors.Invalid(
                    "spec.clusterIPs", new JsonArray([wanted]),
                    $"failed to allocate IP {wanted}: the provided IP "
                    + $"({wanted}) is not in the valid range. The range of valid IPs is {_serviceCidr}");
                return spec;
            }

            if (!_addresses.TryTake(number))
            {
                errors.Invalid(
                    "spec.clusterIPs", new JsonArray([wanted]),
                    $"failed to allocate IP {wanted}: provided IP is already allocated");
                return spec;
            }
        }

        taken.Add((_addresses, number));
        return WithAddress(spec, new IPv4Address((uint)number).ToString());
    }

    private JsonObject AllocateNodePorts(
        JsonObject spec, List<(RangeAllocator From, long Number)> taken, FieldErrors errors)
    {
        if (!HasNodePorts(spec) || spec.Find("ports") is not JsonArray ports)
        {
            return spec;
        }

        JsonValue[] complete = [.. ports.Elements];
        var shared = new Dictionary<long, List<string>>(); // One number may serve TCP and UDP of one Service.
        for (int i = 0; i < complete.Length; i++)
        {
            string protocol = complete[i]["protocol"]?.AsString ?? "TCP";
            long? number =
                TakePort($"spec.ports[{i}].nodePort", complete[i]["nodePort"], protocol, shared, taken, errors);
            complete[i] = number is null ? complete[i] : complete[i].With(["nodePort"], number.Value);
        }

        spec = spec.With("ports", new JsonArray(complete));
        bool checksHealth = TypeOf(spec) == "LoadBalancer" && spec.Find("externalTrafficPolicy")?.AsString == "Local";
        if (checksHealth && TakePort(
            "spec.healthCheckNodePort", spec.Find("healthCheckNodePort"), "TCP", [], taken, errors) is { } health)
        {
            spec = spec.With("healthCheckNodePort", health);
        }

        return spec;
    }

    private long? TakePort(
        string field, JsonValue? given, string protocol, Dictionary<long, List<string>> shared,
        List<(RangeAllocator From, long Number)> taken, FieldErrors errors)
    {
        long number = given?.AsInt64 ?? 0;
        if (number == 0)
        {
            if (!_nodePorts.TryTakeAny(out number))
            {
                errors.Invalid(field, 0, "failed to allocate a nodePort: range is full");
                return null;
            }
        }
        else if (!_nodePorts.Contains(number))
        {
            errors.Invalid(field, number, "provided port is not in the valid range. The range of valid ports is "
                + $"{_nodePortFirst}-{_nodePortLast}");
            return null;
        }
        else if (shared.TryGetValue(number, out List<string>? protocols) && !protocols.Contains(protocol))
        {
            protocols.Add(protocol);
            return number;
        }
        else if (!_nodePorts.TryTake(number))
        {
            errors.Invalid(field, number, "provided port is already allocated");
            return null;
        }

        shared[number] = [protocol];
        taken.Add((_nodePorts, number));
        return number;
    }

    private static JsonValue DefaultPort(JsonValue port)
    {
        if (port is not JsonObject map)
        {
            return port;
        }

        JsonObject full = Fill(map, "protocol", "TCP");
        return full.Find("port") is { } number ? Fill(full, "targetPort", number) : full;
    }

    private static JsonValue KeepNodePort(JsonValue port, JsonObject before)
    {
        foreach (JsonValue old in before.Find("ports")?.Items ?? [])
        {
            if (port is JsonObject map && old["nodePort"] is { } number && Same(old, port, "port")
                && Same(old, port, "protocol"))
            {
                return Fill(map, "nodePort", number);
            }
        }

        return port;
    }

    private static bool Same(JsonValue left, JsonValue right, string member) => Equals(left[member], right[member]);

    private static JsonObject WithAddress(JsonObject spec, string address) => Fill(Fill(
        spec.With("clusterIP", address).With("clusterIPs", new JsonArray([address])),
        "ipFamilies", new JsonArray(["IPv4"])), "ipFamilyPolicy", "SingleStack");

    private static bool HasNodePorts(JsonObject spec) => TypeOf(spec) == "NodePort"
        || (TypeOf(spec) == "LoadBalancer" && spec.Find("allocateLoadBalancerNodePorts")?.AsBool != false);

    private static string TypeOf(JsonObject spec) => spec.Find("type")?.AsString ?? "ClusterIP";

    private static long Band(long count, long divisor, long most) => Math.Min(Math.Max(16, count / divisor), most);
}
