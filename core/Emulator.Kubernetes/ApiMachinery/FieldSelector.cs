using System.Text;
using Emulator.Core.Documents;

namespace Emulator.Kubernetes.ApiMachinery;

/// <summary>One term of a field selector: a field that must, or must not, have a value.</summary>
/// <param name="Field">The path, such as <c>spec.nodeName</c>.</param>
/// <param name="Value">The value as text; a missing field has the value "".</param>
/// <param name="IsEqual">True for <c>=</c> and <c>==</c>, false for <c>!=</c>.</param>
public sealed record FieldTerm(string Field, string Value, bool IsEqual)
{
    private readonly string[] _path = Field.Split('.');

    /// <summary>The field's value in an object, as text.</summary>
    public string ValueIn(ApiObject @object)
    {
        JsonValue? value = @object.Json.At(_path);
        return value switch
        {
            JsonString text => text.Value,
            JsonNumber number => number.Text,
            JsonBool flag => flag.Value ? "true" : "false",
            _ => "",
        };
    }

    /// <summary>Whether an object satisfies it.</summary>
    public bool Matches(ApiObject @object) => (ValueIn(@object) == Value) == IsEqual;
}

/// <summary>
/// Which objects are meant by the values of their fields: <c>spec.nodeName=node-1,status.phase!=Running</c>.
/// </summary>
/// <remarks>
/// Source: fields.Selector of k8s.io/apimachinery. A backslash escapes a comma, an equals sign or itself.
/// </remarks>
public sealed class FieldSelector
{
    private readonly FieldTerm[] _terms;
    private string? _text;

    private FieldSelector(FieldTerm[] terms) => _terms = terms;

    /// <summary>All objects.</summary>
    public static readonly FieldSelector Everything = new([]);

    /// <summary>The terms, sorted by field.</summary>
    public IReadOnlyList<FieldTerm> Terms => _terms;

    /// <summary>Whether it lets everything through.</summary>
    public bool IsEverything => _terms.Length == 0;

    /// <summary>A selector of one field's value.</summary>
    public static FieldSelector Equal(string field, string value) => new([new FieldTerm(field, value, true)]);

    /// <summary>The selector of kubelets: pods bound to a node.</summary>
    public static FieldSelector OnNode(string nodeName) => Equal("spec.nodeName", nodeName);

    /// <summary>The selector of one name.</summary>
    public static FieldSelector ByName(string name) => Equal("metadata.name", name);

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">A term has no operator.</exception>
    public static FieldSelector Parse(string text) => new(
        [.. SplitTerms(text).Where(t => t.Length > 0).Select(Term).OrderBy(t => t.Field, StringComparer.Ordinal)]);

    /// <summary>Whether the object satisfies all terms.</summary>
    public bool Matches(ApiObject @object)
    {
        foreach (FieldTerm term in _terms)
        {
            if (!term.Matches(@object))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Its text; <see cref="Parse"/> reads it back.</summary>
    public override string ToString() =>
        _text ??= string.Join(',', _terms.Select(t => $"{t.Field}{(t.IsEqual ? "=" : "!=")}{Escape(t.Value)}"));

    /// <summary>A value with its commas, equals signs and backslashes escaped.</summary>
    public static string Escape(string value) => value
        .Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace(",", "\\,", StringComparison.Ordinal)
        .Replace("=", "\\=", StringComparison.Ordinal);

    /// <summary>The terms between commas that are not escaped; no terms for empty text.</summary>
    public static IReadOnlyList<string> SplitTerms(string text)
    {
        var terms = new List<string>();
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == ',')
            {
                terms.Add(text[start..i]);
                start = i + 1;
            }
        }

        if (text.Length > 0)
        {
            terms.Add(text[start..]);
        }

        return terms;
    }

    private static FieldTerm Term(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            ReadOnlySpan<char> rest = text.AsSpan(i);
            int length = rest.StartsWith("!=") || rest.StartsWith("==") ? 2 : rest[0] == '=' ? 1 : 0;
            if (length > 0)
            {
                return new FieldTerm(text[..i], Unescape(text[(i + length)..]), rest[0] != '!');
            }
        }

        throw new FormatException($"invalid selector: '{text}'; can't understand '{text}'");
    }

    private static string Unescape(string value)
    {
        var plain = new StringBuilder();
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            if (c == '\\')
            {
                i++;
                c = i < value.Length && (value[i] is '\\' or ',' or '=')
                    ? value[i]
                    : throw new FormatException($"invalid field selector: invalid escape sequence in '{value}'");
            }
            else if (c is ',' or '=')
            {
                throw new FormatException($"invalid field selector: unescaped character in value: {c}");
            }

            plain.Append(c);
        }

        return plain.ToString();
    }
}
