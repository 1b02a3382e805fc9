namespace Emulator.Linux.Netfilter;

/// <summary>The <c>net.netfilter.nf_conntrack_*</c> sysctls: their defaults, and the setting that each is.</summary>
/// <remarks>Source: Documentation/networking/nf_conntrack-sysctl.rst. nf_conntrack_buckets, _tcp_be_liberal and
/// _tcp_timeout_max_retrans are shown and change nothing: windows and retransmissions are not tracked.</remarks>
internal static class ConntrackSysctls
{
    /// <summary>What all their names begin with.</summary>
    public const string Prefix = "net.netfilter.nf_conntrack_";

    /// <summary>All that are known, with Linux' values.</summary>
    public static readonly IDictionary<string, long> Defaults = new Dictionary<string, long>
    {
        [Prefix + "buckets"] = 262_144,
        [Prefix + "generic_timeout"] = ConntrackSettings.Default.Generic,
        [Prefix + "icmp_timeout"] = ConntrackSettings.Default.Icmp,
        [Prefix + "max"] = ConntrackSettings.Default.Max,
        [Prefix + "tcp_be_liberal"] = 0,
        [Prefix + "tcp_timeout_close"] = ConntrackSettings.Default.TcpClose,
        [Prefix + "tcp_timeout_close_wait"] = ConntrackSettings.Default.TcpCloseWait,
        [Prefix + "tcp_timeout_established"] = ConntrackSettings.Default.TcpEstablished,
        [Prefix + "tcp_timeout_fin_wait"] = ConntrackSettings.Default.TcpFinWait,
        [Prefix + "tcp_timeout_last_ack"] = ConntrackSettings.Default.TcpLastAck,
        [Prefix + "tcp_timeout_max_retrans"] = 300,
        [Prefix + "tcp_timeout_syn_recv"] = ConntrackSettings.Default.TcpSynRecv,
        [Prefix + "tcp_timeout_syn_sent"] = ConntrackSettings.Default.TcpSynSent,
        [Prefix + "tcp_timeout_time_wait"] = ConntrackSettings.Default.TcpTimeWait,
        [Prefix + "tcp_timeout_unacknowledged"] = ConntrackSettings.Default.TcpUnacknowledged,
        [Prefix + "udp_timeout"] = ConntrackSettings.Default.Udp,
        [Prefix + "udp_timeout_stream"] = ConntrackSettings.Default.UdpStream,
    };

    /// <summary>Settings with one sysctl set; the same settings for a name that is not one of them.</summary>
    public static ConntrackSettings With(ConntrackSettings settings, string name, long value)
    {
        int seconds = (int)Math.Clamp(value, 0, int.MaxValue);
        return !name.StartsWith(Prefix, StringComparison.Ordinal) ? settings : name[Prefix.Length..] switch
        {
            "generic_timeout" => settings with { Generic = seconds },
            "icmp_timeout" => settings with { Icmp = seconds },
            "max" => settings with { Max = seconds },
            "tcp_timeout_close" => settings with { TcpClose = seconds },
            "tcp_timeout_close_wait" => settings with { TcpCloseWait = seconds },
            "tcp_timeout_established" => settings with { TcpEstablished = seconds },
            "tcp_timeout_fin_wait" => settings with { TcpFinWait = seconds },
            "tcp_timeout_last_ack" => settings with { TcpLastAck = seconds },
            "tcp_timeout_syn_recv" => settings with { TcpSynRecv = seconds },
            "tcp_timeout_syn_sent" => settings with { TcpSynSent = seconds },
            "tcp_timeout_time_wait" => settings with { TcpTimeWait = seconds },
            "tcp_timeout_unacknowledged" => settings with { TcpUnacknowledged = seconds },
            "udp_timeout" => settings with { Udp = seconds },
            "udp_timeout_stream" => settings with { UdpStream = seconds },
            _ => settings,
        };
    }
}
