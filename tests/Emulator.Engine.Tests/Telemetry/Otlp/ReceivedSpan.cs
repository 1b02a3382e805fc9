using System.Buffers.Binary;
using System.Text;

namespace Emulator.Engine.Tests.Telemetry.Otlp;

/// <summary>A span as a collector reads it, decoded by field numbers of opentelemetry-proto and nothing of
/// ours.</summary>
internal sealed class ReceivedSpan
{
    public string Service { get; private set; } = "";

    public string Trace { get; private set; } = "";

    public string Id { get; private set; } = "";

    public string Parent { get; private set; } = "";

    public string Name { get; private set; } = "";

    public int Kind { get; private set; }

    public long Start { get; private set; }

    public long End { get; private set; }

    public int Status { get; private set; }

    public SortedDictionary<string, string> Attributes { get; } = new(StringComparer.Ordinal);

    public List<string> Events { get; } = [];

    public bool IsHop => Attributes.ContainsKey("emulator.hop.seq");

    public static IEnumerable<ReceivedSpan> Read(byte[] request)
    {
        foreach (byte[] resourceSpans in Messages(request, 1))
        {
            var resource = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (byte[] attribute in Messages(resourceSpans, 1).SelectMany(r => Messages(r, 1)))
            {
                Put(resource, attribute);
            }

            foreach (byte[] span in Messages(resourceSpans, 2).SelectMany(s => Messages(s, 2)))
            {
                yield return Of(span, resource["service.name"]);
            }
        }
    }

    private static ReceivedSpan Of(byte[] message, string service)
    {
        var span = new ReceivedSpan { Service = service };
        foreach ((int field, ulong number, byte[] bytes) in Fields(message))
        {
            switch (field)
            {
                case 1:
                    span.Trace = Convert.ToHexString(bytes);
                    break;
                case 2:
                    span.Id = Convert.ToHexString(bytes);
                    break;
                case 4:
                    span.Parent = Convert.ToHexString(bytes);
                    break;
                case 5:
                    span.Name = Encoding.UTF8.GetString(bytes);
                    break;
                case 6:
                    span.Kind = (int)number;
                    break;
                case 7:
                    span.Start = (long)number;
                    break;
                case 8:
                    span.End = (long)number;
                    break;
                case 9:
                    Put(span.Attributes, bytes);
                    break;
                case 11:
                    span.Events.Add(Encoding.UTF8.GetString(Fields(bytes).First(f => f.Field == 2).Bytes));
                    break;
                case 15:
                    span.Status = (int)Fields(bytes).First(f => f.Field == 3).Number;
                    break;
                default:
                    throw new InvalidOperationException($"field {field}");
            }
        }

        return span;
    }

    private static void Put(SortedDictionary<string, string> into, byte[] attribute)
    {
        string key = Encoding.UTF8.GetString(Fields(attribute).Single(f => f.Field == 1).Bytes);
        (int field, ulong number, byte[] bytes) = Fields(Messages(attribute, 2).Single()).Single();
        into.Add(key, field == 1 ? Encoding.UTF8.GetString(bytes) : $"{(long)number}"); // 1 is text, 3 a whole number.
    }

    private static IEnumerable<byte[]> Messages(byte[] message, int field) =>
        Fields(message).Where(f => f.Field == field).Select(f => f.Bytes);

    private static List<(int Field, ulong Number, byte[] Bytes)> Fields(byte[] message)
    {
        var fields = new List<(int, ulong, byte[])>();
        int at = 0;
        while (at < message.Length)
        {
            ulong tag = Varint(message, ref at);
            ulong number = 0;
            byte[] bytes = [];
            switch (tag & 7)
            {
                case 0:
                    number = Varint(message, ref at);
                    break;
                case 1:
                    number = BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(at));
                    at += 8;
                    break;
                case 2:
                    int length = (int)Varint(message, ref at);
                    bytes = message[at..(at + length)];
                    at += length;
                    break;
                default:
                    throw new InvalidOperationException($"wire type {tag & 7}");
            }

            fields.Add(((int)(tag >> 3), number, bytes));
        }

        return fields;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
