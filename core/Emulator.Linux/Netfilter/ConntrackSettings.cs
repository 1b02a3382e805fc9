namespace Emulator.Linux.Netfilter;

/// <summary>The <c>net.netfilter.nf_conntrack_*</c> settings; times in whole seconds, defaults as in Linux.</summary>
public sealed record ConntrackSettings
{
    /// <summary>What Linux starts with.</summary>
    public static readonly ConntrackSettings Default = new();

    /// <summary>nf_conntrack_max: the most connections at once. Default 262,144.</summary>
    public int Max { get; init; } = 262_144;

    /// <summary>nf_conntrack_tcp_timeout_syn_sent. Default 120.</summary>
    public int TcpSynSent { get; init; } = 120;

    /// <summary>nf_conntrack_tcp_timeout_syn_recv. Default 60.</summary>
    public int TcpSynRecv { get; init; } = 60;

    /// <summary>nf_conntrack_tcp_timeout_established. Default 432,000 (five days).</summary>
    public int TcpEstablished { get; init; } = 432_000;

    /// <summary>nf_conntrack_tcp_timeout_fin_wait. Default 120.</summary>
    public int TcpFinWait { get; init; } = 120;

    /// <summary>nf_conntrack_tcp_timeout_close_wait. Default 60.</summary>
    public int TcpCloseWait { get; init; } = 60;

    /// <summary>nf_conntrack_tcp_timeout_last_ack. Default 30.</summary>
    public int TcpLastAck { get; init; } = 30;

    /// <summary>nf_conntrack_tcp_timeout_time_wait. Default 120.</summary>
    public int TcpTimeWait { get; init; } = 120;

    /// <summary>nf_conntrack_tcp_timeout_close. Default 10.</summary>
    public int TcpClose { get; init; } = 10;

    /// <summary>
    /// nf_conntrack_tcp_timeout_unacknowledged: an open connection of which no reply was seen. Default 300.
    /// </summary>
    public int TcpUnacknowledged { get; init; } = 300;

    /// <summary>nf_conntrack_udp_timeout. Default 30.</summary>
    public int Udp { get; init; } = 30;

    /// <summary>nf_conntrack_udp_timeout_stream: two-way traffic that is older than two seconds. Default 120.</summary>
    public int UdpStream { get; init; } = 120;

    /// <summary>nf_conntrack_icmp_timeout. Default 30.</summary>
    public int Icmp { get; init; } = 30;

    /// <summary>nf_conntrack_generic_timeout. Default 600.</summary>
    public int Generic { get; init; } = 600;

    /// <summary>The timeout of a TCP state, in seconds.</summary>
    internal int Of(TcpConntrackState state) => state switch
    {
        TcpConntrackState.SynSent or TcpConntrackState.SynSent2 => TcpSynSent,
        TcpConntrackState.SynRecv => TcpSynRecv,
        TcpConntrackState.Established => TcpEstablished,
        TcpConntrackState.FinWait => TcpFinWait,
        TcpConntrackState.CloseWait => TcpCloseWait,
        TcpConntrackState.LastAck => TcpLastAck,
        TcpConntrackState.TimeWait => TcpTimeWait,
        _ => TcpClose,
    };
}
