using Emulator.Core.Documents;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Storage;

namespace Emulator.Kubernetes.ApiServer.Strategies;

/// <summary>Pods: defaults, default tolerations, priority, and what an update may not change.</summary>
/// <remarks>
/// Follows the pod strategy and the admission plug-ins DefaultTolerationSeconds and Priority. Left out: service account
/// tokens, quota, limit ranges, security.
/// </remarks>
internal sealed class PodStrategy(ObjectStore store) : ResourceStrategy
{
    private const long SystemClusterCritical = 2_000_000_000;
    private const long SystemNodeCritical = 2_000_001_000;

    private static readonly JsonObject PendingStatus = JsonObject.Of(("phase", "Pending"));
    private static readonly string[] Mutable =
        ["tolerations", "activeDeadlineSeconds", "terminationGracePeriodSeconds"];

    public override ApiObject Default(ApiObject pod)
    {
        JsonObject full = PodSpecRules.Of(pod.Spec).Defaulted;
        return ReferenceEquals(full, pod.Spec) ? pod : pod.WithSpec(full);
    }

    public override ApiObject PrepareForCreate(ApiObject pod) =>
        pod.WithSpec(PodSpecRules.Of(pod.Spec).Admitted).WithStatus(PendingStatus);

    public override ApiObject PrepareForUpdate(ApiObject before, ApiObject pod)
    {
        // What admission gave stays where a client that knows only its own manifest left it out.
        JsonObject spec = pod.Spec;
        foreach (string given in (ReadOnlySpan<string>)["tolerations", "priority", "preemptionPolicy", "nodeName"])
        {
            spec = before.Spec.Find(given) is { } value ? Fill(spec, given, value) : spec;
        }

        return ReferenceEquals(spec, pod.Spec) ? pod : pod.WithSpec(spec);
    }

    public override void Validate(ApiObject pod, FieldErrors errors) =>
        errors.AddUnder("spec", PodSpecRules.Of(pod.Spec).Causes);

    public override void ValidateUpdate(ApiObject before, ApiObject pod, FieldErrors errors)
    {
        if (!ReferenceEquals(before.Spec, pod.Spec) && !Fixed(before.Spec).Equals(Fixed(pod.Spec)))
        {
            errors.Forbidden("spec", "pod updates may not change fields other than `spec.containers[*].image`,"
                + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to "
                + "existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was "
                + "previously negative)");
        }
        else if (!ReferenceEquals(before.Spec, pod.Spec))
        {
            ResizeRules.Validate(before, pod, errors);
        }
    }

    public override ApiObject Allocate(ApiObject? before, ApiObject pod, FieldErrors errors)
    {
        if (before is not null)
        {
            return pod;
        }

        string name = pod.Spec.Find("priorityClassName")?.AsString ?? "";
        long? priority = PriorityOf(ref name, out JsonValue? policy);
        if (priority is null)
        {
            errors.Forbidden("spec.priorityClassName", $"no PriorityClass with name {name} was found");
            return pod;
        }

        JsonObject spec = pod.Spec;
        spec = spec.Find("priority")?.AsInt64 == priority ? spec : spec.With("priority", priority.Value);
        spec = name.Length > 0 ? Fill(spec, "priorityClassName", name) : spec;
        spec = policy is not null ? Fill(spec, "preemptionPolicy", policy) : spec;
        return ReferenceEquals(spec, pod.Spec) ? pod : pod.WithSpec(spec);
    }

    private long? PriorityOf(ref string name, out JsonValue? policy)
    {
        policy = null;
        ApiObject? found = null;
        foreach (ApiObject candidate in store.Table(ResourceTypes.PriorityClasses).All)
        {
            bool isDefault = candidate.Json.Find("globalDefault")?.AsBool == true;
            if (name.Length == 0 ? isDefault : candidate.Name == name)
            {
                found = candidate;
                break;
            }
        }

        if (found is not null)
        {
            name = found.Name;
            policy = found.Json.Find("preemptionPolicy");
            return found.Json.Find("value")?.AsInt64 ?? 0;
        }

        return name switch
        {
            "" => 0,
            "system-cluster-critical" => SystemClusterCritical,
            "system-node-critical" => SystemNodeCritical,
            _ => null,
        };
    }

    private static JsonObject Fixed(JsonObject spec)
    {
        foreach (string name in Mutable)
        {
            spec = spec.Without(name);
        }

        spec = Each(spec, "containers", ResizeRules.Fixed);
        return Each(spec, "initContainers", static c => c.Without("image"));
    }

    private static JsonObject Each(JsonObject spec, string list, Func<JsonObject, JsonObject> change) =>
        spec.Find(list) is JsonArray containers
            ? spec.With(list, new JsonArray(
                [.. containers.Elements.Select(c => c is JsonObject map ? change(map) : c)]))
            : spec;
}
