using System.Globalization;

namespace Emulator.Core.Documents;

/// <summary>
/// A JSON value that never changes: what manifests and API objects are kept as. Edits share everything but the path
/// that changed, so a thousand watchers may hold one object.
/// </summary>
/// <remarks>Cases: <see cref="JsonNull"/>, <see cref="JsonBool"/>, <see cref="JsonNumber"/>, <see cref="JsonString"/>,
/// <see cref="JsonArray"/>, <see cref="JsonObject"/>. Equality is deep; the order of an object's members does not
/// count.</remarks>
public abstract class JsonValue : IEquatable<JsonValue>
{
    private protected JsonValue()
    {
    }

    /// <summary>The member of an object, or null when this is no object or has no such member.</summary>
    public JsonValue? this[string name] => (this as JsonObject)?.Find(name);

    /// <summary>The text of a string, or null when this is no string.</summary>
    public string? AsString => (this as JsonString)?.Value;

    /// <summary>The whole number, or null when this is no number or not whole.</summary>
    public long? AsInt64 => this is JsonNumber number
        && long.TryParse(number.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
            ? value : null;

    /// <summary>The truth value, or null when this is none.</summary>
    public bool? AsBool => (this as JsonBool)?.Value;

    /// <summary>The elements of an array; empty when this is no array.</summary>
    public IReadOnlyList<JsonValue> Items => (this as JsonArray)?.Elements ?? [];

    /// <summary>The members of an object in the order they were written; empty when this is no object.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonValue>> Members => (this as JsonObject)?.Pairs ?? [];

    /// <summary>
    /// About how many bytes the compact text has: exact for ASCII text that needs no escapes, save a comma. Kept by
    /// arrays and objects, so that what versions of a document share is measured once.
    /// </summary>
    public abstract int EstimatedLength { get; }

    /// <summary>Follows member names from here; null as soon as one is missing.</summary>
    public JsonValue? At(params ReadOnlySpan<string> path)
    {
        JsonValue? value = this;
        foreach (string name in path)
        {
            value = value?[name];
        }

        return value;
    }

    /// <summary>
    /// This value with the one at a path of member names replaced (null removes it); objects on the way are made.
    /// </summary>
    public JsonValue With(ReadOnlySpan<string> path, JsonValue? value)
    {
        if (path.IsEmpty)
        {
            return value ?? JsonNull.Instance;
        }

        JsonObject self = this as JsonObject ?? JsonObject.Empty;
        if (path.Length == 1)
        {
            return value is null ? self.Without(path[0]) : self.With(path[0], value);
        }

        JsonValue? child = self.Find(path[0]);
        return child is null && value is null
            ? self : self.With(path[0], (child ?? JsonObject.Empty).With(path[1..], value));
    }

    /// <inheritdoc/>
    public abstract bool Equals(JsonValue? other);

    /// <inheritdoc/>
    public sealed override bool Equals(object? obj) => Equals(obj as JsonValue);

    /// <summary>Not for hashing: values are compared, not keyed.</summary>
    public sealed override int GetHashCode() => 0;

    /// <summary>Compact JSON text.</summary>
    public override string ToString() => JsonText.Write(this);

    /// <summary>A string value.</summary>
    public static implicit operator JsonValue(string text) => new JsonString(text);

    /// <summary>A whole number.</summary>
    public static implicit operator JsonValue(long number) =>
        new JsonNumber(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A truth value.</summary>
    public static implicit operator JsonValue(bool value) => value ? JsonBool.True : JsonBool.False;
}

/// <summary><c>null</c>.</summary>
public sealed class JsonNull : JsonValue
{
    private JsonNull()
    {
    }

    /// <summary>The only one.</summary>
    public static readonly JsonNull Instance = new();

    /// <inheritdoc/>
    public override int EstimatedLength => 4;

    /// <inheritdoc/>
    public override bool Equals(JsonValue? other) => other is JsonNull;
}

/// <summary><c>true</c> or <c>false</c>.</summary>
public sealed class JsonBool : JsonValue
{
    private JsonBool(bool value) => Value = value;

    /// <summary><c>true</c>.</summary>
    public static readonly JsonBool True = new(true);

    /// <summary><c>false</c>.</summary>
    public static readonly JsonBool False = new(false);

    /// <summary>Which of the two.</summary>
    public bool Value { get; }

    /// <inheritdoc/>
    public override int EstimatedLength => Value ? 4 : 5;

    /// <inheritdoc/>
    public override bool Equals(JsonValue? other) => ReferenceEquals(this, other);
}

/// <summary>A number, kept as the text it was written in.</summary>
public sealed class JsonNumber(string text) : JsonValue
{
    /// <summary>The number as written.</summary>
    public string Text { get; } = text;

    /// <inheritdoc/>
    public override int EstimatedLength => Text.Length;

    /// <inheritdoc/>
    public override bool Equals(JsonValue? other) => other is JsonNumber number && number.Text == Text;
}

/// <summary>A string.</summary>
public sealed class JsonString(string value) : JsonValue
{
    /// <summary>Its text.</summary>
    public string Value { get; } = value;

    /// <inheritdoc/>
    public override int EstimatedLength => Value.Length + 2;

    /// <inheritdoc/>
    public override bool Equals(JsonValue? other) => other is JsonString text && text.Value == Value;
}

/// <summary>An array.</summary>
public sealed class JsonArray(IReadOnlyList<JsonValue> elements) : JsonValue
{
    private int _length;

    /// <summary>No elements.</summary>
    public static readonly JsonArray Empty = new([]);

    /// <summary>Its elements; never changed.</summary>
    public IReadOnlyList<JsonValue> Elements { get; } = elements;

    /// <inheritdoc/>
    public override int EstimatedLength => _length != 0 ? _length : _length = MeasureLength();

    /// <inheritdoc/>
    public override bool Equals(JsonValue? other) =>
        ReferenceEquals(this, other) || (other is JsonArray array && Elements.SequenceEqual(array.Elements));

    private int MeasureLength()
    {
        int length = 2;
        for (int i = 0; i < Elements.Count; i++)
        {
            length += Elements[i].EstimatedLength + 1;
        }

        return length;
    }
}
