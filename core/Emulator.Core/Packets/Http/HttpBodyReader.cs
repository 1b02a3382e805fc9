using System.Globalization;
using System.Text;

namespace Emulator.Core.Packets.Http;

/// <summary>Reads one body: of a known length, chunked, or up to the end of the connection.</summary>
/// <remarks>Source: RFC 9112 sections 6 and 7. Chunk extensions and trailers are read and forgotten.</remarks>
internal sealed class HttpBodyReader
{
    private const int ChunkLineMax = 256;
    private const int TrailerLinesMax = 100;
    private readonly List<byte> _content = [];
    private readonly bool _isChunked;
    private int _left;
    private ChunkPart _part = ChunkPart.Size;
    private int _trailerLines;

    private HttpBodyReader(bool isChunked, bool endsWithConnection, int length)
    {
        _isChunked = isChunked;
        EndsWithConnection = endsWithConnection;
        _left = length;
        IsComplete = !isChunked && !endsWithConnection && length == 0;
    }

    private enum ChunkPart
    {
        Size,
        Bytes,
        LineEnd,
        Trailer,
    }

    public bool EndsWithConnection { get; }

    public bool IsComplete { get; private set; }

    public HttpError? Error { get; private set; }

    public ReadOnlyMemory<byte> Content => _content.ToArray();

    /// <summary>Decides how the body ends (RFC 9112 section 6.3).</summary>
    public static HttpBodyReader? For(HttpHeaders headers, bool isEmpty, bool isResponse, out HttpError? error)
    {
        error = null;
        string? coding = headers.Find("Transfer-Encoding");
        string? lengthText = headers.Find("Content-Length");
        if (isEmpty)
        {
            return new HttpBodyReader(false, false, 0);
        }

        if (coding is not null)
        {
            if (lengthText is not null)
            {
                error = new HttpError(400, "both Transfer-Encoding and Content-Length");
            }
            else if (!string.Equals(coding.Trim(), "chunked", StringComparison.OrdinalIgnoreCase))
            {
                error = new HttpError(501, $"transfer coding '{coding}' is not spoken here");
            }

            return error is null ? new HttpBodyReader(true, false, 0) : null;
        }

        if (lengthText is null)
        {
            return new HttpBodyReader(false, isResponse, 0);
        }

        if (headers.Count("Content-Length") > 1
            || !long.TryParse(lengthText, NumberStyles.None, CultureInfo.InvariantCulture, out long length))
        {
            error = new HttpError(400, $"'{lengthText}' is not one Content-Length");
            return null;
        }

        if (length > HttpReader.BodyBytesMax)
        {
            error = new HttpError(413, $"a body of {length} bytes is longer than {HttpReader.BodyBytesMax}");
            return null;
        }

        return new HttpBodyReader(false, false, (int)length);
    }

    /// <summary>Takes what it can of the bytes; gives how many.</summary>
    public int Read(ReadOnlySpan<byte> bytes)
    {
        int taken = 0;
        while (!IsComplete && Error is null)
        {
            int step = _isChunked ? ReadChunked(bytes[taken..]) : ReadPlain(bytes[taken..]);
            taken += step;
            if (step == 0)
            {
                break;
            }
        }

        return taken;
    }

    private int ReadPlain(ReadOnlySpan<byte> bytes)
    {
        int take = EndsWithConnection ? bytes.Length : Math.Min(_left, bytes.Length);
        Keep(bytes[..take]);
        _left -= EndsWithConnection ? 0 : take;
        IsComplete = !EndsWithConnection && _left == 0;
        return take;
    }

    private int ReadChunked(ReadOnlySpan<byte> bytes)
    {
        switch (_part)
        {
            case ChunkPart.Size:
                return ReadLine(bytes, TakeSize);
            case ChunkPart.Bytes:
                int take = Math.Min(_left, bytes.Length);
                Keep(bytes[..take]);
                _left -= take;
                _part = _left == 0 ? ChunkPart.LineEnd : ChunkPart.Bytes;
                return take;
            case ChunkPart.LineEnd:
                return ReadLine(bytes, TakeLineEnd);
            case ChunkPart.Trailer:
                return ReadLine(bytes, TakeTrailer);
            default:
                throw new System.Diagnostics.UnreachableException(_part.ToString());
        }
    }

    private int ReadLine(ReadOnlySpan<byte> bytes, Action<string> take)
    {
        int end = bytes.IndexOf("\r\n"u8);
        if (end > ChunkLineMax || (end < 0 && bytes.Length > ChunkLineMax))
        {
            Error = new HttpError(400, $"a chunk line is longer than {ChunkLineMax} bytes");
            return 0;
        }

        if (end < 0)
        {
            return 0;
        }

        take(Encoding.Latin1.GetString(bytes[..end]));
        return end + 2;
    }

    private void TakeSize(string line)
    {
        string digits = line.Split(';', 2)[0].Trim();
        if (!int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int size)
            || size < 0)
        {
            Error = new HttpError(400, $"'{digits}' is not a chunk size");
            return;
        }

        _left = size;
        _part = size == 0 ? ChunkPart.Trailer : ChunkPart.Bytes;
    }

    private void TakeLineEnd(string line)
    {
        if (line.Length > 0)
        {
            Error = new HttpError(400, "a chunk is longer than its size");
        }

        _part = ChunkPart.Size;
    }

    private void TakeTrailer(string line)
    {
        IsComplete = line.Length == 0;
        if (++_trailerLines > TrailerLinesMax)
        {
            Error = new HttpError(400, $"more than {TrailerLinesMax} trailer lines");
        }
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_content.Count + bytes.Length > HttpReader.BodyBytesMax)
        {
            Error = new HttpError(413, $"the body is longer than {HttpReader.BodyBytesMax} bytes");
            return;
        }

        _content.AddRange(bytes);
    }
}
