using Emulator.Core.Addresses;
using Emulator.Core.Journal;

namespace Emulator.Linux.Processes;

/// <summary>An exchange as its server sees it.</summary>
/// <param name="Protocol">Such as <c>http</c>.</param>
public sealed record ServedExchange(string Protocol) : IDescribed
{
    /// <summary>An HTTP request.</summary>
    public static readonly ServedExchange Http = new("http");

    /// <summary>Bytes over TCP.</summary>
    public static readonly ServedExchange Tcp = new("tcp");

    /// <summary>A datagram.</summary>
    public static readonly ServedExchange Udp = new("udp");

    /// <summary>A DNS question.</summary>
    public static readonly ServedExchange Dns = new("dns");

    /// <summary>The server's end; 0.0.0.0 and its port for a socket that is bound to any address, 0 where it is not
    /// told.</summary>
    public Endpoint Local { get; init; }

    /// <summary>The client's end, as the server sees it; 0.0.0.0:0 where it is not told.</summary>
    public Endpoint Peer { get; init; }

    /// <summary>Bytes of the request, above the transport; 0 where they are not told.</summary>
    public int BytesReceived { get; init; }

    /// <inheritdoc/>
    public string Describe() => $"{Protocol} served";
}
