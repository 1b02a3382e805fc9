using System.Collections;
using System.Reflection;
using System.Text;

namespace Emulator.Cluster.Tests.Canonical;

/// <summary>An object as text: every public property, lists and what is inside them included.</summary>
internal static class Unfolded
{
    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Write(text, value, 0);
        return text.ToString();
    }

    private static void Write(StringBuilder text, object? value, int depth)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                return;
            case ReadOnlyMemory<byte> bytes:
                text.Append(Convert.ToHexString(bytes.Span));
                return;
            case string or Enum or Emulator.Core.Actors.ActorRef or Emulator.Core.Documents.JsonValue
                or Emulator.Kubernetes.ApiMachinery.ResourceType or Emulator.Kubernetes.ApiMachinery.LabelSelector
                or Emulator.Kubernetes.ApiMachinery.FieldSelector or Emulator.Underlay.Qdiscs.Probability:
                text.Append(value);
                return;
            case Emulator.Kubernetes.ApiMachinery.ApiObject one:
                text.Append(one.Type).Append(one.Json);
                return;
            case IEnumerable list:
                text.Append('[');
                foreach (object? item in list)
                {
                    Write(text, item, depth + 1);
                    text.Append(", ");
                }

                text.Append(']');
                return;
        }

        PropertyInfo[] properties = value.GetType().IsPrimitive || depth > 20 ? [] : [.. value.GetType()
            .GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(p => p.GetIndexParameters().Length == 0)];
        if (properties.Length == 0)
        {
            text.Append(value);
        }

        foreach (PropertyInfo property in properties)
        {
            text.Append(property.Name).Append('=');
            Write(text, property.GetValue(value), depth + 1);
            text.Append(' ');
        }
    }
}
