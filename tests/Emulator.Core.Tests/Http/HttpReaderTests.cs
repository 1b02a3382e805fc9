using System.Text;
using Emulator.Core.Packets;
using Emulator.Core.Packets.Http;

namespace Emulator.Core.Tests.Http;

/// <summary>Expected values: RFC 9112 and RFC 9110, sections named at each test.</summary>
public class HttpReaderTests
{
    private const string Chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "5;name=value\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: x\r\n\r\n";

    [Fact]
    public void Reads_what_a_request_writes()
    {
        var request = new HttpRequest("POST", "/a/b?c=d")
        {
            Headers = HttpHeaders.Of(("Host", "web.example:8080"), ("X-Empty", "")),
            Body = "body"u8.ToArray(),
        };
        var read = (HttpRequest)Assert.Single(ReadAll(false, Text(request.ToPayload())));
        Assert.Equal(("POST", "/a/b?c=d", "/a/b", "web.example"), (read.Method, read.Target, read.Path, read.Host));
        Assert.Equal("4", read.Headers.Find("content-length"));
        Assert.Equal("", read.Headers.Find("X-EMPTY"));
        Assert.Equal("body"u8.ToArray(), read.Body.ToArray());
    }

    [Fact]
    public void Writes_a_response_byte_for_byte() => Assert.Equal(
        "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n\r\nno\n",
        Text(HttpResponse.OfText(404, "Not Found", "no\n").ToPayload()));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Reads_a_chunked_body_however_its_bytes_come(int step)
    {
        // RFC 9112 section 7.1: chunk extensions and trailers are allowed.
        var reader = new HttpReader(readsResponses: true);
        byte[] bytes = Encoding.ASCII.GetBytes(Chunked);
        HttpMessage? message = null;
        for (int i = 0; i < bytes.Length; i += step)
        {
            Assert.False(message is not null);
            reader.Append(bytes.AsSpan(i, Math.Min(step, bytes.Length - i)));
            reader.TryRead(out message);
        }

        Assert.Equal("hello world"u8.ToArray(), message!.Body.ToArray());
        Assert.False(reader.IsInMessage);
    }

    [Fact]
    public void Reads_requests_that_follow_each_other()
    {
        const string Two =
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n\r\nPUT /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok";
        Assert.Equal(["/1", "/2"], ReadAll(false, Two).Cast<HttpRequest>().Select(r => r.Target));
    }

    [Fact]
    public void Ends_a_response_without_a_length_with_the_connection()
    {
        // RFC 9112 section 6.3, rule 8.
        var reader = new HttpReader(readsResponses: true);
        reader.Append("HTTP/1.1 200 OK\r\n\r\nall that comes"u8);
        Assert.False(reader.TryRead(out _));
        Assert.True(reader.TryReadLast(out HttpMessage? message));
        Assert.Equal("all that comes"u8.ToArray(), message.Body.ToArray());
    }

    [Fact]
    public void Does_not_take_a_cut_body_for_a_whole_one()
    {
        var reader = new HttpReader(readsResponses: true);
        reader.Append("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"u8);
        Assert.False(reader.TryReadLast(out _));
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", false)]
    [InlineData("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true)]
    public void Knows_responses_that_have_no_content(string text, bool answersHead)
    {
        // RFC 9110 section 6.4.1.
        var reader = new HttpReader(readsResponses: true) { ExpectsNoContent = answersHead };
        reader.Append(Encoding.ASCII.GetBytes(text));
        Assert.True(reader.TryRead(out HttpMessage? message));
        Assert.Equal(0, message.Body.Length);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", true)]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: Foo, Close\r\n\r\n", false)]
    [InlineData("HTTP/1.0 200 OK\r\n\r\n", false)]
    [InlineData("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", true)]
    public void Knows_whether_the_connection_stays_open(string text, bool expected)
    {
        // RFC 9112 section 9.3.
        var reader = new HttpReader(readsResponses: true) { ExpectsNoContent = true };
        reader.Append(Encoding.ASCII.GetBytes(text));
        Assert.True(reader.TryRead(out HttpMessage? message));
        Assert.Equal(expected, message.KeepsAlive);
    }

    [Theory]
    [InlineData("nonsense\r\n\r\n", 400)]
    [InlineData("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n", 413)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400)]
    public void Rejects_what_it_must(string text, int status)
    {
        var reader = new HttpReader(readsResponses: false);
        reader.Append(Encoding.ASCII.GetBytes(text));
        Assert.False(reader.TryRead(out _));
        Assert.Equal(status, reader.Error!.Status);
    }

    [Fact]
    public void Rejects_a_head_without_end()
    {
        var reader = new HttpReader(readsResponses: false);
        reader.Append(new byte[HttpReader.HeadBytesMax + 1]);
        Assert.False(reader.TryRead(out _));
        Assert.Equal(431, reader.Error!.Status);
    }

    private static List<HttpMessage> ReadAll(bool readsResponses, string text)
    {
        var reader = new HttpReader(readsResponses);
        reader.Append(Encoding.ASCII.GetBytes(text));
        var messages = new List<HttpMessage>();
        while (reader.TryRead(out HttpMessage? message))
        {
            messages.Add(message);
        }

        Assert.Null(reader.Error);
        return messages;
    }

    private static string Text(Payload payload) => Encoding.UTF8.GetString(((BytesPayload)payload).Bytes.Span);
}
