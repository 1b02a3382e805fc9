using System.Globalization;
using Emulator.Core.Documents;

namespace Emulator.Kubernetes.ApiServer.Patches;

/// <summary>A list of operations on places in a document, all or none.</summary>
/// <remarks>Source: RFC 6902; places are RFC 6901 pointers.</remarks>
internal static class JsonPatch
{
    /// <exception cref="FormatException">An operation cannot be done; nothing was.</exception>
    public static JsonValue Apply(JsonValue target, JsonValue patch)
    {
        if (patch is not JsonArray operations)
        {
            throw new FormatException("a JSON patch is a list of operations");
        }

        foreach (JsonValue operation in operations.Elements)
        {
            target = Step(target, operation);
        }

        return target;
    }

    private static JsonValue Step(JsonValue target, JsonValue operation)
    {
        string path = operation["path"]?.AsString ?? throw new FormatException("a JSON patch operation has no path");
        string[] place = Pointer(path);
        switch (operation["op"]?.AsString)
        {
            case "add":
                return Put(target, place, ValueOf(operation, path), insert: true);
            case "remove":
                return Remove(target, place);
            case "replace":
                Get(target, place);
                return Put(target, place, ValueOf(operation, path), insert: false);
            case "test":
                return Get(target, place).Equals(ValueOf(operation, path))
                    ? target : throw new FormatException($"testing path {path} failed");
            case "move":
                string[] from = Pointer(operation["from"]?.AsString ?? "");
                JsonValue moved = Get(target, from);
                return Put(Remove(target, from), place, moved, insert: true);
            case "copy":
                return Put(target, place, Get(target, Pointer(operation["from"]?.AsString ?? "")), insert: true);
            default:
                throw new FormatException($"'{operation["op"]?.AsString}' is not a JSON patch operation");
        }
    }

    private static JsonValue ValueOf(JsonValue operation, string path) =>
        operation["value"] ?? throw new FormatException($"the operation on {path} has no value");

    private static JsonValue Get(JsonValue target, ReadOnlySpan<string> place)
    {
        JsonValue? value = target;
        foreach (string token in place)
        {
            value = value is JsonArray array
                ? array.Elements[IndexOf(array, token, array.Elements.Count - 1)] : value[token];
            if (value is null)
            {
                throw Missing(token);
            }
        }

        return value;
    }

    private static JsonValue Put(JsonValue target, ReadOnlySpan<string> place, JsonValue value, bool insert)
    {
        if (place.IsEmpty)
        {
            return value;
        }

        string token = place[0];
        if (target is JsonArray array)
        {
            JsonValue[] elements = [.. array.Elements];
            if (place.Length == 1 && insert)
            {
                int at = token == "-" ? elements.Length : IndexOf(array, token, elements.Length);
                return new JsonArray([.. elements[..at], value, .. elements[at..]]);
            }

            int index = IndexOf(array, token, elements.Length - 1);
            elements[index] = Put(elements[index], place[1..], value, insert);
            return new JsonArray(elements);
        }

        if (target is not JsonObject map)
        {
            throw Missing(token);
        }

        return place.Length == 1
            ? map.With(token, value)
            : map.With(token, Put(map.Find(token) ?? throw Missing(token), place[1..], value, insert));
    }

    private static JsonValue Remove(JsonValue target, ReadOnlySpan<string> place)
    {
        if (place.IsEmpty)
        {
            return JsonNull.Instance;
        }

        string token = place[0];
        if (target is JsonArray array)
        {
            int index = IndexOf(array, token, array.Elements.Count - 1);
            List<JsonValue> elements = [.. array.Elements];
            if (place.Length == 1)
            {
                elements.RemoveAt(index);
            }
            else
            {
                elements[index] = Remove(elements[index], place[1..]);
            }

            return new JsonArray(elements);
        }

        JsonValue member = (target as JsonObject)?.Find(token) ?? throw Missing(token);
        var map = (JsonObject)target;
        return place.Length == 1 ? map.Without(token) : map.With(token, Remove(member, place[1..]));
    }

    private static int IndexOf(JsonArray array, string token, int last)
    {
        bool read = int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out int index);
        bool leadingZero = token.Length > 1 && token[0] == '0';
        return read && !leadingZero && index <= last
            ? index
            : throw new FormatException($"'{token}' is no place in an array of {array.Elements.Count}");
    }

    private static string[] Pointer(string text)
    {
        if (text.Length == 0)
        {
            return [];
        }

        return text[0] != '/'
            ? throw new FormatException($"'{text}' is no JSON pointer; it begins with '/'")
            : [.. text[1..].Split('/').Select(static t => t
                .Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    private static FormatException Missing(string token) => new($"the path has no '{token}' in the object");
}
