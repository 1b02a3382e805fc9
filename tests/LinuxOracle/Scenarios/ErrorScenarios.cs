using Emulator.Core.Addresses;
using Emulator.Linux.Netlink;
using Emulator.LinuxOracle.Tests.Steps;

namespace Emulator.LinuxOracle.Tests.Scenarios;

/// <summary>ICMP errors: through translations in both directions, from every hop, and of every kind of
/// REJECT.</summary>
internal static class ErrorScenarios
{
    private static readonly string[] RejectKinds =
    [
        "icmp-net-unreachable", "icmp-host-unreachable", "icmp-proto-unreachable", "icmp-port-unreachable",
        "icmp-net-prohibited", "icmp-host-prohibited", "icmp-admin-prohibited", "tcp-reset",
    ];

    public static IEnumerable<OracleScenario> All =>
    [
        new("service_of_a_closed_udp_port", Asking.Udp("p1a", "10.96.1.6:53", 42_001)),
        new("service_of_a_closed_tcp_port", Asking.Tcp("p1a", "10.96.1.6:80", 42_002)),
        new("nodeport_of_a_closed_udp_port", Asking.Udp("ext", "192.168.77.13:30106", 42_003)),
        new("nodeport_of_a_closed_tcp_port", Asking.Tcp("ext", "192.168.77.13:30006", 42_004)),
        new("answer_to_a_closed_port_of_a_service",
            [
                new OracleStep.Bind("p2a", "s", 9999) { Settle = 2 }, .. Asking.Udp("p1a", "10.96.1.6:53", 42_005),
                new OracleStep.Close("u") { Settle = 2 }, new OracleStep.SendTo("s", "10.244.1.2:42005", 8),
            ]),
        new("answer_to_a_closed_masqueraded_port",
            [
                new OracleStep.Bind("ext", "s", 8082) { Settle = 2 },
                .. Asking.Udp("p1a", "192.168.77.100:8082", 42_006),
                new OracleStep.Close("u") { Settle = 2 }, new OracleStep.SendTo("s", "192.168.77.11:42006", 8),
            ]) { Prepare = [Asking.PlainMasquerade("n1")] },
        new("ttl_ends_through_a_nodeport",
            [.. Enumerable.Range(1, 3).SelectMany(
                i => Asking.Udp("ext", "192.168.77.13:30102", 42_010 + i, $"ttl {i}", ttl: i))]),
        new("ttl_ends_through_a_masquerade",
            [.. Enumerable.Range(1, 2).SelectMany(
                i => Asking.Udp("p1a", "203.0.113.10:9", 42_020 + i, $"ttl {i}", ttl: i))]),
        new("ttl_ends_of_a_syn_to_a_service",
            [.. Enumerable.Range(1, 3).Select(
                i => Asking.Tcp("p1a", "10.96.1.2:80", 42_030 + i, $"ttl {i}", ttl: i))]),
        new("ttl_ends_of_an_echo_through_a_masquerade",
            new OracleStep.Ping("p1a", "e", "203.0.113.10", 42_040) { TimeToLive = 1 }),
        new("ttl_of_the_answer_ends", Asking.Udp("p1a", "10.96.1.2:53", 42_041))
        {
            Prepare = [Asking.Sysctl("p2a", "net.ipv4.ip_default_ttl", 2)],
        },
        // Of the pods only p3b is told of errors by node 2: their tokens are still there.
        new("unreachable_route_behind_a_service", Asking.Tcp("p3b", "10.96.1.2:80", 42_042))
        {
            Prepare = [Asking.Route("n2", "10.244.2.2/32", type: RouteType.Unreachable)],
        },
        new("prohibited_route_behind_a_nodeport", Asking.Udp("ext", "192.168.77.13:30102", 42_043))
        {
            Prepare = [Asking.Route("n2", "10.244.2.2/32", type: RouteType.Prohibit)],
        },
        new("blackhole_route_behind_a_service", Asking.Udp("p1a", "10.96.1.2:53", 42_044))
        {
            Prepare = [Asking.Route("n2", "10.244.2.2/32", type: RouteType.Blackhole)],
        },
        new("own_unreachable_routes",
            [
                .. Asking.Udp("n1", "198.51.100.1:9", 42_045, "udp"), Asking.Tcp("n1", "198.51.100.1:9", 42_046, "tcp"),
                .. Asking.Udp("n1", "198.51.101.1:9", 42_047, "prohibited"),
                Asking.Tcp("n1", "198.51.102.1:9", 42_048, "blackholed"),
            ])
        {
            Prepare =
            [
                Asking.Route("n1", "198.51.100.0/24", type: RouteType.Unreachable),
                Asking.Route("n1", "198.51.101.0/24", type: RouteType.Prohibit),
                Asking.Route("n1", "198.51.102.0/24", type: RouteType.Blackhole),
            ],
        },
        new("service_whose_pod_is_silent",
            [
                .. Asking.Udp("p1b", "10.96.1.2:53", 42_049).SkipLast(1),
                new OracleStep.SendTo("u", "10.96.1.2:53", 4) { Settle = 3_300 },
            ])
        {
            IsCold = true,
            Prepare =
            [
                new OracleStep.Configure("p2a", new SetLink("eth0", Up: false)),
                new OracleStep.Configure("n2", new DeleteNeighbour("cni0", IPv4Address.Parse("10.244.2.2"))),
            ],
        },
        new("forwarding_is_off", Asking.Udp("p1a", "10.244.2.2:5353", 42_060))
        {
            Prepare = [Asking.Sysctl("n2", "net.ipv4.ip_forward", 0)],
        },
        .. RejectKinds.SelectMany((k, i) => Rejected(k, i)),
    ];

    private static IEnumerable<OracleScenario> Rejected(string kind, int i)
    {
        bool isReset = kind == "tcp-reset";
        string to = $"-s 10.244.1.2/32 -d 10.244.2.2/32 -p {(isReset ? "tcp" : "all")} -j REJECT --reject-with {kind}";
        string rule = to.Replace(" -p all", "", StringComparison.Ordinal);
        int port = 42_100 + (10 * i);
        yield return new OracleScenario(
            $"rejected_on_the_way_{kind}",
            [
                Asking.Tcp("p1a", "10.96.1.2:80", port, "tcp"),
                .. isReset ? [] : Asking.Udp("p1a", "10.96.1.2:53", port + 1, "udp"),
            ]) { Prepare = [Asking.Filter("n1", "FORWARD", rule)] };
        yield return new OracleScenario(
            $"rejected_in_mid_connection_{kind}",
            new OracleStep.Connect("p1a", "c", "10.96.1.2:80", port + 2),
            Asking.Filter("n2", "FORWARD", rule) with { Settle = 2 },
            new OracleStep.Send("c", 10) { Settle = 100 });
    }
}
