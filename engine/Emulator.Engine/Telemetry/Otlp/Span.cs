using Emulator.Core.Addresses;

namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>How an attribute's value is written.</summary>
internal enum AttributeKind : byte
{
    Text,
    Number,
    Address,
    Hex,
}

/// <summary>A key and a value of a span, event or resource. Figures are formatted when they are encoded.</summary>
internal readonly record struct SpanAttribute(string Key, AttributeKind Kind, string? Value, ulong Figure);

/// <summary>OTLP's span kinds.</summary>
internal enum SpanKind : byte
{
    Internal = 1,
    Server = 2,
    Client = 3,
}

/// <summary>One span on its way to the encoder; the assembler fills the same object again and again.</summary>
/// <remarks>Source: opentelemetry-proto, <c>trace/v1/trace.proto</c>.</remarks>
internal sealed class Span
{
    private readonly List<SpanAttribute> _attributes = [];
    private readonly List<(long Time, string Name, string Text)> _events = [];

    public string Service { get; set; } = "";

    public (ulong High, ulong Low) Trace { get; set; }

    public ulong Id { get; set; }

    /// <summary>The parent's id, or 0 for a root.</summary>
    public ulong Parent { get; set; }

    public string Name { get; set; } = "";

    public SpanKind Kind { get; set; }

    public long StartNanoseconds { get; set; }

    public long EndNanoseconds { get; set; }

    /// <summary>The status message of a span that failed; null for the others, whose status stays unset.</summary>
    public string? Error { get; set; }

    public List<SpanAttribute> Attributes => _attributes;

    public List<(long Time, string Name, string Text)> Events => _events;

    public void Clear()
    {
        _attributes.Clear();
        _events.Clear();
        Error = null;
    }

    public void Put(string key, string value) => _attributes.Add(new SpanAttribute(key, AttributeKind.Text, value, 0));

    public void Put(string key, long value) => _attributes.Add(
        new SpanAttribute(key, AttributeKind.Number, null, (ulong)value));

    public void Put(string key, IPv4Address value) =>
        _attributes.Add(new SpanAttribute(key, AttributeKind.Address, null, value.Value));

    public void PutHex(string key, ulong value) =>
        _attributes.Add(new SpanAttribute(key, AttributeKind.Hex, null, value));
}
