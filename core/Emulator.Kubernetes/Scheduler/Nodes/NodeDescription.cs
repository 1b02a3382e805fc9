using Emulator.Core.Documents;
using Emulator.Kubernetes.Scheduler.Pods;

namespace Emulator.Kubernetes.Scheduler.Nodes;

/// <summary>What a Node object says that matters to scheduling.</summary>
public sealed class NodeDescription
{
    private const string RegionLabel = "topology.kubernetes.io/region";
    private const string ZoneLabel = "topology.kubernetes.io/zone";

    private NodeDescription(JsonValue node)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, JsonValue value) in node.At("metadata", "labels")?.Members ?? [])
        {
            labels[key] = value.AsString ?? "";
        }

        Labels = labels;
        Taints = NodeTaint.ParseAll(node.At("spec", "taints"));
        Unschedulable = node.At("spec", "unschedulable")?.AsBool ?? false;
        Allocatable = ResourceAmounts.Parse(node.At("status", "allocatable") ?? node.At("status", "capacity"));
        Zone = $"{labels.GetValueOrDefault(RegionLabel)}:{labels.GetValueOrDefault(ZoneLabel)}";
    }

    /// <summary>Its labels; for look-ups only.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>Its taints.</summary>
    public NodeTaint[] Taints { get; }

    /// <summary>Whether it was cordoned.</summary>
    public bool Unschedulable { get; }

    /// <summary>What it has to give; its capacity where it does not say what is allocatable.</summary>
    public ResourceAmounts Allocatable { get; }

    /// <summary>Region and zone as <c>region:zone</c>.</summary>
    public string Zone { get; }

    /// <summary>Reads a Node object.</summary>
    public static NodeDescription Parse(JsonValue node) => new(node);
}
