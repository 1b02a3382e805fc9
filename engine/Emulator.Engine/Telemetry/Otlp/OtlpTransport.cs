using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;

namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>How one attempt to send a request went.</summary>
/// <param name="IsAccepted">The collector took it.</param>
/// <param name="MayRetry">It did not, and the same request may succeed later.</param>
/// <param name="Problem">What it said, where it did not.</param>
/// <param name="Response">The <c>ExportTraceServiceResponse</c>, where it did.</param>
/// <param name="RetryAfter">How long it wants to be left alone, if it said so.</param>
internal sealed record OtlpAttempt(
    bool IsAccepted, bool MayRetry, string Problem, byte[] Response, TimeSpan? RetryAfter = null);

/// <summary>Sends one request over HTTP, as protobuf or as a gRPC call.</summary>
/// <remarks>
/// Source: the OTLP specification (which answers may be retried) and "gRPC over HTTP2" (a message is a zero byte,
/// four bytes of length and the message; the status comes in the trailers).
/// </remarks>
internal sealed class OtlpTransport : IDisposable
{
    private const string GrpcPath = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
    private const int GrpcPrefixLength = 5;

    private readonly HttpClient _client;
    private readonly OtlpEndpoint _endpoint;

    public OtlpTransport(OtlpEndpoint endpoint, TimeSpan timeout)
    {
        _endpoint = endpoint;
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = timeout };
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Tries once.</summary>
    public async Task<OtlpAttempt> Send(byte[] request)
    {
        try
        {
            using HttpRequestMessage message = _endpoint.IsGrpc ? Call(request) : Post(request);
            using HttpResponseMessage response = await _client.SendAsync(message).ConfigureAwait(false);
            byte[] body = await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false);
            return _endpoint.IsGrpc && response.StatusCode == HttpStatusCode.OK
                ? GrpcResult(response, body)
                : HttpResult(response, body);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            return new OtlpAttempt(false, true, e.Message, []);
        }
    }

    private HttpRequestMessage Post(byte[] request)
    {
        var content = new ByteArrayContent(request);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        return new HttpRequestMessage(HttpMethod.Post, new Uri(_endpoint.Address, "/v1/traces")) { Content = content };
    }

    private HttpRequestMessage Call(byte[] request)
    {
        var framed = new byte[GrpcPrefixLength + request.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), request.Length); // Byte 0: not compressed.
        request.CopyTo(framed, GrpcPrefixLength);
        var content = new ByteArrayContent(framed);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        var message = new HttpRequestMessage(HttpMethod.Post, new Uri(_endpoint.Address, GrpcPath))
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact, // Prior knowledge: no upgrade is tried.
        };
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        return message;
    }

    private static OtlpAttempt HttpResult(HttpResponseMessage response, byte[] body)
    {
        int status = (int)response.StatusCode;
        TimeSpan? retryAfter = response.Headers.RetryAfter?.Delta;
        return status is >= 200 and < 300
            ? new OtlpAttempt(true, false, "", body)
            : new OtlpAttempt(false, status is 429 or 502 or 503 or 504, $"HTTP {status}", body, retryAfter);
    }

    private static OtlpAttempt GrpcResult(HttpResponseMessage response, byte[] body)
    {
        string status = Header(response, "grpc-status") ?? "2";
        if (status == "0")
        {
            return new OtlpAttempt(true, false, "", body.Length > GrpcPrefixLength ? body[GrpcPrefixLength..] : []);
        }

        string text = Header(response, "grpc-message") ?? "";
        // CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS.
        bool mayRetry = status is "1" or "4" or "8" or "10" or "11" or "14" or "15";
        return new OtlpAttempt(false, mayRetry, $"gRPC status {status} {text}".TrimEnd(), []);
    }

    /// <summary>Where there is no message, the status may come in the headers ("Trailers-Only").</summary>
    private static string? Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out IEnumerable<string>? values)
            || response.Headers.TryGetValues(name, out values)
            ? values.First()
            : null;
}
