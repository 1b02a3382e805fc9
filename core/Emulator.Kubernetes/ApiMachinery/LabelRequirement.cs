using System.Globalization;

namespace Emulator.Kubernetes.ApiMachinery;

/// <summary>How a label requirement compares.</summary>
public enum SelectorOperator : byte
{
    /// <summary><c>key = value</c>.</summary>
    Equals,

    /// <summary><c>key == value</c>, the same.</summary>
    DoubleEquals,

    /// <summary><c>key != value</c>; a missing key satisfies it.</summary>
    NotEquals,

    /// <summary><c>key in (a,b)</c>.</summary>
    In,

    /// <summary><c>key notin (a,b)</c>; a missing key satisfies it.</summary>
    NotIn,

    /// <summary><c>key</c>.</summary>
    Exists,

    /// <summary><c>!key</c>.</summary>
    DoesNotExist,

    /// <summary><c>key &gt; 5</c>, whole numbers.</summary>
    GreaterThan,

    /// <summary><c>key &lt; 5</c>, whole numbers.</summary>
    LessThan,
}

/// <summary>One demand on one label.</summary>
/// <remarks>Source: labels.Requirement of k8s.io/apimachinery.</remarks>
public sealed class LabelRequirement
{
    private readonly long _bound;

    /// <summary>A requirement; values are sorted and kept once each.</summary>
    /// <exception cref="FormatException">The key, the values or their number do not fit the operator.</exception>
    public LabelRequirement(string key, SelectorOperator @operator, params IEnumerable<string> values)
    {
        Key = key;
        Operator = @operator;
        Values = [.. values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (LabelSyntax.KeyProblem(key) is { } problem)
        {
            throw new FormatException($"key: Invalid value: \"{key}\": {problem}");
        }

        _bound = CheckValues();
    }

    /// <summary>The label's key.</summary>
    public string Key { get; }

    /// <summary>How it compares.</summary>
    public SelectorOperator Operator { get; }

    /// <summary>With what, sorted.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <summary>Whether the labels satisfy it.</summary>
    public bool Matches(LabelSet labels)
    {
        string? value = labels[Key];
        switch (Operator)
        {
            case SelectorOperator.Equals or SelectorOperator.DoubleEquals or SelectorOperator.In:
                return value is not null && Has(value);
            case SelectorOperator.NotEquals or SelectorOperator.NotIn:
                return value is null || !Has(value);
            case SelectorOperator.Exists:
                return value is not null;
            case SelectorOperator.DoesNotExist:
                return value is null;
            default:
                return value is not null
                    && long.TryParse(
                        value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
                    && (Operator == SelectorOperator.GreaterThan ? number > _bound : number < _bound);
        }
    }

    /// <summary>As a selector writes it: <c>x in (a,b)</c>.</summary>
    public override string ToString() => Operator switch
    {
        SelectorOperator.Equals => $"{Key}={Values[0]}",
        SelectorOperator.DoubleEquals => $"{Key}=={Values[0]}",
        SelectorOperator.NotEquals => $"{Key}!={Values[0]}",
        SelectorOperator.In => $"{Key} in ({string.Join(',', Values)})",
        SelectorOperator.NotIn => $"{Key} notin ({string.Join(',', Values)})",
        SelectorOperator.Exists => Key,
        SelectorOperator.DoesNotExist => $"!{Key}",
        SelectorOperator.GreaterThan => $"{Key}>{Values[0]}",
        _ => $"{Key}<{Values[0]}",
    };

    private bool Has(string value)
    {
        for (int i = 0; i < Values.Count; i++)
        {
            if (Values[i] == value)
            {
                return true;
            }
        }

        return false;
    }

    private long CheckValues()
    {
        bool single = Operator is SelectorOperator.Equals or SelectorOperator.DoubleEquals or SelectorOperator.NotEquals
            or SelectorOperator.GreaterThan or SelectorOperator.LessThan;
        if (single && Values.Count != 1)
        {
            throw new FormatException("values: Invalid value: exact-match compatibility requires one single value");
        }

        if (Operator is SelectorOperator.In or SelectorOperator.NotIn && Values.Count == 0)
        {
            throw new FormatException("values: Invalid value: for 'in', 'notin' operators, values set can't be empty");
        }

        if (Operator is SelectorOperator.Exists or SelectorOperator.DoesNotExist && Values.Count > 0)
        {
            throw new FormatException("values: Invalid value: values set must be empty for exists and does not exist");
        }

        foreach (string value in Values)
        {
            if (LabelSyntax.ValueProblem(value) is { } problem)
            {
                throw new FormatException($"values: Invalid value: \"{value}\": {problem}");
            }
        }

        long bound = 0;
        bool numeric = Operator is SelectorOperator.GreaterThan or SelectorOperator.LessThan;
        return !numeric
            || long.TryParse(Values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out bound)
            ? bound
            : throw new FormatException(
                $"values[0]: Invalid value: \"{Values[0]}\": for 'Gt', 'Lt' operators, the value must be an integer");
    }
}
