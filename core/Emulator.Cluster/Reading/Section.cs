using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Core.Randomness;
using Emulator.Core.Time;

namespace Emulator.Cluster.Reading;

/// <summary>
/// One object of a document while it is read strictly: a field that is unknown or does not read is reported with its
/// place,
/// value and cure, and reading goes on.
/// </summary>
internal sealed class Section
{
    private readonly ManifestDocument _document;
    private readonly List<ManifestError> _errors;
    private readonly JsonValue? _value;

    /// <summary>Opens an object; null counts as an empty one.</summary>
    /// <param name="document">The document.</param>
    /// <param name="path">Where the object is.</param>
    /// <param name="value">The object.</param>
    /// <param name="errors">Where mistakes go.</param>
    /// <param name="known">The fields that it may have.</param>
    public Section(
        ManifestDocument document, string path, JsonValue? value, List<ManifestError> errors, params string[] known)
    {
        (_document, Path, _errors) = (document, path, errors);
        _value = value is JsonNull ? null : value;
        if (_value is not null and not JsonObject)
        {
            Report("", $"{Shown(_value)} is not an object; write fields such as {known[0]}.");
            _value = null;
        }

        foreach ((string name, _) in _value?.Members ?? [])
        {
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                Report(name, $"is not a known field; {NearestName.Cure(name, known)}");
            }
        }
    }

    /// <summary>Where the object is.</summary>
    public string Path { get; }

    /// <summary>Whether it was written at all.</summary>
    public bool IsPresent => _value is not null;

    /// <summary>The value of a field; null when it was not written or is null.</summary>
    public JsonValue? this[string name] => _value?[name] is JsonNull ? null : _value?[name];

    /// <summary>Reports a mistake at a field, or at the object itself for an empty name.</summary>
    public void Report(string name, string message) =>
        _errors.Add(_document.Error(name.Length == 0 ? Path : FieldPath.Member(Path, name), message));

    /// <summary>A text, or null when it was not written.</summary>
    public string? Text(string name) => this[name] switch
    {
        null => null,
        JsonString text when text.Value.Length > 0 => text.Value,
        JsonValue other => Refuse<string>(name, other, "is not a text; write one, quoted if it looks like a number."),
    };

    /// <summary>A whole number within bounds, or null when it was not written.</summary>
    public long? Whole(string name, long least, long most) => this[name] switch
    {
        null => null,
        JsonValue v when v.AsInt64 is long number && number >= least && number <= most => number,
        JsonValue v => RefuseValue<long>(name, v, $"is not a whole number from {least} to {most}; write one."),
    };

    /// <summary>A truth value, or null when it was not written.</summary>
    public bool? Flag(string name) => this[name] switch
    {
        null => null,
        JsonBool flag => flag.Value,
        JsonValue v => RefuseValue<bool>(name, v, "is not a truth value; write true or false."),
    };

    /// <summary>A block of addresses, or null when it was not written.</summary>
    public Cidr? Block(string name) => Read(name, Cidr.TryParse, (Cidr _) => true,
        "is not a CIDR block; write a prefix and its length such as 10.244.0.0/16.");

    /// <summary>An address, or null when it was not written.</summary>
    public IPv4Address? Address(string name) => Read(name, IPv4Address.TryParse, (IPv4Address _) => true,
        "is not an IPv4 address; write four octets such as 192.168.77.11.");

    /// <summary>A hardware address of one station, or null when it was not written.</summary>
    public MacAddress? Mac(string name) =>
        Read(name, ParseMac, (MacAddress mac) => !mac.IsGroup && mac != MacAddress.Zero,
        "is not the MAC address of a station; write six octets, the first even, such as 02:00:00:00:4d:0b.");

    /// <summary>A duration, or null when it was not written.</summary>
    public SimDuration? Duration(string name) => Read(name, DurationText.TryParse, (SimDuration _) => true,
        "is not a duration; write numbers with ns, us, ms, s, m or h, such as 500us.");

    /// <summary>A chance, or null when it was not written.</summary>
    public Ratio? Chance(string name) => Read(name, RatioText.TryParse, (Ratio _) => true,
        "is not a chance from 0 to 1; write it as 1%, 1/100 or 0.01.");

    /// <summary>A rate in bits a second, or null when it was not written.</summary>
    public long? Rate(string name) => Read(name, RateText.TryParse, (long _) => true,
        "is not a rate; write one such as 10Gbit or 100Mbit, or unlimited.");

    /// <summary>A size in bytes, or null when it was not written.</summary>
    public long? Size(string name) => Read(name, SizeText.TryParse, (long _) => true,
        "is not a size; write bytes such as 3000, or 32kb, 1mb or 32kbit, where k is 1024.");

    /// <summary>One of a few words as its place among them, or null when it was not written.</summary>
    public int? Choice(string name, params string[] words)
    {
        if (this[name] is not JsonValue value)
        {
            return null;
        }

        int place = Array.IndexOf(words, value.AsString);
        return place >= 0 ? place
            : RefuseValue<int>(name, value, $"is not one of {string.Join(", ", words)}; write one of these.");
    }

    /// <summary>The object in a field.</summary>
    public Section Child(string name, params string[] known) =>
        new(_document, FieldPath.Member(Path, name), this[name], _errors, known);

    /// <summary>An object at a path inside this one.</summary>
    public Section Open(string path, JsonValue value, params string[] known) =>
        new(_document, path, value, _errors, known);

    /// <summary>The objects of a list; empty when it was not written.</summary>
    public IReadOnlyList<Section> Children(string name, params string[] known) =>
        [.. Elements(name).Select(e => Open(e.Path, e.Value, known))];

    /// <summary>The elements of a list with their paths; empty when it was not written.</summary>
    public IReadOnlyList<(string Path, JsonValue Value)> Elements(string name)
    {
        if (this[name] is not JsonValue value)
        {
            return [];
        }

        if (value is not JsonArray list)
        {
            Report(name, $"{Shown(value)} is not a list; write its elements after dashes.");
            return [];
        }

        string path = FieldPath.Member(Path, name);
        var elements = new List<(string Path, JsonValue Value)>();
        for (int i = 0; i < list.Elements.Count; i++)
        {
            if (list.Elements[i] is JsonNull)
            {
                ReportAt(FieldPath.Item(path, i), "is empty; write the element or remove the dash.");
            }
            else
            {
                elements.Add((FieldPath.Item(path, i), list.Elements[i]));
            }
        }

        return elements;
    }

    /// <summary>An object at a path inside this one as a document of its own.</summary>
    public ManifestDocument Part(string path, JsonObject value) => _document.Part(path, value);

    /// <summary>Reports a mistake at a path inside this object.</summary>
    public void ReportAt(string path, string message) => _errors.Add(_document.Error(path, message));

    /// <summary>The members of a map as texts, in the order written; numbers and truth values are refused.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Texts(string name)
    {
        var members = new List<KeyValuePair<string, string>>();
        foreach ((string key, JsonValue value) in Map(name))
        {
            if (value is JsonString text)
            {
                members.Add(new(key, text.Value));
            }
            else
            {
                ReportAt(FieldPath.Member(FieldPath.Member(Path, name), key),
                $"{Shown(value)} is not a text; quote it.");
            }
        }

        return members;
    }

    /// <summary>The members of a map as whole numbers, or words of a setting that stand for them, in the order
    /// written.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Numbers(string name)
    {
        var members = new List<KeyValuePair<string, long>>();
        foreach ((string key, JsonValue value) in Map(name))
        {
            if (value.AsInt64 is long number && key != Linux.Sysctls.CongestionName)
            {
                members.Add(new(key, number));
            }
            else if (value.AsString is string word && Linux.Sysctls.TryRead(key, word, out long meaning))
            {
                members.Add(new(key, meaning));
            }
            else if (key == Linux.Sysctls.CongestionName)
            {
                ReportAt(FieldPath.Member(FieldPath.Member(Path, name), key),
                $"{Shown(value)} is no congestion control that is modelled; write cubic or reno.");
            }
            else
            {
                ReportAt(FieldPath.Member(FieldPath.Member(Path, name), key),
                $"{Shown(value)} is not a whole number; write one.");
            }
        }

        return members;
    }

    /// <summary>A number or text as it would be written, for quantities: <c>4</c>, <c>0.5</c>, <c>16Gi</c>.</summary>
    public static string? Plain(JsonValue? value) => value switch
    {
        JsonString text => text.Value,
        JsonNumber number => number.Text,
        _ => null,
    };

    /// <summary>A value for an error message, in quotes when it is a text, cut after 60 characters.</summary>
    public static string Shown(JsonValue value)
    {
        string text = value is JsonString s ? $"'{s.Value}'" : value.ToString();
        return text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 60), "…");
    }

    private delegate bool Parser<T>(ReadOnlySpan<char> text, out T value);

    private static bool ParseMac(ReadOnlySpan<char> text, out MacAddress mac) =>
    MacAddress.TryParse(text.ToString(), out mac);

    private IReadOnlyList<KeyValuePair<string, JsonValue>> Map(string name)
    {
        if (this[name] is not JsonValue value || value is JsonObject)
        {
            return this[name]?.Members ?? [];
        }

        Report(name, $"{Shown(value)} is not a map; write names and values.");
        return [];
    }

    private T? Read<T>(string name, Parser<T> parser, Func<T, bool> fits, string problem) where T : struct
    {
        if (this[name] is not JsonValue value)
        {
            return null;
        }

        return Plain(value) is string text && parser(text, out T read) && fits(read)
            ? read
            : RefuseValue<T>(name, value, problem);
    }

    private T? Refuse<T>(string name, JsonValue value, string problem) where T : class
    {
        Report(name, $"{Shown(value)} {problem}");
        return null;
    }

    private T? RefuseValue<T>(string name, JsonValue value, string problem) where T : struct
    {
        Report(name, $"{Shown(value)} {problem}");
        return null;
    }
}
