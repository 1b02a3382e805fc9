using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Emulator.Core.Documents;

/// <summary>JSON text in and out.</summary>
/// <remarks>Source: RFC 8259; reading and writing is .NET's own.</remarks>
public static class JsonText
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonWriterOptions Indented =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true };

    /// <summary>Reads one value.</summary>
    /// <exception cref="FormatException">The text is not JSON; the message has line and place.</exception>
    public static JsonValue Parse(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return From(document.RootElement);
        }
        catch (JsonException e)
        {
            throw new FormatException($"not JSON: {e.Message}", e);
        }
    }

    /// <summary>Writes a value.</summary>
    public static string Write(JsonValue value, bool indented = false)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, indented ? Indented : Compact))
        {
            Write(value, writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Writes a value into a writer.</summary>
    public static void Write(JsonValue value, Utf8JsonWriter writer)
    {
        switch (value)
        {
            case JsonNull:
                writer.WriteNullValue();
                break;
            case JsonBool flag:
                writer.WriteBooleanValue(flag.Value);
                break;
            case JsonNumber number:
                writer.WriteRawValue(number.Text);
                break;
            case JsonString text:
                writer.WriteStringValue(text.Value);
                break;
            case JsonArray array:
                writer.WriteStartArray();
                foreach (JsonValue element in array.Elements)
                {
                    Write(element, writer);
                }

                writer.WriteEndArray();
                break;
            case JsonObject map:
                writer.WriteStartObject();
                foreach ((string name, JsonValue member) in map.Pairs)
                {
                    writer.WritePropertyName(name);
                    Write(member, writer);
                }

                writer.WriteEndObject();
                break;
            default:
                throw new System.Diagnostics.UnreachableException(value.GetType().Name);
        }
    }

    private static JsonValue From(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null => JsonNull.Instance,
        JsonValueKind.True => JsonBool.True,
        JsonValueKind.False => JsonBool.False,
        JsonValueKind.Number => new JsonNumber(element.GetRawText()),
        JsonValueKind.String => new JsonString(element.GetString()!), // A string element always has text.
        JsonValueKind.Array => new JsonArray([.. element.EnumerateArray().Select(From)]),
        JsonValueKind.Object => JsonObject.Of(
            element.EnumerateObject().Select(p => KeyValuePair.Create(p.Name, From(p.Value)))),
        _ => throw new System.Diagnostics.UnreachableException(element.ValueKind.ToString()),
    };
}
