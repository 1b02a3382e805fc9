using System.Globalization;
using System.Text;

namespace Emulator.Core.Packets.Http;

/// <summary>An HTTP/1.1 message: <see cref="HttpRequest"/> or <see cref="HttpResponse"/>.</summary>
/// <remarks>Source: RFC 9112.</remarks>
public abstract record HttpMessage
{
    private protected HttpMessage()
    {
    }

    /// <summary>The header fields.</summary>
    public HttpHeaders Headers { get; init; } = HttpHeaders.Empty;

    /// <summary>The content, after any transfer coding was taken off.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>True for HTTP/1.0 and older, which close unless asked.</summary>
    public bool IsVersion10 { get; init; }

    /// <summary>Whether the connection stays open after this message (RFC 9112 section 9.3).</summary>
    public bool KeepsAlive => IsVersion10
        ? Headers.HasToken("Connection", "keep-alive")
        : !Headers.HasToken("Connection", "close");

    /// <summary>The message as it travels, with its Content-Length.</summary>
    public Payload ToPayload()
    {
        var head = new StringBuilder();
        head.Append(StartLine).Append("\r\n");
        foreach ((string name, string value) in Headers.Fields)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        if (NeedsLength)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {Body.Length}\r\n");
        }

        head.Append("\r\n");
        string text = head.ToString();
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + Body.Length];
        int headLength = Encoding.UTF8.GetBytes(text, bytes);
        Body.Span.CopyTo(bytes.AsSpan(headLength));
        return new BytesPayload(bytes);
    }

    private protected abstract string StartLine { get; }

    private protected abstract bool NeedsLength { get; }
}

/// <summary>An HTTP request.</summary>
/// <param name="Method">Such as <c>GET</c>.</param>
/// <param name="Target">Path and query.</param>
public sealed record HttpRequest(string Method, string Target) : HttpMessage
{
    /// <summary>The path, without the query.</summary>
    public string Path => Target.Split('?', 2)[0];

    /// <summary>The Host header without its port; empty when there is none.</summary>
    public string Host
    {
        get
        {
            string host = Headers.Find("Host") ?? "";
            int colon = host.LastIndexOf(':');
            return colon < 0 ? host : host[..colon];
        }
    }

    private protected override string StartLine => $"{Method} {Target} HTTP/1.{(IsVersion10 ? 0 : 1)}";

    private protected override bool NeedsLength => Headers.Find("Content-Length") is null
        && (Body.Length > 0 || Method is "POST" or "PUT" or "PATCH");
}

/// <summary>An HTTP response.</summary>
/// <param name="Status">The status code, 100 to 999.</param>
/// <param name="Reason">The reason phrase.</param>
public sealed record HttpResponse(int Status, string Reason) : HttpMessage
{
    /// <summary>Whether a response of this status never has content (RFC 9110 section 6.4.1).</summary>
    public bool NeverHasContent => Status is >= 100 and < 200 or 204 or 304;

    /// <summary>A response with a text as its content.</summary>
    public static HttpResponse OfText(int status, string reason, string text) => new(status, reason)
    {
        Headers = HttpHeaders.Of(("Content-Type", "text/plain; charset=utf-8")),
        Body = Encoding.UTF8.GetBytes(text),
    };

    private protected override string StartLine => $"HTTP/1.{(IsVersion10 ? 0 : 1)} {Status} {Reason}";

    private protected override bool NeedsLength => !NeverHasContent && Headers.Find("Content-Length") is null;
}
