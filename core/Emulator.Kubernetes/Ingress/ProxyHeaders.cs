using Emulator.Core.Packets.Http;
using Emulator.Linux.Sockets;

namespace Emulator.Kubernetes.Ingress;

/// <summary>What a reverse proxy changes in header fields.</summary>
/// <remarks>Source: RFC 9110 section 7.6.1 (hop-by-hop fields); ingress-nginx for the X-Forwarded fields.</remarks>
internal static class ProxyHeaders
{
    private static readonly string[] HopByHop =
    [
        "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    ];

    /// <summary>The request for the Service.</summary>
    public static HttpRequest ForService(HttpRequest request, TcpConnection client)
    {
        string address = client.Remote.Address.ToString();
        string? before = request.Headers.Find("X-Forwarded-For");
        HttpHeaders headers = EndToEnd(request.Headers)
            .With("X-Forwarded-For", before is null ? address : $"{before}, {address}")
            .With("X-Forwarded-Host", request.Headers.Find("Host") ?? "")
            .With("X-Forwarded-Proto", "http")
            .With("X-Real-IP", address)
            .Add("Connection", "close");
        return request with { Headers = headers, IsVersion10 = false };
    }

    /// <summary>The response for the client.</summary>
    public static HttpResponse ForClient(HttpResponse response, bool keepsAlive)
    {
        HttpHeaders headers = EndToEnd(response.Headers);
        headers = keepsAlive ? headers : headers.Add("Connection", "close");
        return response with { Headers = headers, IsVersion10 = false };
    }

    private static HttpHeaders EndToEnd(HttpHeaders headers)
    {
        HttpHeaders kept = headers;
        foreach (string name in HopByHop)
        {
            kept = kept.Without(name);
        }

        return kept;
    }
}
