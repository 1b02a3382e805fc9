using Emulator.Core.Addresses;
using Emulator.Linux.Netlink;
using Emulator.LinuxOracle.Tests.Steps;

namespace Emulator.LinuxOracle.Tests.Scenarios;

/// <summary>How connections end, in every order; resets; and segments that are lost on the way, through a
/// Service.</summary>
internal static class TcpScenarios
{
    // The Service "shut" leads to port 9999 of p2a, where nobody listens but these.
    private const string Service = "10.96.1.6:80";

    public static IEnumerable<OracleScenario> All =>
    [
        Talk("fin_of_the_client_first", 43_001, new OracleStep.Close("c"), new OracleStep.Close("s#1")),
        Talk("fin_of_the_server_first", 43_002, new OracleStep.Close("s#1"), new OracleStep.Close("c")),
        Talk(
            "half_closed_by_the_client", 43_003,
            new OracleStep.Send("c", 7), new OracleStep.Shutdown("c"), new OracleStep.Send("s#1", 10),
            new OracleStep.Send("s#1", 20), new OracleStep.Close("s#1")),
        Talk(
            "half_closed_by_the_server", 43_004,
            new OracleStep.Shutdown("s#1"), new OracleStep.Send("c", 10), new OracleStep.Send("c", 20),
            new OracleStep.Close("c")),
        Talk("reset_after_half_close", 43_005, new OracleStep.Shutdown("c"), new OracleStep.Abort("s#1")),
        Talk("reset_by_the_client", 43_006, new OracleStep.Send("c", 7), new OracleStep.Abort("c")),
        Talk("reset_by_the_server", 43_007, new OracleStep.Send("c", 7), new OracleStep.Abort("s#1")),
        Talk(
            "closed_with_unread_bytes", 43_008,
            new OracleStep.Read("s#1", IsPaused: true), new OracleStep.Send("c", 7), new OracleStep.Close("s#1")),
        Talk(
            "bytes_for_a_closed_peer", 43_009,
            new OracleStep.Close("s#1"), new OracleStep.Send("c", 7), new OracleStep.Send("c", 7)),
        Talk(
            "bytes_after_half_close_for_a_closed_peer", 43_010,
            new OracleStep.Shutdown("c"), new OracleStep.Close("s#1")),
        Talk(
            "listener_closes_its_connections_live", 43_011,
            new OracleStep.Close("s"), new OracleStep.Send("c", 7), new OracleStep.Send("s#1", 8),
            new OracleStep.Connect("p1a", "late", Service, 43_012)),
        Talk(
            "server_in_time_wait_is_called_again", 43_013,
            new OracleStep.Close("s#1"), new OracleStep.Close("c"),
            new OracleStep.Connect("p1a", "again", Service, 43_013)),
        Talk(
            "client_in_time_wait_calls_again", 43_014,
            new OracleStep.Close("c"), new OracleStep.Close("s#1"),
            new OracleStep.Connect("p1a", "again", Service, 43_014)),
        Talk(
            "one_pair_of_ends_twice", 43_015, new OracleStep.Connect("p1a", "again", Service, 43_015)),
        Talk(
            "segments_back_and_forth", 43_016,
            new OracleStep.Send("c", 100), new OracleStep.Send("c", 100), new OracleStep.Send("s#1", 50),
            new OracleStep.Send("s#1", 50), new OracleStep.Send("c", 1), new OracleStep.Send("s#1", 1),
            new OracleStep.Close("c"), new OracleStep.Close("s#1")),
        new("own_closed_ports",
            [Asking.Tcp("p1a", "10.244.1.2:9998", 43_020), .. Asking.Udp("p1a", "10.244.1.2:9998", 43_021)]),
        new("own_open_port", Asking.Tcp("p1a", "10.244.1.2:8080", 43_022)),
        new("loopback", Asking.Tcp("p1a", "127.0.0.1:8080", 43_023)),
        .. Lost(),
    ];

    // Node 2 has no way back to p1a, or p1a's node forwards nothing, for so long as one segment takes.
    private static IEnumerable<OracleScenario> Lost()
    {
        OracleStep Off(string node) => Asking.Sysctl(node, "net.ipv4.ip_forward", 0) with { Settle = 1 };
        OracleStep On(string node) => Asking.Sysctl(node, "net.ipv4.ip_forward", 1) with { Settle = 1 };
        OracleStep noWayBack = Asking.Route("n2", "10.244.1.2/32", type: RouteType.Blackhole) with { Settle = 1 };
        OracleStep wayBack = new OracleStep.Configure("n2", new DeleteRoute(Cidr.Parse("10.244.1.2/32")))
        {
            Settle = 1,
        };
        OracleStep again = new OracleStep.Wait { Settle = 320 };
        return
        [
            Talk("lost_data", 43_031, Off("n2"), new OracleStep.Send("c", 9) { Settle = 20 }, On("n2"), again),
            Talk("lost_data_of_two", 43_032,
                Off("n2"), new OracleStep.Send("c", 9) { Settle = 10 }, On("n2"),
                new OracleStep.Send("c", 11) { Settle = 20 }, again),
            Talk("lost_fin", 43_033,
                Off("n2"), new OracleStep.Close("c") { Settle = 20 }, On("n2"), again, new OracleStep.Close("s#1")),
            Talk("lost_acknowledgment", 43_034,
                noWayBack, new OracleStep.Send("c", 9) { Settle = 20 }, wayBack, again),
            Talk("lost_acknowledgment_of_a_fin", 43_035,
                // Linux acknowledges a FIN 40 ms late, in case that the process sends its own.
                noWayBack, new OracleStep.Close("c") { Settle = 80 }, wayBack, again, new OracleStep.Close("s#1")),
            Talk("lost_reset", 43_036,
                noWayBack, new OracleStep.Abort("s#1") { Settle = 20 }, wayBack, new OracleStep.Send("c", 5)),
            Talk("fins_cross", 43_037,
                // So far apart that the timers, which both have, keep the order.
                Off("n2"), new OracleStep.Close("c") { Settle = 5 }, new OracleStep.Wait { Settle = 60 },
                new OracleStep.Close("s#1") { Settle = 20 }, On("n2"), again),
            new("lost_syn",
                new OracleStep.Listen("p2a", "s", 9999) { Settle = 1 }, Off("n2"),
                new OracleStep.Connect("p1a", "c", Service, 43_038) { Settle = 20 }, On("n2"),
                new OracleStep.Wait { Settle = 1_100 }),
        ];
    }

    // A connection of p1a to p2a by the Service, whose ends do nothing by themselves.
    private static OracleScenario Talk(string name, int port, params OracleStep[] steps) => new(
        name,
        [
            new OracleStep.Listen("p2a", "s", 9999) { ClosesWithPeer = false, Settle = 1 },
            new OracleStep.Connect("p1a", "c", Service, port) { ClosesWithPeer = false }, .. steps,
        ]);
}
