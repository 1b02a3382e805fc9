using Emulator.Linux;
using Emulator.Linux.Netlink;
using Emulator.Linux.Sockets;

namespace Emulator.Client.Fuzzing.Networks;

/// <summary>Draws kernel settings, most of them Linux' defaults most of the time.</summary>
internal sealed class SysctlMaker(Dice dice)
{
    private static readonly string[] Timeouts =
    [
        "icmp_timeout", "generic_timeout", "udp_timeout", "udp_timeout_stream", "tcp_timeout_syn_sent",
        "tcp_timeout_syn_recv", "tcp_timeout_established", "tcp_timeout_fin_wait", "tcp_timeout_close_wait",
        "tcp_timeout_last_ack", "tcp_timeout_time_wait", "tcp_timeout_close", "tcp_timeout_unacknowledged",
    ];

    /// <summary>The settings of one namespace.</summary>
    public IEnumerable<SetSysctl> Some(bool isNode)
    {
        if (isNode || dice.OneIn(3))
        {
            yield return new SetSysctl("net.ipv4.ip_forward", dice.OneIn(12) ? 0 : 1);
        }

        for (int i = dice.Below(3); i > 0; i--)
        {
            yield return One();
        }
    }

    /// <summary>One setting.</summary>
    public SetSysctl One() => dice.Below(9) switch
    {
        0 => new SetSysctl("net.ipv4.ip_default_ttl", dice.Between(1, 255)),
        1 => new SetSysctl("net.ipv4.icmp_ratelimit", dice.Pick([0, 10, 1_000])),
        2 => new SetSysctl("net.ipv4.conf.all.rp_filter", dice.Below(3)),
        3 => new SetSysctl("net.ipv4.conf.eth0.rp_filter", dice.Below(3)),
        4 => new SetSysctl("net.bridge.bridge-nf-call-iptables", dice.Below(2)),
        5 => new SetSysctl(Sysctls.CongestionName, (long)dice.Pick(Enum.GetValues<CongestionKind>())),
        6 => new SetSysctl("net.netfilter.nf_conntrack_max", dice.Between(1, 50)),
        7 => new SetSysctl("net.ipv4.neigh.default.base_reachable_time_ms", dice.Between(1, 30_000)),
        _ => new SetSysctl("net.netfilter.nf_conntrack_" + dice.Pick(Timeouts), dice.Between(0, 10)),
    };
}
