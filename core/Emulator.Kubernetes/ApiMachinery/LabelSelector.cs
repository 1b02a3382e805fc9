using Emulator.Core.Documents;

namespace Emulator.Kubernetes.ApiMachinery;

/// <summary>Which labels are meant: requirements that must all hold.</summary>
/// <remarks>Source: labels.Selector and metav1.LabelSelector of k8s.io/apimachinery.</remarks>
public sealed class LabelSelector
{
    private readonly LabelRequirement[] _requirements;
    private readonly bool _nothing;
    private string? _text;

    private LabelSelector(LabelRequirement[] requirements, bool nothing = false)
    {
        _requirements = requirements;
        _nothing = nothing;
    }

    /// <summary>All labels.</summary>
    public static readonly LabelSelector Everything = new([]);

    /// <summary>No labels, not even empty ones.</summary>
    public static readonly LabelSelector Nothing = new([], nothing: true);

    /// <summary>The requirements, sorted by key.</summary>
    public IReadOnlyList<LabelRequirement> Requirements => _requirements;

    /// <summary>Whether it lets everything through.</summary>
    public bool IsEverything => _requirements.Length == 0 && !_nothing;

    /// <summary>A selector of these requirements.</summary>
    public static LabelSelector Of(params IEnumerable<LabelRequirement> requirements) =>
        new([.. requirements.OrderBy(r => r.Key, StringComparer.Ordinal)]);

    /// <summary>Reads the form of kubectl and query strings: <c>app=web,tier in (a,b),!old</c>.</summary>
    /// <exception cref="FormatException">It is no selector; the message says where.</exception>
    public static LabelSelector Parse(string text) => Of(new LabelSelectorParser(text).Requirements());

    /// <summary>The selector of a plain map, as Services have it; an empty or missing map selects nothing.</summary>
    public static LabelSelector FromMap(LabelSet map) => map.Count == 0
        ? Nothing
        : Of(map.Pairs.Select(p => new LabelRequirement(p.Key, SelectorOperator.Equals, p.Value)));

    /// <summary>
    /// Reads <c>{matchLabels, matchExpressions}</c>; null selects nothing, an empty object everything.
    /// </summary>
    /// <exception cref="FormatException">An operator is not known, or values do not fit it.</exception>
    public static LabelSelector FromJson(JsonValue? json)
    {
        if (json is not JsonObject map)
        {
            return Nothing;
        }

        return map.Parsed(static selector =>
        {
            var requirements = new List<LabelRequirement>();
            foreach (KeyValuePair<string, JsonValue> pair in selector.Find("matchLabels")?.Members ?? [])
            {
                requirements.Add(new LabelRequirement(pair.Key, SelectorOperator.Equals, pair.Value.AsString ?? ""));
            }

            foreach (JsonValue expression in selector.Find("matchExpressions")?.Items ?? [])
            {
                requirements.Add(FromExpression(expression));
            }

            return requirements.Count == 0 ? Everything : Of(requirements);
        });
    }

    /// <summary>Whether the labels satisfy all requirements.</summary>
    public bool Matches(LabelSet labels)
    {
        foreach (LabelRequirement requirement in _requirements)
        {
            if (!requirement.Matches(labels))
            {
                return false;
            }
        }

        return !_nothing;
    }

    /// <summary>Whether the selector pins a label to one value, and which.</summary>
    public bool TryExactMatch(string key, out string value)
    {
        foreach (LabelRequirement requirement in _requirements)
        {
            if (requirement.Key == key && requirement.Values.Count == 1
                && requirement.Operator
                    is SelectorOperator.Equals or SelectorOperator.DoubleEquals or SelectorOperator.In)
            {
                value = requirement.Values[0];
                return true;
            }
        }

        value = "";
        return false;
    }

    /// <summary>
    /// Its text; <see cref="Parse"/> reads it back (<see cref="Nothing"/> has none and writes a note).
    /// </summary>
    public override string ToString() =>
        _text ??= _nothing ? "<nothing>" : string.Join(',', _requirements.Select(r => r.ToString()));

    private static LabelRequirement FromExpression(JsonValue expression)
    {
        string text = expression["operator"]?.AsString ?? "";
        SelectorOperator @operator = text switch
        {
            "In" => SelectorOperator.In,
            "NotIn" => SelectorOperator.NotIn,
            "Exists" => SelectorOperator.Exists,
            "DoesNotExist" => SelectorOperator.DoesNotExist,
            _ => throw new FormatException($"\"{text}\" is not a valid label selector operator"),
        };
        return new LabelRequirement(
            expression["key"]?.AsString ?? "", @operator,
            (expression["values"]?.Items ?? []).Select(v => v.AsString ?? ""));
    }
}
