using Emulator.Core.Documents;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Emulator.Engine.Manifests;

/// <summary>Composes one document's parser events into a JSON value.</summary>
internal sealed class YamlComposer(IParser parser, string file)
{
    /// <summary>How many values a document may have with its aliases written out: 1,000,000. Stops alias
    /// bombs.</summary>
    public const int ValuesMax = 1_000_000;

    /// <summary>How deep values may be nested: 100.</summary>
    public const int DepthMax = 100;

    private readonly Dictionary<AnchorName, (JsonValue Value, int Count)> _anchors = [];
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);
    private int _count;
    private int _depth;

    /// <summary>The mistakes found.</summary>
    public List<ManifestError> Errors { get; } = [];

    /// <summary>The line of each field by its path.</summary>
    public IReadOnlyDictionary<string, int> Lines => _lines;

    /// <summary>The line of the first value.</summary>
    public int FirstLine { get; private set; }

    /// <summary>Reads the document's value.</summary>
    public JsonValue Compose() => Value("");

    private JsonValue Value(string path)
    {
        ParsingEvent next = parser.Consume<ParsingEvent>();
        int line = (int)next.Start.Line;
        FirstLine = FirstLine == 0 ? line : FirstLine;
        if (next is AnchorAlias alias)
        {
            return Alias(alias, path, line);
        }

        int before = _count;
        Count(1, next.Start);
        AnchorName anchor = ((NodeEvent)next).Anchor;
        JsonValue value = next switch
        {
            Scalar scalar => Word(scalar, path, line),
            SequenceStart => Sequence(path, next.Start),
            MappingStart => Mapping(path, next.Start),
            _ => throw new System.Diagnostics.UnreachableException(next.GetType().Name),
        };
        if (!anchor.IsEmpty)
        {
            _anchors[anchor] = (value, _count - before);
        }

        return value;
    }

    private JsonValue Alias(AnchorAlias alias, string path, int line)
    {
        if (!_anchors.TryGetValue(alias.Value, out (JsonValue Value, int Count) known))
        {
            Errors.Add(new ManifestError(
                file, line, path, $"*{alias.Value} names no anchor; write &{alias.Value} at a value above it."));
            return JsonNull.Instance;
        }

        Count(known.Count, alias.Start);
        return known.Value;
    }

    private JsonValue Word(Scalar scalar, string path, int line)
    {
        if (!scalar.Tag.IsEmpty && scalar.Tag.Value is not ("!" or "tag:yaml.org,2002:str"))
        {
            return Tagged(scalar, path, line);
        }

        if (scalar.Style != ScalarStyle.Plain || !scalar.Tag.IsEmpty)
        {
            return new JsonString(scalar.Value);
        }

        if (!YamlScalar.TryResolve(scalar.Value, out JsonValue value))
        {
            Errors.Add(new ManifestError(
                file, line, path, $"'{scalar.Value}' is a number that JSON cannot hold; quote it or write a finite "
                + "number."));
        }

        return value;
    }

    private JsonValue Tagged(Scalar scalar, string path, int line)
    {
        const string Core = "tag:yaml.org,2002:";
        bool known = YamlScalar.TryResolve(scalar.Value, out JsonValue value);
        bool fits = known && scalar.Tag.Value switch
        {
            Core + "int" => value is JsonNumber && value.AsInt64 is not null,
            Core + "float" => value is JsonNumber,
            Core + "bool" => value is JsonBool,
            Core + "null" => value is JsonNull,
            _ => false,
        };
        if (!fits)
        {
            Errors.Add(new ManifestError(
                file, line, path, $"'{scalar.Value}' cannot be read as {scalar.Tag.Value.Replace(Core, "!!")}; leave "
                + "the tag out."));
        }

        return value;
    }

    private JsonArray Sequence(string path, Mark start)
    {
        Enter(start);
        var elements = new List<JsonValue>();
        while (!parser.TryConsume<SequenceEnd>(out _))
        {
            string at = FieldPath.Item(path, elements.Count);
            _lines[at] = (int)parser.Current!.Start.Line; // TryConsume has read an event.
            elements.Add(Value(at));
        }

        _depth--;
        return new JsonArray(elements);
    }

    private JsonObject Mapping(string path, Mark start)
    {
        Enter(start);
        var members = new List<KeyValuePair<string, JsonValue>>();
        var merged = new List<KeyValuePair<string, JsonValue>>();
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            int line = (int)parser.Current!.Start.Line; // TryConsume has read an event.
            if (parser.Accept<Scalar>(out Scalar? key) && key.Value == "<<" && key.Style == ScalarStyle.Plain)
            {
                parser.Consume<Scalar>();
                Merge(Value(path), path, line, merged);
                continue;
            }

            string name = Key(path, line);
            string at = FieldPath.Member(path, name);
            if (!names.TryAdd(name, line))
            {
                Errors.Add(new ManifestError(
                    file, line, at, $"is written twice, first on line {names[name]}; keep one of the two."));
            }

            _lines[at] = line;
            members.Add(new(name, Value(at)));
        }

        _depth--;
        members.AddRange(merged.Where(m => names.TryAdd(m.Key, 0)));
        return JsonObject.Of(members);
    }

    private string Key(string path, int line)
    {
        JsonValue key = Value(path);
        switch (key)
        {
            case JsonString text:
                return text.Value;
            case JsonNumber or JsonBool:
                return key.ToString();
            default:
                Errors.Add(new ManifestError(file, line, path, $"the key {key} is not a text; quote it."));
                return "";
        }
    }

    private void Merge(JsonValue source, string path, int line, List<KeyValuePair<string, JsonValue>> merged)
    {
        // Source: YAML merge key type (yaml.org/type/merge.html): earlier maps win over later, own keys over all.
        foreach (JsonValue map in source is JsonArray many ? many.Elements : [source])
        {
            if (map is JsonObject members)
            {
                merged.AddRange(members.Pairs);
            }
            else
            {
                Errors.Add(new ManifestError(file, line, path,
                $"<<: merges {map}, which is no map; give the alias of a map."));
            }
        }
    }

    private void Count(int values, Mark at)
    {
        _count += values;
        if (_count > ValuesMax)
        {
            throw new YamlException(at, at, $"more than {ValuesMax} values with aliases written out");
        }
    }

    private void Enter(Mark at)
    {
        if (++_depth > DepthMax)
        {
            throw new YamlException(at, at, $"nested deeper than {DepthMax}");
        }
    }
}
