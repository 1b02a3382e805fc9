using Emulator.Core.Documents;

namespace Emulator.Kubernetes.Scheduler.Pods;

/// <summary>What a pod asks for as a whole, worked out from its containers, init containers, sidecars and
/// overhead.</summary>
/// <remarks>
/// <para>Containers add up. Init containers run one by one beside the sidecars (init containers that restart always)
/// started before them, so each counts as a peak. Pod-level requests for cpu, memory and huge pages replace what was
/// added up. The overhead of the runtime class comes on top.</para>
/// <para>Source: component-helpers <c>resource/helpers.go</c> of Kubernetes 1.32. Left out: amounts from the status of
/// a pod that is being resized in place (<c>UseStatusResources</c>).</para>
/// </remarks>
public static class PodResources
{
    private const string RequestsField = "requests";
    private const string LimitsField = "limits";

    /// <summary>What the pod requests: what the scheduler books on a node.</summary>
    public static ResourceAmounts Requests(JsonValue spec, bool withOverhead = true) =>
        Requests(spec, ResourceAmounts.Empty, withOverhead);

    /// <summary>What the pod requests, where containers that do not say count as <paramref name="missing"/>.</summary>
    public static ResourceAmounts Requests(JsonValue spec, ResourceAmounts missing, bool withOverhead = true)
    {
        ResourceAmounts total = PodLevel(spec, RequestsField, Containers(spec, RequestsField, missing));
        return withOverhead ? total.Plus(ResourceAmounts.Parse(spec["overhead"])) : total;
    }

    /// <summary>What the pod is limited to; overhead raises only limits that exist.</summary>
    public static ResourceAmounts Limits(JsonValue spec, bool withOverhead = true)
    {
        ResourceAmounts total = PodLevel(spec, LimitsField, Containers(spec, LimitsField, ResourceAmounts.Empty));
        if (!withOverhead)
        {
            return total;
        }

        foreach (ref readonly ResourceAmount overhead in ResourceAmounts.Parse(spec["overhead"]).Amounts)
        {
            if (total.Find(overhead.Name) is long limit)
            {
                total = total.With(overhead.Name, checked(limit + overhead.Amount));
            }
        }

        return total;
    }

    /// <summary>Whether <c>spec.resources</c> names a resource that may be set for the pod as a whole.</summary>
    public static bool HasPodLevel(JsonValue spec)
    {
        foreach (string field in (ReadOnlySpan<string>)[RequestsField, LimitsField])
        {
            if (spec["resources"]?[field]?.Members is { } members && members.Any(m => IsPodLevel(m.Key)))
            {
                return true;
            }
        }

        return false;
    }

    private static ResourceAmounts Containers(JsonValue spec, string field, ResourceAmounts missing)
    {
        ResourceAmounts running = ResourceAmounts.Empty;
        foreach (JsonValue container in spec["containers"]?.Items ?? [])
        {
            running = running.Plus(Of(container, field, missing));
        }

        ResourceAmounts sidecars = ResourceAmounts.Empty;
        ResourceAmounts peak = ResourceAmounts.Empty;
        foreach (JsonValue container in spec["initContainers"]?.Items ?? [])
        {
            ResourceAmounts own = Of(container, field, missing);
            if (container["restartPolicy"]?.AsString == "Always")
            {
                // A sidecar runs on: beside the containers, and beside each init container after it.
                running = running.Plus(own);
                sidecars = sidecars.Plus(own);
                own = sidecars;
            }
            else
            {
                own = own.Plus(sidecars);
            }

            peak = peak.Max(own);
        }

        return running.Max(peak);
    }

    private static ResourceAmounts Of(JsonValue container, string field, ResourceAmounts missing) =>
        ResourceAmounts.Parse(container["resources"]?[field]).OrElse(missing);

    private static ResourceAmounts PodLevel(JsonValue spec, string field, ResourceAmounts total)
    {
        foreach (ref readonly ResourceAmount amount in ResourceAmounts.Parse(spec["resources"]?[field]).Amounts)
        {
            if (IsPodLevel(amount.Name))
            {
                total = total.With(amount.Name, amount.Amount);
            }
        }

        return total;
    }

    private static bool IsPodLevel(string name) =>
        name is "cpu" or "memory" || name.StartsWith("hugepages-", StringComparison.Ordinal);
}
