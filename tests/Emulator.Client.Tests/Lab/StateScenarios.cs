using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;

namespace Emulator.Client.Tests.Lab;

/// <summary>What changes over time: connections' states, links that go down, SYNs that nobody answers.</summary>
internal static class StateScenarios
{
    private static readonly Func<string, bool> Udp = l => l.StartsWith("udp", StringComparison.Ordinal);

    public static IEnumerable<LinuxScenario> Of(string mode) =>
    [
        new(
            "conntrack_timeouts",
            Asking.Udp("p1a", "10.244.2.2:5353", 46_200, null),
            new LabStep.Show("after_reply", "n1", "conntrack -L") { Only = Udp },
            Asking.Udp("p1a", "10.244.2.2:9999", 46_201, null, bytes: 1, milliseconds: 100),
            new LabStep.Show("unreplied", "n1", "conntrack -L") { Only = Udp },
            Asking.Udp("p1a", "10.244.2.2:5353", 46_202, null),
            new LabStep.Wait(1_000),
            Asking.Udp("p1a", "10.244.2.2:5353", 46_202, null),
            new LabStep.Wait(1_000),
            Asking.Udp("p1a", "10.244.2.2:5353", 46_202, null),
            new LabStep.Show("after_3_exchanges_over_2s", "n1", "conntrack -L") { Only = Udp },
            new LabStep.Show("sysctl", "n1", "sysctl -a")
            {
                Only = l => l.StartsWith("net.netfilter.nf_conntrack_", StringComparison.Ordinal),
            }),
        new(
            "link_down_pod_veth",
            new LabStep.Configure("n1", new SetLink("vethp1b", Up: false)),
            new LabStep.Show("p1b_link", "p1b", "ip -br link")
            {
                Only = l => l.StartsWith("eth0", StringComparison.Ordinal), IsOneLine = true,
            },
            new LabStep.Show("p1b_route", "p1b", "ip route"),
            Asking.Udp("p1b", "10.244.1.2:5353", 46_300, "p1b_send"),
            Asking.Udp("p1a", "10.244.1.3:5353", 46_301, "to_p1b"),
            new LabStep.Wait(3_000), // p1b gives up asking for p1a.
            new LabStep.Configure("n1", new SetLink("vethp1b", Up: true)),
            Asking.Udp("p1a", "10.244.1.3:5353", 46_302, "after_up")) { IsCold = true },
        new("tcp_syn_dropped", Asking.Tcp("p1a", "10.244.2.2:9999", 46_400, seconds: 9))
        {
            Prepare = [new LabStep.EditRules("n1", rules => rules.Replace(
                "-A FORWARD -m conntrack --ctstate NEW -m comment --comment \"kubernetes load balancer firewall\"",
                "-A FORWARD -p tcp -m tcp --dport 9999 -j DROP\n-A FORWARD -m conntrack --ctstate NEW -m comment "
                + "--comment \"kubernetes load balancer firewall\"",
                StringComparison.Ordinal))],
        },
    ];
}
