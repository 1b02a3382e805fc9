using Emulator.Core.Documents;
using Emulator.Kubernetes.Scheduler.Nodes;

namespace Emulator.Kubernetes.Scheduler.Pods;

/// <summary>A condition on nodes that a pod would rather have met, and how much that is worth.</summary>
/// <param name="Weight">1 to 100.</param>
/// <param name="Term">The condition.</param>
public sealed record PreferredSchedulingTerm(long Weight, NodeSelectorTerm Term);

/// <summary>Which nodes a pod must and would rather be on: its <c>nodeSelector</c> and
/// <c>affinity.nodeAffinity</c>.</summary>
public sealed class NodeAffinityRequirements
{
    private readonly KeyValuePair<string, string>[] _selector;
    private readonly NodeSelectorTerm[]? _required;

    private NodeAffinityRequirements(
        KeyValuePair<string, string>[] selector, NodeSelectorTerm[]? required, PreferredSchedulingTerm[] preferred)
    {
        _selector = selector;
        _required = required;
        Preferred = preferred;
    }

    /// <summary>Whether any node will do.</summary>
    public bool AcceptsAll => _selector.Length == 0 && _required is null;

    /// <summary>The preferences that can match, those with weight 0 or no conditions left out.</summary>
    public PreferredSchedulingTerm[] Preferred { get; }

    /// <summary>Reads a pod's spec.</summary>
    public static NodeAffinityRequirements Parse(JsonValue spec)
    {
        JsonValue? affinity = spec.At("affinity", "nodeAffinity");
        JsonValue? required = affinity?["requiredDuringSchedulingIgnoredDuringExecution"];
        JsonValue? preferred = affinity?["preferredDuringSchedulingIgnoredDuringExecution"];
        return new NodeAffinityRequirements(
            [.. (spec["nodeSelector"]?.Members ?? []).Select(m => KeyValuePair.Create(m.Key, m.Value.AsString ?? ""))],
            required is null or JsonNull ? null : ParseTerms(required),
            [
                .. (preferred?.Items ?? [])
                    .Select(p => new PreferredSchedulingTerm(
                        p["weight"]?.AsInt64 ?? 0, NodeSelectorTerm.Parse(p["preference"] ?? JsonObject.Empty)))
                    .Where(p => p.Weight != 0 && !p.Term.IsEmpty),
            ]);
    }

    /// <summary>Reads a NodeSelector: terms of which one must hold; without terms nothing matches.</summary>
    public static NodeSelectorTerm[] ParseTerms(JsonValue nodeSelector) =>
        [.. (nodeSelector["nodeSelectorTerms"]?.Items ?? []).Select(NodeSelectorTerm.Parse)];

    /// <summary>Whether any of the terms matches a node.</summary>
    public static bool AnyMatches(NodeSelectorTerm[] terms, NodeEntry node)
    {
        foreach (NodeSelectorTerm term in terms)
        {
            if (term.Matches(node))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a node meets what the pod requires.</summary>
    public bool Matches(NodeEntry node)
    {
        foreach ((string key, string value) in _selector)
        {
            if (!node.Labels.TryGetValue(key, out string? actual) || actual != value)
            {
                return false;
            }
        }

        return _required is null || AnyMatches(_required, node);
    }
}
