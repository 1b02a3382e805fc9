using System.Globalization;
using Emulator.Core.Documents;
using Emulator.Kubernetes.Scheduler.Nodes;

namespace Emulator.Kubernetes.Scheduler.Pods;

/// <summary>Conditions on one node's labels and name, all of which must hold.</summary>
/// <remarks>Source: component-helpers <c>scheduling/corev1/nodeaffinity</c>. A term without conditions, or with one
/// that cannot be read, matches no node.</remarks>
public sealed class NodeSelectorTerm
{
    private readonly Requirement[] _labels;
    private readonly Requirement[] _fields;
    private readonly bool _valid;

    private NodeSelectorTerm(Requirement[] labels, Requirement[] fields)
    {
        _labels = labels;
        _fields = fields;
        _valid = labels.All(r => r.IsValidForLabels) && fields.All(r => r.IsValidForFields);
    }

    /// <summary>Whether the term has no conditions.</summary>
    public bool IsEmpty => _labels.Length == 0 && _fields.Length == 0;

    /// <summary>Reads a term.</summary>
    public static NodeSelectorTerm Parse(JsonValue term) =>
        new(Requirement.ParseAll(term["matchExpressions"]), Requirement.ParseAll(term["matchFields"]));

    /// <summary>Whether a node meets all conditions.</summary>
    public bool Matches(NodeEntry node)
    {
        if (IsEmpty || !_valid)
        {
            return false;
        }

        foreach (Requirement requirement in _labels)
        {
            if (!requirement.Matches(node.Labels.GetValueOrDefault(requirement.Key)))
            {
                return false;
            }
        }

        foreach (Requirement requirement in _fields)
        {
            if (!requirement.Matches(node.Name))
            {
                return false;
            }
        }

        return true;
    }

    private sealed class Requirement(string key, string op, string[] values)
    {
        public string Key => key;

        private readonly long? _bound =
            values.Length == 1 && TryParse(values[0], out long bound) ? bound : null;

        public bool IsValidForLabels => op switch
        {
            "In" or "NotIn" => values.Length > 0 && values.All(LabelValue.IsValid),
            "Exists" or "DoesNotExist" => values.Length == 0,
            "Gt" or "Lt" => _bound is not null,
            _ => false,
        };

        public bool IsValidForFields => key == "metadata.name" && values.Length == 1 && op is "In" or "NotIn";

        public static Requirement[] ParseAll(JsonValue? requirements) =>
        [
            .. (requirements?.Items ?? []).Select(r => new Requirement(
                r["key"]?.AsString ?? "",
                r["operator"]?.AsString ?? "",
                [.. (r["values"]?.Items ?? []).Select(v => v.AsString ?? "")])),
        ];

        public bool Matches(string? actual) => op switch
        {
            "In" => actual is not null && Array.IndexOf(values, actual) >= 0,
            "NotIn" => actual is null || Array.IndexOf(values, actual) < 0,
            "Exists" => actual is not null,
            "DoesNotExist" => actual is null,
            "Gt" => actual is not null && TryParse(actual, out long value) && value > _bound,
            "Lt" => actual is not null && TryParse(actual, out long value) && value < _bound,
            _ => false,
        };

        private static bool TryParse(string text, out long value) =>
            long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }
}

/// <summary>What may stand as a label's value.</summary>
internal static class LabelValue
{
    private const int LengthMax = 63;

    /// <summary>Empty, or up to 63 of letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, with a letter or digit at both
    /// ends.</summary>
    public static bool IsValid(string value)
    {
        if (value.Length == 0)
        {
            return true;
        }

        return value.Length <= LengthMax
            && char.IsAsciiLetterOrDigit(value[0])
            && char.IsAsciiLetterOrDigit(value[^1])
            && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
    }
}
