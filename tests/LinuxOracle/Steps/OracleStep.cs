using Emulator.Linux.Netlink;
using Emulator.Linux.Sockets;

namespace Emulator.LinuxOracle.Tests.Steps;

/// <summary>One thing that is done on a host of both worlds. Sockets have names; what comes of them is in the
/// <see cref="Transcript"/>. Hosts are n1 to n3, ext, and pods p1a to p3b.</summary>
internal abstract record OracleStep
{
    private OracleStep()
    {
    }

    /// <summary>How much virtual time passes after the step, in milliseconds. The real kernel is given the time that it
    /// takes to show as much.</summary>
    public int Settle { get; init; } = 60;

    /// <summary>A netlink message to a host's kernel; the same as a command in the real one. Undone after the
    /// scenario.</summary>
    public sealed record Configure(string At, NetlinkMessage Message) : OracleStep;

    /// <summary><c>iptables-save | sed … | iptables-restore</c>. Undone after the scenario.</summary>
    public sealed record EditRules(string At, Func<string, string> Edit) : OracleStep;

    /// <summary>Time passes, the same in both worlds.</summary>
    public sealed record Wait : OracleStep;

    /// <summary>A TCP socket listens; its connections are NAME#1, NAME#2 and on.</summary>
    public sealed record Listen(string At, string Name, int Port) : OracleStep
    {
        /// <summary>Whether its connections close as soon as their peer does.</summary>
        public bool ClosesWithPeer { get; init; } = true;

        /// <summary>Whether its connections leave unread what comes.</summary>
        public bool IsPaused { get; init; }
    }

    /// <summary>A TCP socket connects.</summary>
    public sealed record Connect(string At, string Name, string To, int LocalPort) : OracleStep
    {
        /// <summary>Bytes that it sends once it is connected.</summary>
        public int Request { get; init; }

        /// <summary>Bytes that an echo server is asked for in return.</summary>
        public int Reply { get; init; }

        /// <summary>Whether it closes when so many bytes have come.</summary>
        public bool ClosesAfterReply { get; init; }

        /// <summary>Whether it closes as soon as its peer does.</summary>
        public bool ClosesWithPeer { get; init; } = true;

        /// <summary>TTL of its packets; 0 for the default.</summary>
        public int TimeToLive { get; init; }
    }

    /// <summary>Bytes over a connection.</summary>
    public sealed record Send(string Name, int Bytes) : OracleStep;

    /// <summary><c>shutdown(SHUT_WR)</c>.</summary>
    public sealed record Shutdown(string Name) : OracleStep;

    /// <summary><c>close</c>, of any socket.</summary>
    public sealed record Close(string Name) : OracleStep;

    /// <summary><c>close</c> with SO_LINGER of zero seconds: a reset.</summary>
    public sealed record Abort(string Name) : OracleStep;

    /// <summary>A connection's bytes are left unread, or read again.</summary>
    public sealed record Read(string Name, bool IsPaused) : OracleStep;

    /// <summary>A UDP socket, which hears of ICMP errors (IP_RECVERR).</summary>
    public sealed record Bind(string At, string Name, int Port) : OracleStep
    {
        /// <summary>The local address; empty for any.</summary>
        public string Address { get; init; } = "";

        /// <summary>How DF is set.</summary>
        public PathMtuDiscovery Discovery { get; init; }
    }

    /// <summary>A datagram from a UDP socket.</summary>
    public sealed record SendTo(string Name, string To, int Bytes) : OracleStep
    {
        /// <summary>Bytes that an echo server is asked for in return; 0 sends its own back.</summary>
        public int Reply { get; init; }

        /// <summary>TTL; 0 for the default.</summary>
        public int TimeToLive { get; init; }
    }

    /// <summary>An echo request; its socket stays open for what comes back.</summary>
    public sealed record Ping(string At, string Name, string To, int Identifier) : OracleStep
    {
        /// <summary>Bytes of data.</summary>
        public int Bytes { get; init; } = 56;

        /// <summary>TTL; 0 for the default.</summary>
        public int TimeToLive { get; init; }

        /// <summary>How DF is set.</summary>
        public PathMtuDiscovery Discovery { get; init; }
    }

    /// <summary>The same step with its own local port moved on, so that a second try meets no old connection.</summary>
    public OracleStep Moved(int ports) => this switch
    {
        Connect connect => connect with { LocalPort = connect.LocalPort + ports },
        _ => this,
    };
}
