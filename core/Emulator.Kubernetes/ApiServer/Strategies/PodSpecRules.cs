using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer.Strategies;

/// <summary>
/// The defaults and faults of a pod's spec, in pods and in templates. Made once for a document, so that all pods of a
/// template share one spec.
/// </summary>
/// <remarks>
/// Source: SetDefaults_PodSpec and ValidatePodSpec of Kubernetes, for the fields that the emulator reads.
/// </remarks>
internal sealed class PodSpecRules
{
    private PodSpecRules(JsonObject spec)
    {
        Defaulted = Default(spec);
        var errors = new FieldErrors();
        Validate(Defaulted, errors);
        Causes = errors.Causes;
    }

    /// <summary>The spec with the fields filled in that were left out.</summary>
    public JsonObject Defaulted { get; }

    /// <summary>
    /// The defaulted spec with what admission adds whatever the cluster holds: two tolerations, and priority 0.
    /// </summary>
    public JsonObject Admitted => field ??= Admit(Defaulted);

    /// <summary>The faults, with fields named from the spec.</summary>
    public IReadOnlyList<StatusCause> Causes { get; }

    public static PodSpecRules Of(JsonObject spec) => spec.Parsed(static s => new PodSpecRules(s));

    private static JsonObject Default(JsonObject spec)
    {
        JsonObject full = DefaultContainers(DefaultContainers(spec, "containers"), "initContainers");
        full = Fill(full, "restartPolicy", "Always");
        full = Fill(full, "terminationGracePeriodSeconds", 30);
        full = Fill(full, "dnsPolicy", "ClusterFirst");
        full = Fill(full, "schedulerName", "default-scheduler");
        return full.Find("hostNetwork")?.AsBool == true ? DefaultHostPorts(full) : full;
    }

    private static JsonObject Admit(JsonObject spec)
    {
        JsonObject admitted = DefaultTolerations.AddTo(spec);
        return spec.Find("priorityClassName") is null ? Fill(admitted, "priority", 0) : admitted;
    }

    private static JsonObject DefaultContainers(JsonObject spec, string member) =>
        spec.Find(member) is JsonArray containers ? Each(spec, member, containers, DefaultContainer) : spec;

    private static JsonObject DefaultContainer(JsonObject container)
    {
        JsonObject full = container;
        if (full.Find("ports") is JsonArray ports)
        {
            full = Each(full, "ports", ports, static p => Fill(p, "protocol", "TCP"));
        }

        string image = full.Find("image")?.AsString ?? "";
        int tag = image.LastIndexOf(':');
        bool latest =
            tag <= image.LastIndexOf('/') ? !image.Contains('@', StringComparison.Ordinal) : image[tag..] == ":latest";
        full = Fill(full, "imagePullPolicy", latest ? "Always" : "IfNotPresent");
        foreach (string probe in (ReadOnlySpan<string>)["livenessProbe", "readinessProbe", "startupProbe"])
        {
            if (full.Find(probe) is JsonObject settings)
            {
                JsonObject complete = DefaultProbe(settings);
                full = ReferenceEquals(complete, settings) ? full : full.With(probe, complete);
            }
        }

        return DefaultRequests(full);
    }

    private static JsonObject DefaultProbe(JsonObject probe)
    {
        JsonObject full = Fill(probe, "timeoutSeconds", 1);
        full = Fill(full, "periodSeconds", 10);
        full = Fill(full, "successThreshold", 1);
        full = Fill(full, "failureThreshold", 3);
        if (full.Find("httpGet") is JsonObject get)
        {
            JsonObject complete = Fill(Fill(get, "path", "/"), "scheme", "HTTP");
            full = ReferenceEquals(complete, get) ? full : full.With("httpGet", complete);
        }

        return full;
    }

    // A limit without a request is a request too.
    private static JsonObject DefaultRequests(JsonObject container)
    {
        if (container.Find("resources") is not JsonObject resources
            || resources.Find("limits") is not JsonObject limits)
        {
            return container;
        }

        JsonObject before = resources.Find("requests") as JsonObject ?? JsonObject.Empty;
        JsonObject requests = before;
        foreach (KeyValuePair<string, JsonValue> limit in limits.Pairs)
        {
            requests = Fill(requests, limit.Key, limit.Value);
        }

        return ReferenceEquals(requests, before)
            ? container : container.With("resources", resources.With("requests", requests));
    }

    private static JsonObject DefaultHostPorts(JsonObject spec) => spec.Find("containers") is JsonArray containers
        ? Each(spec, "containers", containers, static container => container.Find("ports") is JsonArray ports
            ? Each(container, "ports", ports, static p =>
                p.Find("containerPort") is { } port ? Fill(p, "hostPort", port) : p)
            : container)
        : spec;

    private static void Validate(JsonObject spec, FieldErrors errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        IReadOnlyList<JsonValue> containers = spec.Find("containers")?.Items ?? [];
        if (containers.Count == 0)
        {
            errors.Required("containers");
        }

        ValidateContainers("containers", containers, names, errors);
        ValidateContainers("initContainers", spec.Find("initContainers")?.Items ?? [], names, errors);
        string restart = spec.Find("restartPolicy")?.AsString ?? "";
        if (restart is not ("Always" or "OnFailure" or "Never"))
        {
            errors.NotSupported("restartPolicy", restart, "Always", "OnFailure", "Never");
        }

        if (spec.Find("terminationGracePeriodSeconds")?.AsInt64 is < 0 and var grace)
        {
            errors.Invalid("terminationGracePeriodSeconds", grace, "must be greater than or equal to 0");
        }
    }

    private static void ValidateContainers(
        string field, IReadOnlyList<JsonValue> containers, HashSet<string> names, FieldErrors errors)
    {
        for (int i = 0; i < containers.Count; i++)
        {
            string path = $"{field}[{i}]";
            string name = containers[i]["name"]?.AsString ?? "";
            if (name.Length == 0)
            {
                errors.Required($"{path}.name");
            }
            else if (LabelSyntax.LabelProblem(name) is { } problem)
            {
                errors.Invalid($"{path}.name", name, problem);
            }
            else if (!names.Add(name))
            {
                errors.Duplicate($"{path}.name", name);
            }

            if (string.IsNullOrEmpty(containers[i]["image"]?.AsString))
            {
                errors.Required($"{path}.image");
            }

            ContainerPortRules.Validate($"{path}.ports", containers[i]["ports"]?.Items ?? [], errors);
            ResourceRules.Validate($"{path}.resources", containers[i]["resources"], errors);
        }
    }

    private static JsonObject Each(JsonObject map, string member, JsonArray list, Func<JsonObject, JsonObject> change)
    {
        JsonValue[]? changed = null;
        for (int i = 0; i < list.Elements.Count; i++)
        {
            if (list.Elements[i] is JsonObject element && change(element) is var after
                && !ReferenceEquals(after, element))
            {
                changed ??= [.. list.Elements];
                changed[i] = after;
            }
        }

        return changed is null ? map : map.With(member, new JsonArray(changed));
    }

    private static JsonObject Fill(JsonObject map, string name, JsonValue value) =>
        map.Find(name) is null ? map.With(name, value) : map;
}
