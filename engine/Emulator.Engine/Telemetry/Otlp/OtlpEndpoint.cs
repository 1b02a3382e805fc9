namespace Emulator.Engine.Telemetry.Otlp;

/// <summary>Where a collector listens, and how it is spoken to.</summary>
/// <param name="Address">Scheme, host and port.</param>
/// <param name="IsGrpc">True for gRPC over HTTP/2 without TLS negotiation, false for protobuf over HTTP.</param>
public sealed record OtlpEndpoint(Uri Address, bool IsGrpc)
{
    /// <summary>
    /// Reads <c>http://HOST:PORT</c> or <c>grpc://HOST:PORT</c>. Port 4317 means gRPC, as OpenTelemetry assigns it;
    /// without a port, http is 4318 and grpc 4317.
    /// </summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static OtlpEndpoint Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https" or "grpc"))
        {
            throw new FormatException(
                $"'{text}' is not an OTLP endpoint; write http://HOST:4318 (protobuf over HTTP) or grpc://HOST:4317.");
        }

        string authority = text[(text.IndexOf("://", StringComparison.Ordinal) + 3)..].Split('/')[0];
        bool hasPort = authority.Contains(':', StringComparison.Ordinal);
        bool isGrpc = uri.Scheme == "grpc" || (hasPort && uri.Port == 4317);
        int port = hasPort ? uri.Port : isGrpc ? 4317 : 4318;
        string scheme = uri.Scheme == "https" ? "https" : "http";
        return new OtlpEndpoint(new Uri($"{scheme}://{uri.Host}:{port}"), isGrpc);
    }
}
