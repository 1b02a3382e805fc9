using Emulator.Linux.Netlink;
using Emulator.LinuxOracle.Tests.Steps;

namespace Emulator.LinuxOracle.Tests.Scenarios;

/// <summary>Two connections that a translation would make one, and what becomes of translated connections that are
/// forgotten.</summary>
internal static class TranslationScenarios
{
    private static readonly OracleStep Outside = new OracleStep.Listen("ext", "s", 8081) { Settle = 2 };

    public static IEnumerable<OracleScenario> All =>
    [
        new(
            "two_services_of_one_pod_from_one_port_tcp",
            new OracleStep.Connect("p1a", "rem", "10.96.1.2:80", 41_001) { Request = 5, Reply = 6 },
            new OracleStep.Connect("p1a", "twin", "10.96.1.3:80", 41_001) { Request = 5, Reply = 6 },
            new OracleStep.Close("rem"), new OracleStep.Close("twin")),
        new(
            "two_services_of_one_pod_from_one_port_udp",
            [
                .. Asking.Udp("p1a", "10.96.1.2:53", 41_002), new OracleStep.SendTo("u", "10.96.1.3:53", 4),
                new OracleStep.SendTo("u", "10.244.2.2:5353", 4),
            ]),
        new("service_and_pod_from_one_port_tcp",
            new OracleStep.Connect("p3a", "direct", "10.244.2.2:8080", 41_003) { Request = 5, Reply = 6 },
            Asking.Tcp("p3a", "10.96.1.2:80", 41_003, "service")),
        new("masquerade_of_a_taken_port_tcp",
            Outside,
            new OracleStep.Connect("p1a", "first", "192.168.77.100:8081", 41_004),
            new OracleStep.Connect("p1b", "second", "192.168.77.100:8081", 41_004))
        {
            Prepare = [Asking.PlainMasquerade("n1")],
        },
        new("masquerade_of_a_taken_port_udp",
            [
                new OracleStep.Bind("ext", "s", 8082) { Settle = 2 },
                .. Asking.Udp("p1a", "192.168.77.100:8082", 41_005, "first"),
                .. Asking.Udp("p1b", "192.168.77.100:8082", 41_005, "second"),
            ]) { Prepare = [Asking.PlainMasquerade("n1")] },
        new("masquerade_meets_the_nodes_own_port",
            Outside,
            new OracleStep.Connect("n1", "node", "192.168.77.100:8081", 41_006),
            new OracleStep.Connect("p1a", "pod", "192.168.77.100:8081", 41_006))
        {
            Prepare = [Asking.PlainMasquerade("n1")],
        },
        new("nodes_own_port_meets_a_masqueraded_one",
            Outside,
            new OracleStep.Connect("p1a", "pod", "192.168.77.100:8081", 41_007),
            new OracleStep.Connect("n1", "node", "192.168.77.100:8081", 41_007))
        {
            Prepare = [Asking.PlainMasquerade("n1")],
        },
        new("masquerade_of_a_taken_echo_identifier",
            Asking.Ping("p1a", "192.168.77.100", 41_008, "first"),
            Asking.Ping("p1b", "192.168.77.100", 41_008, "second"))
        {
            Prepare = [Asking.PlainMasquerade("n1")],
        },
        new("two_nodeports_of_one_pod_from_one_port",
            new OracleStep.Connect("ext", "rem", "192.168.77.11:30002", 41_009) { Request = 5, Reply = 6 },
            new OracleStep.Connect("ext", "twin", "192.168.77.11:30003", 41_009) { Request = 5, Reply = 6 })
        {
            Prepare = [Asking.PlainMasquerade("n1")],
        },
        new("low_port_masqueraded",
            [
                new OracleStep.Bind("ext", "s", 8082) { Settle = 2 },
                .. Asking.Udp("p1a", "192.168.77.100:8082", 700, "first"),
                .. Asking.Udp("p1b", "192.168.77.100:8082", 700, "second"),
            ]) { Prepare = [Asking.PlainMasquerade("n1")] },
        new("source_nat_to_another_address", Asking.Tcp("p1a", "192.168.77.100:8081", 41_010))
        {
            Prepare =
            [
                Outside, Asking.Route("ext", "192.0.2.77/32", "192.168.77.11"),
                Asking.Nat("n1", "POSTROUTING", "-s 10.244.1.2/32 -o eth0 -j SNAT --to-source 192.0.2.77"),
            ],
        },
        .. Forgotten(),
    ];

    // conntrack -F on the translating node in the middle of a connection.
    private static IEnumerable<OracleScenario> Forgotten()
    {
        OracleStep flush = new OracleStep.Configure("n1", new FlushConntrack()) { Settle = 2 };
        OracleStep.Connect Open(string to, int port) => new("p1a", "c", to, port);
        return
        [
            new("flushed_service_client_speaks",
                Open("10.96.1.2:80", 41_020), flush, new OracleStep.Send("c", 10), new OracleStep.Close("c")),
            new("flushed_service_server_speaks",
                new OracleStep.Listen("p2a", "s", 9999) { Settle = 2 }, Open("10.96.1.6:80", 41_021), flush,
                new OracleStep.Send("s#1", 10), new OracleStep.Send("c", 10)),
            new("flushed_masquerade_client_speaks",
                Outside, Open("192.168.77.100:8081", 41_022), flush, new OracleStep.Send("c", 10)),
            new("flushed_masquerade_server_speaks",
                Outside, Open("192.168.77.100:8081", 41_023), flush, new OracleStep.Send("s#1", 10)),
            new("flushed_udp_service",
                [
                    .. Asking.Udp("p1a", "10.96.1.2:53", 41_024), flush, new OracleStep.SendTo("u", "10.96.1.2:53", 4),
                ]),
            new("flushed_service_client_closes", Open("10.96.1.2:80", 41_025), flush, new OracleStep.Close("c")),
            new("flushed_service_client_resets", Open("10.96.1.2:80", 41_026), flush, new OracleStep.Abort("c")),
        ];
    }
}
