namespace Emulator.Core.Packets.Http;

/// <summary>The header fields of a message, in order. Names compare without case.</summary>
/// <remarks>Source: RFC 9110 section 5.</remarks>
public sealed class HttpHeaders
{
    private readonly (string Name, string Value)[] _fields;

    private HttpHeaders((string Name, string Value)[] fields) => _fields = fields;

    /// <summary>No fields.</summary>
    public static readonly HttpHeaders Empty = new([]);

    /// <summary>The fields in order.</summary>
    public IReadOnlyList<(string Name, string Value)> Fields => _fields;

    /// <summary>Headers of these fields.</summary>
    public static HttpHeaders Of(params (string Name, string Value)[] fields) => new(fields);

    /// <summary>The value of the first field of a name, or null.</summary>
    public string? Find(string name)
    {
        foreach ((string fieldName, string value) in _fields)
        {
            if (string.Equals(fieldName, name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>How many fields have a name.</summary>
    public int Count(string name) =>
        _fields.Count(f => string.Equals(f.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether a field that lists tokens names one of them, such as <c>close</c> in Connection.</summary>
    public bool HasToken(string name, string token) => _fields.Any(
        f => string.Equals(f.Name, name, StringComparison.OrdinalIgnoreCase)
            && f.Value.Split(',').Any(t => string.Equals(t.Trim(), token, StringComparison.OrdinalIgnoreCase)));

    /// <summary>These headers with one more field at the end.</summary>
    public HttpHeaders Add(string name, string value) => new([.. _fields, (name, value)]);

    /// <summary>These headers without the fields of a name.</summary>
    public HttpHeaders Without(string name) =>
        new([.. _fields.Where(f => !string.Equals(f.Name, name, StringComparison.OrdinalIgnoreCase))]);

    /// <summary>These headers with the fields of a name replaced by one at the end.</summary>
    public HttpHeaders With(string name, string value) => Without(name).Add(name, value);
}
