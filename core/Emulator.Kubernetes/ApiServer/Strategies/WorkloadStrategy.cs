using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.ApiServer.Strategies;

/// <summary>What makes pods from a template: Deployments, ReplicaSets, DaemonSets and StatefulSets.</summary>
/// <remarks>
/// Source: pkg/apis/apps defaults and validation of Kubernetes, for the fields that the emulator reads.
/// </remarks>
internal sealed class WorkloadStrategy(ResourceType type) : ResourceStrategy
{
    public override ApiObject Default(ApiObject workload)
    {
        JsonObject spec = workload.Spec;
        if (type != ResourceTypes.DaemonSets)
        {
            spec = Fill(spec, "replicas", 1);
        }

        if (type == ResourceTypes.Deployments)
        {
            spec = Fill(spec, "strategy", JsonObject.Of(("type", "RollingUpdate")));
            spec = Fill(spec, "revisionHistoryLimit", 10);
            spec = Fill(spec, "progressDeadlineSeconds", 600);
            spec = DefaultRollingUpdate(spec);
        }

        if (spec.Find("template") is JsonObject template && template.Find("spec") is JsonObject pod)
        {
            JsonObject full = PodSpecRules.Of(pod).Defaulted;
            spec = ReferenceEquals(full, pod) ? spec : spec.With("template", template.With("spec", full));
        }

        return ReferenceEquals(spec, workload.Spec) ? workload : workload.WithSpec(spec);
    }

    public override void Validate(ApiObject workload, FieldErrors errors)
    {
        JsonObject spec = workload.Spec;
        if (spec.Find("replicas")?.AsInt64 is < 0 and var replicas)
        {
            errors.Invalid("spec.replicas", replicas, "must be greater than or equal to 0");
        }

        if (spec.Find("template") is not JsonObject template)
        {
            errors.Required("spec.template");
            return;
        }

        ValidateSelector(spec, new LabelSet(template.At("metadata", "labels") as JsonObject), errors);
        JsonObject pod = template.Find("spec") as JsonObject ?? JsonObject.Empty;
        errors.AddUnder("spec.template.spec", PodSpecRules.Of(pod).Causes);
        string restart = pod.Find("restartPolicy")?.AsString ?? "Always";
        if (restart is "OnFailure" or "Never")
        {
            errors.NotSupported("spec.template.spec.restartPolicy", restart, "Always");
        }
    }

    public override void ValidateUpdate(ApiObject before, ApiObject workload, FieldErrors errors)
    {
        JsonValue? selector = workload.Spec.Find("selector");
        if (selector is not null && !selector.Equals(before.Spec.Find("selector")))
        {
            errors.Invalid("spec.selector", selector, "field is immutable");
        }
    }

    private static void ValidateSelector(JsonObject spec, LabelSet labels, FieldErrors errors)
    {
        if (spec.Find("selector") is not JsonObject json)
        {
            errors.Required("spec.selector");
            return;
        }

        try
        {
            var selector = LabelSelector.FromJson(json);
            if (selector.IsEverything)
            {
                errors.Invalid("spec.selector", json, "empty selector is invalid for deployment");
            }
            else if (!selector.Matches(labels))
            {
                errors.Invalid(
                    "spec.template.metadata.labels", labels.Json ?? JsonObject.Empty,
                    "`selector` does not match template `labels`");
            }
        }
        catch (FormatException e)
        {
            errors.Invalid("spec.selector", json, e.Message);
        }
    }

    private static JsonObject DefaultRollingUpdate(JsonObject spec)
    {
        if (spec.Find("strategy") is not JsonObject strategy)
        {
            return spec;
        }

        JsonObject full = Fill(strategy, "type", "RollingUpdate");
        if (full.Find("type")?.AsString == "RollingUpdate")
        {
            JsonObject rolling = full.Find("rollingUpdate") as JsonObject ?? JsonObject.Empty;
            JsonObject complete = Fill(Fill(rolling, "maxUnavailable", "25%"), "maxSurge", "25%");
            full = ReferenceEquals(rolling, complete) ? full : full.With("rollingUpdate", complete);
        }

        return ReferenceEquals(full, strategy) ? spec : spec.With("strategy", full);
    }
}
