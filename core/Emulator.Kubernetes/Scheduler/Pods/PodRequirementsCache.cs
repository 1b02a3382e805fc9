using Emulator.Core.Documents;

namespace Emulator.Kubernetes.Scheduler.Pods;

/// <summary>Parsed requirements by template, so that ten thousand replicas are parsed once.</summary>
/// <remarks>The key only finds a candidate; the parts of the spec that requirements are read from are then compared (by
/// reference first), so a wrong key costs time and never a wrong answer.</remarks>
public sealed class PodRequirementsCache
{
    /// <summary>How many templates are kept: 10,000. When full, all are forgotten and learnt again.</summary>
    public const int TemplatesMax = 10_000;

    private static readonly string[] PartNames =
    [
        "containers", "initContainers", "overhead", "resources", "nodeSelector", "affinity", "tolerations",
        "topologySpreadConstraints", "resourceClaims",
    ];

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>The requirements of a pod.</summary>
    /// <param name="spec">The pod's spec.</param>
    /// <param name="templateKey">What pods of one template share: their controller's UID; a lone pod's own.</param>
    public PodRequirements Get(JsonValue spec, string templateKey)
    {
        if (_entries.TryGetValue(templateKey, out Entry? entry) && entry.Describes(spec))
        {
            return entry.Requirements;
        }

        if (_entries.Count >= TemplatesMax)
        {
            _entries.Clear();
        }

        PodRequirements requirements = PodRequirements.Parse(spec);
        _entries[templateKey] = new Entry(spec, requirements);
        return requirements;
    }

    private sealed class Entry(JsonValue spec, PodRequirements requirements)
    {
        public PodRequirements Requirements => requirements;

        public bool Describes(JsonValue other)
        {
            foreach (string name in PartNames)
            {
                JsonValue? mine = spec[name];
                JsonValue? theirs = other[name];
                if (!ReferenceEquals(mine, theirs) && (mine is null || !mine.Equals(theirs)))
                {
                    return false;
                }
            }

            return true;
        }
    }
}
