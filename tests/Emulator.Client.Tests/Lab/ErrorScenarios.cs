using Emulator.Core.Addresses;
using Emulator.Linux.Netlink;
using Emulator.Linux.Sockets;

namespace Emulator.Client.Tests.Lab;

/// <summary>What cannot be delivered, and who is told: rejections, expired TTLs, no way, too long.</summary>
internal static class ErrorScenarios
{
    private static readonly LabStep[] NullRoutes =
    [
        Route("198.51.100.0/24", RouteType.Blackhole), Route("198.51.101.0/24", RouteType.Prohibit),
        Route("198.51.102.0/24", RouteType.Unreachable),
    ];

    // Both pods and what is before them take 1,500 bytes, the tunnel between them 1,450.
    private static readonly LabStep[] LargePods =
    [
        Mtu("n1", "cni0"), Mtu("n1", "vethp1a"), Mtu("n1", "vethp1b"), Mtu("n2", "cni0"), Mtu("n2", "vethp2a"),
        Mtu("n2", "vethp2b"), Mtu("p1a", "eth0"), Mtu("p1b", "eth0"), Mtu("p2a", "eth0"), Mtu("p2b", "eth0"),
    ];

    public static IEnumerable<LinuxScenario> Of(string mode)
    {
        int fits = mode == "vxlan" ? 1_422 : 1_472;
        LinuxScenario[] all =
        [
            new("tcp_noendpoints_pod", Asking.Tcp("p1a", "10.96.0.30:80", 42_040)),
            new("udp_noendpoints_pod", Asking.Udp("p1a", "10.96.0.30:53", 41_040)),
            new("tcp_noendpoints_from_node", Asking.Tcp("n1", "10.96.0.30:80", 42_042)),
            new("traceroute_same_node", Trace("10.244.1.3:33434", 44_001, 1)),
            new("traceroute_cross_node", Trace("10.244.2.2:33434", 44_101, 3)),
            new("traceroute_clusterip_remote", Trace("10.96.0.60:53", 44_201, 3)),
            new("traceroute_external", Trace("203.0.113.10:33434", 44_401, 2)),
            new("unreachable_pod_same_node", Asking.Udp("p1a", "10.244.1.99:9", 41_051, milliseconds: 5_000))
            {
                IsCold = true,
            },
            new("no_route_subnet", Asking.Udp("p1a", "10.244.9.9:9", 41_052)),
            new(
                "blackhole_prohibit_unreachable_routes",
                Asking.Udp("p1a", "198.51.100.1:9", 41_054, "blackhole"),
                Asking.Udp("p1a", "198.51.101.1:9", 41_055, "prohibit"),
                Asking.Udp("p1a", "198.51.102.1:9", 41_056, "unreachable")) { Prepare = NullRoutes },
            RateLimit(),
            new(
                "mtu_exact_fit_cross_node",
                Asking.Udp("p1a", "10.244.2.2:5353", 41_060, "0", fits, discovery: PathMtuDiscovery.Do)),
            new(
                "mtu_over_local_df",
                Asking.Udp("p1a", "10.244.2.2:5353", 41_061, "0", fits + 1, discovery: PathMtuDiscovery.Do),
                Asking.Udp("p1a", "10.244.2.2:5353", 41_061, "1", fits + 1, discovery: PathMtuDiscovery.Do)),
            new(
                "mtu_over_local_nodf",
                Asking.Udp("p1a", "10.244.2.2:5353", 41_062, "0", 3_000, discovery: PathMtuDiscovery.Dont)),
        ];
        return mode == "vxlan" ? [.. all, .. OverTheTunnel()] : all;
    }

    private static LinuxScenario[] OverTheTunnel()
    {
        LabStep TooLong(string key) => Asking.Udp(
            "p1a", "10.244.2.2:5353", 41_070, key, 1_472, discovery: PathMtuDiscovery.Do);
        return
        [
            new(
                "pmtud_udp_df",
                TooLong("0.0"), TooLong("0.1"), TooLong("0.2"),
                new LabStep.Show("1", "p1a", "ip route get 10.244.2.2")) { Prepare = LargePods },
            new(
                "pmtud_udp_nodf",
                Asking.Udp("p1a", "10.244.2.2:5353", 41_071, "0", 1_472, discovery: PathMtuDiscovery.Dont))
            {
                Prepare = LargePods,
            },
            new("pmtud_tcp_both1500", Asking.Tcp("p1a", "10.244.2.2:8080", 42_071, bytes: 4_000))
            {
                Prepare = LargePods, Interleaves = true,
            },
        ];
    }

    // What the recorded node had answered before had emptied p1a's bucket of error tokens; three seconds later it holds
    // three, and a packet for an unreachable route takes two.
    private static LinuxScenario RateLimit() => new(
        "icmp_rate_limit",
        [.. Enumerable.Range(0, 12).Select(i => Asking.Udp(
            "p1a", "198.51.102.1:9", 41_200 + i, milliseconds: 75) with
            {
                Note = (result, _) =>
                    ("icmp_received_per_probe_at_~10_per_s", result.Failure.Offender.Value == 0 ? "0" : "1"),
            })])
    {
        Prepare =
        [
            .. NullRoutes,
            Asking.Udp("p1a", "203.0.113.10:33434", 44_400, ttl: 1), new LabStep.Wait(2_500),
            new LabStep.ConfigureAll(new SetSysctl("net.ipv4.icmp_ratelimit", 1_000)),
        ],
    };

    private static LabStep[] Trace(string to, int firstPort, int hops) =>
        [.. Enumerable.Range(0, hops).Select(i => Asking.Udp("p1a", to, firstPort + i, $"{i}", ttl: i + 1))];

    private static LabStep Route(string destination, RouteType type) =>
        new LabStep.Configure("n1", new AddRoute(Cidr.Parse(destination), Type: type));

    private static LabStep Mtu(string at, string device) => new LabStep.Configure(at, new SetLink(device, Mtu: 1_500));
}
