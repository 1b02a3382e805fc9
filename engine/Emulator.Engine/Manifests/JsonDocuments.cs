using System.Text;
using System.Text.Json;
using Emulator.Core.Documents;

namespace Emulator.Engine.Manifests;

/// <summary>Reads JSON text, one value after another, and keeps the line of every field.</summary>
/// <remarks>Source: RFC 8259; tokens come from .NET's own reader. A member given twice is refused.</remarks>
internal static class JsonDocuments
{
    private static readonly JsonReaderOptions Options = new() { AllowMultipleValues = true };

    /// <summary>Appends the documents of a text, or the mistake that ended the reading.</summary>
    public static void Read(string text, string file, List<ManifestDocument> documents, List<ManifestError> errors)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text.TrimStart('\uFEFF'));
        var reader = new Utf8JsonReader(bytes, Options);
        var lines = new LineCounter(bytes);
        try
        {
            while (reader.Read())
            {
                var places = new Dictionary<string, int>(StringComparer.Ordinal);
                int line = lines.At(reader.TokenStartIndex);
                var refused = new List<ManifestError>();
                JsonValue content = ReadValue(ref reader, "", file, lines, places, refused);
                errors.AddRange(refused);
                if (refused.Count == 0 && content is not JsonNull)
                {
                    documents.Add(new ManifestDocument(content, file, line, places));
                }
            }
        }
        catch (JsonException e)
        {
            string what = e.Message.Split(" LineNumber:", 2)[0];
            errors.Add(new ManifestError(file, (int)(e.LineNumber ?? 0) + 1, "",
                $"not JSON: {what} Correct the text here."));
        }
    }

    private static JsonValue ReadValue(
        ref Utf8JsonReader reader, string path, string file, LineCounter lines, Dictionary<string, int> places,
        List<ManifestError> errors)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadObject(ref reader, path, file, lines, places, errors);
            case JsonTokenType.StartArray:
                var elements = new List<JsonValue>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    string at = FieldPath.Item(path, elements.Count);
                    places[at] = lines.At(reader.TokenStartIndex);
                    elements.Add(ReadValue(ref reader, at, file, lines, places, errors));
                }

                return new JsonArray(elements);
            case JsonTokenType.String:
                return new JsonString(reader.GetString()!); // A string token always has text.
            case JsonTokenType.Number:
                return new JsonNumber(Encoding.UTF8.GetString(reader.ValueSpan));
            case JsonTokenType.True:
                return JsonBool.True;
            case JsonTokenType.False:
                return JsonBool.False;
            default:
                return JsonNull.Instance;
        }
    }

    private static JsonObject ReadObject(
        ref Utf8JsonReader reader, string path, string file, LineCounter lines, Dictionary<string, int> places,
        List<ManifestError> errors)
    {
        var members = new List<KeyValuePair<string, JsonValue>>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string name = reader.GetString()!; // A property name token always has text.
            string at = FieldPath.Member(path, name);
            int line = lines.At(reader.TokenStartIndex);
            if (!names.Add(name))
            {
                errors.Add(new ManifestError(
                    file, line, at, $"is written twice, first on line {places[at]}; keep one of the two."));
            }

            places[at] = line;
            reader.Read();
            members.Add(new(name, ReadValue(ref reader, at, file, lines, places, errors)));
        }

        return JsonObject.Of(members);
    }

    /// <summary>Gives the line of a byte; asked with rising positions it reads the text once.</summary>
    private sealed class LineCounter(byte[] bytes)
    {
        private long _position;
        private int _line = 1;

        public int At(long position)
        {
            for (; _position < position; _position++)
            {
                if (bytes[_position] == (byte)'\n')
                {
                    _line++;
                }
            }

            return _line;
        }
    }
}
