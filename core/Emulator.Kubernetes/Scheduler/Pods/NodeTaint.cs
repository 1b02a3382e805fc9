using Emulator.Core.Documents;
using Emulator.Kubernetes.Scheduler.Framework;

namespace Emulator.Kubernetes.Scheduler.Pods;

/// <summary>What a taint does to pods that do not tolerate it.</summary>
public enum TaintEffect
{
    /// <summary>New pods are not put here.</summary>
    NoSchedule,

    /// <summary>New pods are put here last.</summary>
    PreferNoSchedule,

    /// <summary>New pods are not put here, and those here must go.</summary>
    NoExecute,
}

/// <summary>A mark on a node that keeps away pods that do not tolerate it.</summary>
public sealed class NodeTaint(string key, string value, TaintEffect effect)
{
    /// <summary>The taint of a node whose <c>spec.unschedulable</c> is set.</summary>
    public static readonly NodeTaint Unschedulable =
        new("node.kubernetes.io/unschedulable", "", TaintEffect.NoSchedule);

    /// <summary>Its key.</summary>
    public string Key { get; } = key;

    /// <summary>Its value; may be empty.</summary>
    public string Value { get; } = value;

    /// <summary>What it does.</summary>
    public TaintEffect Effect { get; } = effect;

    /// <summary>The refusal of a node that has this taint.</summary>
    /// <remarks>The wording of Kubernetes 1.24 and later.</remarks>
    public Status Untolerated { get; } = Status.Unresolvable($"node(s) had untolerated taint {{{key}: {value}}}");

    /// <summary>Reads a node's <c>spec.taints</c>; entries with an unknown effect count as none.</summary>
    public static NodeTaint[] ParseAll(JsonValue? taints)
    {
        var parsed = new List<NodeTaint>();
        foreach (JsonValue taint in taints?.Items ?? [])
        {
            if (Effects.TryParse(taint["effect"]?.AsString) is TaintEffect effect)
            {
                parsed.Add(new NodeTaint(taint["key"]?.AsString ?? "", taint["value"]?.AsString ?? "", effect));
            }
        }

        return [.. parsed];
    }

    /// <summary>Whether two taints are equal in key, value and effect.</summary>
    public bool SameAs(NodeTaint other) => Key == other.Key && Value == other.Value && Effect == other.Effect;
}

/// <summary>The names of taint effects.</summary>
internal static class Effects
{
    public static TaintEffect? TryParse(string? name) => name switch
    {
        "NoSchedule" => TaintEffect.NoSchedule,
        "PreferNoSchedule" => TaintEffect.PreferNoSchedule,
        "NoExecute" => TaintEffect.NoExecute,
        _ => null,
    };
}
