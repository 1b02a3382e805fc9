namespace Emulator.Core.Documents;

/// <summary>An object: members in the order they were written, each name once.</summary>
public sealed class JsonObject : JsonValue
{
    private readonly KeyValuePair<string, JsonValue>[] _pairs;

    private JsonObject(KeyValuePair<string, JsonValue>[] pairs) => _pairs = pairs;

    /// <summary>No members.</summary>
    public static readonly JsonObject Empty = new([]);

    /// <summary>The members in order.</summary>
    public IReadOnlyList<KeyValuePair<string, JsonValue>> Pairs => _pairs;

    /// <summary>An object of these members. Of a name given twice the last wins, as in most JSON readers.</summary>
    public static JsonObject Of(IEnumerable<KeyValuePair<string, JsonValue>> members)
    {
        var pairs = new List<KeyValuePair<string, JsonValue>>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (KeyValuePair<string, JsonValue> member in members)
        {
            if (places.TryAdd(member.Key, pairs.Count))
            {
                pairs.Add(member);
            }
            else
            {
                pairs[places[member.Key]] = member;
            }
        }

        return pairs.Count == 0 ? Empty : new JsonObject([.. pairs]);
    }

    /// <summary>An object of these members, written as tuples.</summary>
    public static JsonObject Of(params ReadOnlySpan<(string Name, JsonValue Value)> members)
    {
        JsonObject made = Empty;
        foreach ((string name, JsonValue value) in members)
        {
            made = made.With(name, value);
        }

        return made;
    }

    /// <summary>The member of a name, or null.</summary>
    public JsonValue? Find(string name)
    {
        foreach (ref readonly KeyValuePair<string, JsonValue> pair in _pairs.AsSpan())
        {
            if (pair.Key == name)
            {
                return pair.Value;
            }
        }

        return null;
    }

    /// <summary>This object with a member set: in its place if it was there, else at the end.</summary>
    public JsonObject With(string name, JsonValue value)
    {
        int place = Array.FindIndex(_pairs, p => p.Key == name);
        KeyValuePair<string, JsonValue>[] pairs;
        if (place >= 0)
        {
            pairs = (KeyValuePair<string, JsonValue>[])_pairs.Clone();
        }
        else
        {
            place = _pairs.Length;
            pairs = new KeyValuePair<string, JsonValue>[place + 1];
            _pairs.CopyTo(pairs, 0);
        }

        pairs[place] = new(name, value);
        return new JsonObject(pairs);
    }

    /// <summary>This object without a member.</summary>
    public JsonObject Without(string name) =>
        Find(name) is null ? this : new JsonObject([.. _pairs.Where(p => p.Key != name)]);

    /// <inheritdoc/>
    public override bool Equals(JsonValue? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is not JsonObject that || that._pairs.Length != _pairs.Length)
        {
            return false;
        }

        foreach (ref readonly KeyValuePair<string, JsonValue> pair in _pairs.AsSpan())
        {
            if (!pair.Value.Equals(that.Find(pair.Key)))
            {
                return false;
            }
        }

        return true;
    }
}
