using System.Collections;
using System.Reflection;
using System.Text;
using Emulator.Core.Actors;
using Emulator.Core.Documents;

namespace Emulator.Core.Tests.Canonical;

/// <summary>Every public property of an object, nested, as text: two objects with one text are the same but for
/// identity. It also sees what a codec was never told of.</summary>
internal static class FieldText
{
    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Write(value, text);
        return text.ToString();
    }

    private static void Write(object? value, StringBuilder text)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case ReadOnlyMemory<byte> bytes:
                text.Append(Convert.ToHexString(bytes.Span));
                break;
            case ActorRef actor:
                text.Append($"{actor.Machine.Name}|{actor.Name}|{actor.Incarnation}");
                break;
            case string or JsonValue:
                text.Append('"').Append(value).Append('"');
                break;
            case IEnumerable list:
                text.Append('[');
                foreach (object? item in list)
                {
                    Write(item, text);
                    text.Append(' ');
                }

                text.Append(']');
                break;
            default:
                WriteProperties(value, text);
                break;
        }
    }

    private static void WriteProperties(object value, StringBuilder text)
    {
        Type type = value.GetType();
        bool isLeaf = type.IsPrimitive || type.IsEnum || type.Namespace == "Emulator.Core.Addresses";
        if (isLeaf)
        {
            text.Append(value);
            return;
        }

        text.Append(type.Name).Append('{');
        // A structure that gives one of its own type has computed it, and would do so without end.
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.GetIndexParameters().Length == 0 && !(type.IsValueType && p.PropertyType == type))
            .OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            text.Append(property.Name).Append('=');
            Write(property.GetValue(value), text);
            text.Append(' ');
        }

        foreach (FieldInfo field in type.GetFields(BindingFlags.Public | BindingFlags.Instance))
        {
            text.Append(field.Name).Append('=');
            Write(field.GetValue(value), text);
            text.Append(' ');
        }

        text.Append('}');
    }
}
