using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Processes;

/// <summary>What kind of exchange.</summary>
public enum ExchangeKind : byte
{
    /// <summary>An HTTP/1.1 request over a new connection.</summary>
    Http,

    /// <summary>Bytes over a new TCP connection, answered with bytes.</summary>
    Tcp,

    /// <summary>A UDP datagram, answered with one.</summary>
    Udp,

    /// <summary>An ICMP echo request.</summary>
    Ping,

    /// <summary>A DNS question.</summary>
    Dns,
}

/// <summary>One application exchange that a client is to make: one trace.</summary>
public sealed record ExchangeRequest : IDescribed
{
    /// <summary>What kind.</summary>
    public required ExchangeKind Kind { get; init; }

    /// <summary>To whom: an address in dotted decimal, or a name that is resolved first. For Dns: the name to ask
    /// for.</summary>
    public required string Host { get; init; }

    /// <summary>The port; unused by Ping.</summary>
    public ushort Port { get; init; }

    /// <summary>The local address, one of the namespace's own; 0.0.0.0 takes the route's. Names are asked for from
    /// the route's.</summary>
    public IPv4Address LocalAddress { get; init; }

    /// <summary>The local port, of Ping the identifier; 0 takes a free one.</summary>
    public ushort LocalPort { get; init; }

    /// <summary>HTTP's method.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>HTTP's path.</summary>
    public string Path { get; init; } = "/";

    /// <summary>HTTP's Host header; null takes <see cref="Host"/> and, unless 80, the port.</summary>
    public string? HostHeader { get; init; }

    /// <summary>What is sent: the bytes of Tcp and Udp, HTTP's body. Ping sends so many bytes.</summary>
    public Payload Bytes { get; init; } = Payload.Empty;

    /// <summary>How many bytes make a Tcp reply complete; 0 takes the first bytes that come.</summary>
    public int ReplyLength { get; init; }

    /// <summary>TTL of what the client sends, but for its look-ups; 0 takes the namespace's default.</summary>
    public byte TimeToLive { get; init; }

    /// <summary>How Udp and Ping set DF; Tcp and Http always set it.</summary>
    public PathMtuDiscovery PathMtuDiscovery { get; init; }

    /// <summary>When to give up. Default 5 s.</summary>
    public SimDuration Timeout { get; init; } = SimDuration.FromSeconds(5);

    /// <summary>Whether Tcp is done when the connection stands: nothing is sent, the reply is empty.</summary>
    public bool OnlyConnects { get; init; }

    /// <summary>What it is called in reports; null describes it by what it asks.</summary>
    public string? Label { get; init; }

    /// <summary>The exchange's flow; 0 lets the namespace choose.</summary>
    public ulong Flow { get; init; }

    /// <inheritdoc/>
    public string Describe() => Label ?? Kind switch
    {
        ExchangeKind.Http => $"http {Method} http://{HostHeader ?? Authority}{Path}",
        ExchangeKind.Tcp => $"tcp {Host}:{Port}",
        ExchangeKind.Udp => $"udp {Host}:{Port}",
        ExchangeKind.Ping => $"ping {Host}",
        ExchangeKind.Dns => $"dns {Host}",
        _ => throw new System.Diagnostics.UnreachableException(Kind.ToString()),
    };

    /// <summary>What HTTP puts into its Host header unless told otherwise.</summary>
    public string Authority => Port == 80 ? Host : $"{Host}:{Port}";
}

/// <summary>How an exchange ended. Journaled as a number.</summary>
public enum ExchangeOutcome : byte
{
    /// <summary>The reply came.</summary>
    Reply,

    /// <summary>A reset or ICMP port unreachable: nobody listens.</summary>
    Refused,

    /// <summary>ICMP, or this host itself, says that the way is closed.</summary>
    Unreachable,

    /// <summary>Nothing came in time.</summary>
    Timeout,

    /// <summary>The connection was reset.</summary>
    Reset,

    /// <summary>The name could not be resolved.</summary>
    NameNotResolved,

    /// <summary>This host could not even send, or the reply makes no sense.</summary>
    Error,

    /// <summary>All was sent, and nothing was expected back.</summary>
    Sent,
}

/// <summary>How an exchange ended and what it brought.</summary>
public sealed record ExchangeResult : IDescribed
{
    /// <summary>How it ended.</summary>
    public required ExchangeOutcome Outcome { get; init; }

    /// <summary>From its start to its end.</summary>
    public required SimDuration Latency { get; init; }

    /// <summary>Its flow.</summary>
    public ulong Flow { get; init; }

    /// <summary>Bytes that were sent above the transport.</summary>
    public int BytesSent { get; init; }

    /// <summary>Bytes that came back above the transport.</summary>
    public int BytesReceived { get; init; }

    /// <summary>HTTP's status code; 0 where there is none.</summary>
    public int Status { get; init; }

    /// <summary>The reply: HTTP's body, the bytes of Tcp, the datagram of Udp.</summary>
    public Payload Reply { get; init; } = Payload.Empty;

    /// <summary>This end.</summary>
    public Endpoint Local { get; init; }

    /// <summary>The other end, as the reply shows it.</summary>
    public Endpoint Remote { get; init; }

    /// <summary>TTL of the reply's packet, for Udp and Ping; 0 else.</summary>
    public byte ReplyTimeToLive { get; init; }

    /// <summary>What failed, where something did.</summary>
    public SocketFailure Failure { get; init; }

    /// <summary>What went wrong in words; empty where nothing did.</summary>
    public string Problem { get; init; } = "";

    /// <inheritdoc/>
    public string Describe() => Outcome switch
    {
        ExchangeOutcome.Reply when Status != 0 => $"{Status}, {BytesReceived} bytes in {Latency}",
        ExchangeOutcome.Reply => $"reply, {BytesReceived} bytes in {Latency}",
        _ when Failure.Offender.Value != 0 =>
            $"{Outcome} after {Latency}: ICMP {(int)Failure.IcmpType}/{Failure.IcmpCode} from {Failure.Offender}",
        _ when Problem.Length > 0 => $"{Outcome} after {Latency}: {Problem}",
        _ => $"{Outcome} after {Latency}",
    };
}
