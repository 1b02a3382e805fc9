using Emulator.Core.Documents;

namespace Emulator.Kubernetes.Scheduler.Pods;

/// <summary>Fields of a pod's spec that bear on scheduling and that this scheduler does not honour.</summary>
/// <remarks>A pod that has them is scheduled as if it had not; the scheduler journals a note and lists the field, and
/// whoever reads manifests can ask here beforehand.</remarks>
public static class UnsupportedPodFields
{
    /// <summary>The unsupported fields that a spec sets, such as <c>spec.affinity.podAntiAffinity</c>; empty when
    /// none.</summary>
    public static IReadOnlyList<string> In(JsonValue spec)
    {
        List<string>? found = null;
        Note(spec["topologySpreadConstraints"]?.Items.Count > 0, "spec.topologySpreadConstraints", ref found);
        Note(spec.At("affinity", "podAffinity")?.Members.Count > 0, "spec.affinity.podAffinity", ref found);
        Note(spec.At("affinity", "podAntiAffinity")?.Members.Count > 0, "spec.affinity.podAntiAffinity", ref found);
        Note(spec["resourceClaims"]?.Items.Count > 0, "spec.resourceClaims", ref found);
        return found ?? (IReadOnlyList<string>)[];
    }

    private static void Note(bool there, string field, ref List<string>? found)
    {
        if (there)
        {
            (found ??= []).Add(field);
        }
    }
}
