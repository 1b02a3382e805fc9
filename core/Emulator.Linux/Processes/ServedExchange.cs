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

    /// <inheritdoc/>
    public string Describe() => $"{Protocol} served";
}
