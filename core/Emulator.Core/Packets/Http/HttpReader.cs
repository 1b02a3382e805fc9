using System.Globalization;
using System.Text;

namespace Emulator.Core.Packets.Http;

/// <summary>Reads messages from a stream of bytes as they come: append bytes, take messages.</summary>
/// <remarks>
/// Source: RFC 9112. Reads Content-Length and chunked bodies, and responses that end with the connection. Rejects:
/// heads above <see cref="HeadBytesMax"/> (431), bodies above <see cref="BodyBytesMax"/> (413), transfer codings other
/// than chunked (501), both lengths at once, folded fields, versions other than 1.0 and 1.1. After an error it takes
/// nothing more.
/// </remarks>
/// <param name="readsResponses">True on a client.</param>
public sealed class HttpReader(bool readsResponses)
{
    /// <summary>Bytes of a start line and header fields.</summary>
    public const int HeadBytesMax = 32 * 1024;

    /// <summary>Bytes of a body.</summary>
    public const int BodyBytesMax = 8 * 1024 * 1024;

    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private HttpMessage? _head;
    private HttpBodyReader? _body;

    /// <summary>What was wrong; null while all is well.</summary>
    public HttpError? Error { get; private set; }

    /// <summary>Whether part of a message has been read.</summary>
    public bool IsInMessage => _head is not null || _end > _start;

    /// <summary>Set before the response to a HEAD request is read: it has no content whatever its headers
    /// say.</summary>
    public bool ExpectsNoContent { get; set; }

    /// <summary>Takes bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (Error is not null)
        {
            return;
        }

        int kept = _end - _start;
        if (_end + bytes.Length > _buffer.Length)
        {
            byte[] larger = new byte[Math.Max(kept + bytes.Length, 2 * kept)];
            _buffer.AsSpan(_start, kept).CopyTo(larger);
            (_buffer, _start, _end) = (larger, 0, kept);
        }

        bytes.CopyTo(_buffer.AsSpan(_end));
        _end += bytes.Length;
    }

    /// <summary>Takes the next whole message; false when more bytes are needed, or on an error.</summary>
    public bool TryRead([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out HttpMessage? message)
    {
        message = null;
        if (Error is not null || (_head is null && !TryReadHead()))
        {
            return false;
        }

        // TryReadHead has set both.
        _start += _body!.Read(_buffer.AsSpan(_start, _end - _start));
        if (_body.Error is not null)
        {
            Error = _body.Error;
            return false;
        }

        if (!_body.IsComplete)
        {
            return false;
        }

        message = Finish();
        return true;
    }

    /// <summary>The peer sends no more: completes a response that ends with the connection.</summary>
    public bool TryReadLast([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out HttpMessage? message)
    {
        if (TryRead(out message))
        {
            return true;
        }

        if (Error is null && _head is not null && _body is { EndsWithConnection: true })
        {
            message = Finish();
            return true;
        }

        return false;
    }

    private HttpMessage Finish()
    {
        // Called only once a head and its body are there.
        HttpMessage message = _head! with { Body = _body!.Content };
        _head = null;
        _body = null;
        ExpectsNoContent = false;
        return message;
    }

    private bool TryReadHead()
    {
        SkipEmptyLines();
        ReadOnlySpan<byte> waiting = _buffer.AsSpan(_start, _end - _start);
        int length = waiting.IndexOf("\r\n\r\n"u8);
        if (length > HeadBytesMax || (length < 0 && waiting.Length > HeadBytesMax))
        {
            Error = new HttpError(431, $"the head is longer than {HeadBytesMax} bytes");
        }

        if (length < 0 || Error is not null)
        {
            return false;
        }

        string[] lines = Encoding.Latin1.GetString(waiting[..length]).Split("\r\n");
        _start += length + 4;
        if (!TryParseFields(lines, out HttpHeaders headers))
        {
            return false;
        }

        _head = readsResponses ? ParseStatusLine(lines[0], headers) : ParseRequestLine(lines[0], headers);
        if (_head is null)
        {
            Error ??= new HttpError(400, $"'{Shorten(lines[0])}' is not a start line");
            return false;
        }

        bool isEmpty = ExpectsNoContent || _head is HttpResponse { NeverHasContent: true };
        _body = HttpBodyReader.For(headers, isEmpty, readsResponses, out HttpError? error);
        Error = error;
        return error is null;
    }

    private bool TryParseFields(string[] lines, out HttpHeaders headers)
    {
        var fields = new (string, string)[lines.Length - 1];
        headers = HttpHeaders.Empty;
        for (int i = 1; i < lines.Length; i++)
        {
            int colon = lines[i].IndexOf(':');
            if (colon <= 0 || lines[i].AsSpan(0, colon).ContainsAny(' ', '\t'))
            {
                Error = new HttpError(400, $"'{Shorten(lines[i])}' is not a header field");
                return false;
            }

            fields[i - 1] = (lines[i][..colon], lines[i][(colon + 1)..].Trim(' ', '\t'));
        }

        headers = HttpHeaders.Of(fields);
        return true;
    }

    private HttpRequest? ParseRequestLine(string line, HttpHeaders headers)
    {
        string[] parts = line.Split(' ');
        if (parts.Length != 3 || parts[0].Length == 0 || parts[1].Length == 0
            || !TryParseVersion(parts[2], out bool is10))
        {
            return null;
        }

        if (!is10 && headers.Count("Host") != 1)
        {
            Error = new HttpError(400, "an HTTP/1.1 request needs one Host field");
            return null;
        }

        return new HttpRequest(parts[0], parts[1]) { Headers = headers, IsVersion10 = is10 };
    }

    private HttpResponse? ParseStatusLine(string line, HttpHeaders headers)
    {
        string[] parts = line.Split(' ', 3);
        if (parts.Length < 2 || !TryParseVersion(parts[0], out bool is10)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int status)
            || status is < 100 or > 999)
        {
            return null;
        }

        return new HttpResponse(status, parts.Length > 2 ? parts[2] : "") { Headers = headers, IsVersion10 = is10 };
    }

    private bool TryParseVersion(string text, out bool is10)
    {
        is10 = text == "HTTP/1.0";
        if (is10 || text == "HTTP/1.1")
        {
            return true;
        }

        if (text.StartsWith("HTTP/", StringComparison.Ordinal))
        {
            Error = new HttpError(505, $"version {Shorten(text)} is not spoken here");
        }

        return false;
    }

    // RFC 9112 section 2.2: empty lines before a request are ignored.
    private void SkipEmptyLines()
    {
        while (_end - _start >= 2 && _buffer[_start] == '\r' && _buffer[_start + 1] == '\n')
        {
            _start += 2;
        }
    }

    private static string Shorten(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
