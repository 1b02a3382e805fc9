using Emulator.Core.Time;

namespace Emulator.Linux.Sockets;

/// <summary>The bounds and times of sockets, each with the sysctl or constant of Linux that it follows.</summary>
public static class SocketLimits
{
    /// <summary>First ephemeral port (<c>net.ipv4.ip_local_port_range</c>).</summary>
    public const ushort EphemeralPortFirst = 32_768;

    /// <summary>Last ephemeral port.</summary>
    public const ushort EphemeralPortLast = 60_999;

    /// <summary>Sockets in one namespace, TIME-WAIT included; one more fails with
    /// <see cref="SocketError.TooManySockets"/>.</summary>
    public const int SocketsMax = 262_144;

    /// <summary>Connections that wait for a listener unless it says otherwise (<c>net.core.somaxconn</c>).</summary>
    public const int BacklogDefault = 4_096;

    /// <summary>Bytes that may wait in a UDP socket, 768 counted for each datagram
    /// (<c>net.core.rmem_default</c>).</summary>
    public const int UdpReceiveBytesMax = 212_992;

    /// <summary>What the kernel counts for a waiting datagram beyond its bytes (<c>skb-&gt;truesize</c> of a small
    /// one).</summary>
    public const int UdpDatagramOverhead = 768;

    /// <summary>Bytes that a TCP connection takes to send before it refuses more (<c>tcp_wmem[2]</c>).</summary>
    public const int SendBufferMax = 4 * 1024 * 1024;

    /// <summary>The first TCP receive window in bytes (half of <c>tcp_rmem[1]</c>).</summary>
    public const int ReceiveWindowInitial = 65_536;

    /// <summary>What the receive window grows to (half of <c>tcp_rmem[2]</c>).</summary>
    public const int ReceiveWindowMax = 3 * 1024 * 1024;

    /// <summary>Segments that may wait out of order; one more is dropped with <c>SocketReceiveBuffer</c>.</summary>
    public const int OutOfOrderSegmentsMax = 4_096;

    /// <summary>The window scale that we offer, as the recorded kernel does.</summary>
    public const byte WindowScale = 10;

    /// <summary>The initial congestion window in segments (RFC 6928).</summary>
    public const int InitialWindowSegments = 10;

    /// <summary>The MSS of a peer that names none (RFC 9293 section 3.7.1).</summary>
    public const int DefaultMss = 536;

    /// <summary>The least MTU that TCP believes in (<c>net.ipv4.route.min_pmtu</c>).</summary>
    public const int MtuMin = 552;

    /// <summary>The least segment size that TCP sends, options included, whatever a peer says
    /// (<c>net.ipv4.tcp_min_snd_mss</c>).</summary>
    public const int MssMin = 48;

    /// <summary>SYN retransmissions one second apart before the interval doubles
    /// (<c>tcp_syn_linear_timeouts</c>).</summary>
    public const int SynLinearTimeouts = 4;

    /// <summary>Further SYN retransmissions, doubling (<c>tcp_syn_retries</c>).</summary>
    public const int SynRetries = 6;

    /// <summary>SYN-ACK retransmissions (<c>tcp_synack_retries</c>).</summary>
    public const int SynAckRetries = 5;

    /// <summary>The retransmission timeout before any round trip is known (RFC 6298 section 2.1).</summary>
    public static readonly SimDuration RetransmissionTimeoutInitial = SimDuration.FromSeconds(1);

    /// <summary>The least variance term of the retransmission timeout (Linux TCP_RTO_MIN).</summary>
    public static readonly SimDuration RetransmissionTimeoutMin = SimDuration.FromMilliseconds(200);

    /// <summary>The least time that a timer of loss detection waits (Linux TCP_TIMEOUT_MIN_US; its rounding to ticks
    /// of a clock is left out).</summary>
    public static readonly SimDuration TimerSlack = SimDuration.FromMilliseconds(2);

    /// <summary>The largest retransmission timeout (Linux TCP_RTO_MAX).</summary>
    public static readonly SimDuration RetransmissionTimeoutMax = SimDuration.FromSeconds(120);

    /// <summary>How long unacknowledged data is retransmitted: <c>tcp_retries2</c> = 15 from 200 ms.</summary>
    public static readonly SimDuration RetransmissionGiveUp = SimDuration.FromMilliseconds(924_600);

    /// <summary>The same once the process has closed the socket: <c>tcp_orphan_retries</c> = 8.</summary>
    public static readonly SimDuration OrphanGiveUp = SimDuration.FromMilliseconds(102_200);

    /// <summary>The delayed acknowledgment (Linux TCP_DELACK_MIN).</summary>
    public static readonly SimDuration DelayedAck = SimDuration.FromMilliseconds(40);

    /// <summary>Segments acknowledged at once when a connection begins (Linux TCP_MAX_QUICKACKS).</summary>
    public const int QuickAcks = 16;

    /// <summary>TIME-WAIT (Linux TCP_TIMEWAIT_LEN).</summary>
    public static readonly SimDuration TimeWait = SimDuration.FromSeconds(60);

    /// <summary>How far beyond the numbers of a connection in TIME-WAIT the one begins that takes its port over
    /// (tcp_twsk_unique: the largest window without a scale, and two).</summary>
    public const uint TimeWaitGap = 65_537;

    /// <summary>FIN-WAIT-2 of a closed socket (<c>tcp_fin_timeout</c>).</summary>
    public static readonly SimDuration FinTimeout = SimDuration.FromSeconds(60);

    /// <summary>How long after an answer to a segment outside of the window further bare ones get none
    /// (tcp_invalid_ratelimit).</summary>
    public static readonly SimDuration OutOfWindowAnswers = SimDuration.FromMilliseconds(500);
}
