using Emulator.Core.Documents;

namespace Emulator.Core.Canonical;

/// <summary>A JSON value as a tree, exact to the text of its numbers and the order of its members.</summary>
public static class JsonCodec
{
    private const byte Null = 0;
    private const byte False = 1;
    private const byte True = 2;
    private const byte Number = 3;
    private const byte Text = 4;
    private const byte Array = 5;
    private const byte Object = 6;

    /// <summary>Writes a value.</summary>
    public static void Write(CanonicalWriter writer, JsonValue value)
    {
        switch (value)
        {
            case JsonNull:
                writer.Byte(Null);
                break;
            case JsonBool flag:
                writer.Byte(flag.Value ? True : False);
                break;
            case JsonNumber number:
                writer.Byte(Number);
                writer.Name(number.Text);
                break;
            case JsonString text:
                writer.Byte(Text);
                writer.Name(text.Value);
                break;
            case JsonArray array:
                writer.Byte(Array);
                writer.Varint((ulong)array.Elements.Count);
                foreach (JsonValue element in array.Elements)
                {
                    Write(writer, element);
                }

                break;
            case JsonObject map:
                writer.Byte(Object);
                writer.Varint((ulong)map.Pairs.Count);
                foreach (KeyValuePair<string, JsonValue> pair in map.Pairs)
                {
                    writer.Name(pair.Key);
                    Write(writer, pair.Value);
                }

                break;
            default:
                throw new System.Diagnostics.UnreachableException(value.GetType().Name);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static JsonValue Read(CanonicalReader reader) => reader.Byte() switch
    {
        Null => JsonNull.Instance,
        False => JsonBool.False,
        True => JsonBool.True,
        Number => new JsonNumber(reader.Name()),
        Text => new JsonString(reader.Name()),
        Array => reader.Nested(ReadArray),
        Object => reader.Nested(ReadObject),
        byte other => throw reader.Malformed($"{other} is no kind of JSON value"),
    };

    private static JsonArray ReadArray(CanonicalReader reader)
    {
        var elements = new JsonValue[reader.Count()];
        for (int i = 0; i < elements.Length; i++)
        {
            elements[i] = Read(reader);
        }

        return new JsonArray(elements);
    }

    private static JsonObject ReadObject(CanonicalReader reader)
    {
        var pairs = new KeyValuePair<string, JsonValue>[reader.Count()];
        for (int i = 0; i < pairs.Length; i++)
        {
            string name = reader.Name();
            pairs[i] = new(name, Read(reader));
        }

        JsonObject made = JsonObject.Of(pairs);
        return made.Pairs.Count == pairs.Length ? made : throw reader.Malformed("a member's name comes twice");
    }
}
