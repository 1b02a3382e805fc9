namespace Emulator.Core.Documents;

/// <summary>An object: members in the order they were written, each name once.</summary>
public sealed class JsonObject : JsonValue
{
    private readonly KeyValuePair<string, JsonValue>[] _pairs;
    private int _length;
    private object? _parsed;

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

    /// <inheritdoc/>
    public override int EstimatedLength => _length != 0 ? _length : _length = MeasureLength();

    /// <summary>The member of a name, or null.</summary>
    public JsonValue? Find(string name)
    {
        int place = PlaceOf(name);
        return place < 0 ? null : _pairs[place].Value;
    }

    /// <summary>
    /// What a reader makes of this object, made once and kept with it, so that all who share the object share that
    /// too.
    /// </summary>
    /// <remarks>One kind of reader per object: another type replaces what was kept. Two threads may both make it; since
    /// <paramref name="read"/> is pure, either result serves.</remarks>
    /// <param name="read">Makes it; a static function of this object alone.</param>
    public T Parsed<T>(Func<JsonObject, T> read)
        where T : class
    {
        if (_parsed is T kept)
        {
            return kept;
        }

        T made = read(this);
        _parsed = made;
        return made;
    }

    /// <summary>This object with a member set: in its place if it was there, else at the end.</summary>
    public JsonObject With(string name, JsonValue value)
    {
        int place = PlaceOf(name);
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
    public JsonObject Without(string name)
    {
        int place = PlaceOf(name);
        if (place < 0)
        {
            return this;
        }

        if (_pairs.Length == 1)
        {
            return Empty;
        }

        var pairs = new KeyValuePair<string, JsonValue>[_pairs.Length - 1];
        Array.Copy(_pairs, pairs, place);
        Array.Copy(_pairs, place + 1, pairs, place, pairs.Length - place);
        return new JsonObject(pairs);
    }

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

        for (int i = 0; i < _pairs.Length; i++)
        {
            // Versions of one document have their members at the same places: look there first.
            ref readonly KeyValuePair<string, JsonValue> pair = ref _pairs[i];
            ref readonly KeyValuePair<string, JsonValue> place = ref that._pairs[i];
            JsonValue? value = pair.Key == place.Key ? place.Value : that.Find(pair.Key);
            if (!ReferenceEquals(pair.Value, value) && !pair.Value.Equals(value))
            {
                return false;
            }
        }

        return true;
    }

    private int PlaceOf(string name)
    {
        KeyValuePair<string, JsonValue>[] pairs = _pairs;
        for (int i = 0; i < pairs.Length; i++)
        {
            if (pairs[i].Key == name)
            {
                return i;
            }
        }

        return -1;
    }

    private int MeasureLength()
    {
        int length = 2;
        foreach (ref readonly KeyValuePair<string, JsonValue> pair in _pairs.AsSpan())
        {
            length += pair.Key.Length + 4 + pair.Value.EstimatedLength; // Quotes, colon and comma.
        }

        return length;
    }
}
