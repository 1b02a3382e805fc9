using System.Diagnostics;
using System.Globalization;

namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>Spans as OTLP messages.</summary>
/// <remarks>Source: opentelemetry-proto 1.x; the numbers are the fields' of its <c>.proto</c> files.</remarks>
internal static class SpanEncoder
{
    private const int StatusError = 2;

    /// <summary>Appends a span as field 2 of a <c>ScopeSpans</c> message.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="span">What.</param>
    /// <param name="epochNanoseconds">Added to virtual times.</param>
    public static void Write(ProtobufWriter writer, Span span, long epochNanoseconds)
    {
        int start = writer.Begin(2);
        writer.Id(1, span.Trace.High, span.Trace.Low);
        writer.Id(2, span.Id);
        if (span.Parent != 0)
        {
            writer.Id(4, span.Parent);
        }

        writer.Text(5, span.Name);
        writer.Varint(6, (ulong)span.Kind);
        writer.Fixed64(7, (ulong)(epochNanoseconds + span.StartNanoseconds));
        writer.Fixed64(8, (ulong)(epochNanoseconds + span.EndNanoseconds));
        foreach (SpanAttribute attribute in span.Attributes)
        {
            Write(writer, 9, attribute);
        }

        foreach ((long time, string name, string text) in span.Events)
        {
            int happened = writer.Begin(11);
            writer.Fixed64(1, (ulong)(epochNanoseconds + time));
            writer.Text(2, name);
            Write(writer, 3, new SpanAttribute("emulator.text", AttributeKind.Text, text, 0));
            writer.End(happened);
        }

        if (span.Error is not null)
        {
            int status = writer.Begin(15);
            writer.Text(2, span.Error);
            writer.Varint(3, StatusError);
            writer.End(status);
        }

        writer.End(start);
    }

    /// <summary>Appends a <c>KeyValue</c>.</summary>
    public static void Write(ProtobufWriter writer, int field, SpanAttribute attribute)
    {
        int start = writer.Begin(field);
        writer.Text(1, attribute.Key);
        int value = writer.Begin(2);
        switch (attribute.Kind)
        {
            case AttributeKind.Text:
                writer.Text(1, attribute.Value);
                break;
            case AttributeKind.Number:
                writer.Varint(3, attribute.Figure);
                break;
            case AttributeKind.Address:
                WriteAddress(writer, (uint)attribute.Figure);
                break;
            case AttributeKind.Hex:
                Span<char> digits = stackalloc char[16];
                attribute.Figure.TryFormat(digits, out _, "x16", CultureInfo.InvariantCulture);
                writer.Text(1, digits);
                break;
            default:
                throw new UnreachableException(attribute.Kind.ToString());
        }

        writer.End(value);
        writer.End(start);
    }

    private static void WriteAddress(ProtobufWriter writer, uint address)
    {
        Span<char> text = stackalloc char[15];
        int length = 0;
        for (int shift = 24; shift >= 0; shift -= 8)
        {
            ((address >> shift) & 255).TryFormat(text[length..], out int digits, default, CultureInfo.InvariantCulture);
            length += digits;
            if (shift > 0)
            {
                text[length++] = '.';
            }
        }

        writer.Text(1, text[..length]);
    }
}
