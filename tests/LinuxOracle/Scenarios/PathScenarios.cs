using Emulator.Core.Addresses;
using Emulator.Linux.Netlink;
using Emulator.Linux.Sockets;
using Emulator.LinuxOracle.Tests.Steps;

namespace Emulator.LinuxOracle.Tests.Scenarios;

/// <summary>Ways that are too narrow, crooked, closed or cold.</summary>
internal static class PathScenarios
{
    // p1a's own: a frame for it comes back by the hairpin, and nobody takes it.
    private static readonly MacAddress Elsewhere = MacAddress.Parse("0a:58:0a:f4:01:02");

    public static IEnumerable<OracleScenario> Of(string mode)
    {
        string tunnel = mode == "vxlan" ? "flannel.1" : "eth0";
        return [.. Fragments(), .. Narrow(tunnel), .. Crooked(), .. Cold()];
    }

    private static IEnumerable<OracleScenario> Fragments() =>
    [
        new("large_datagram_through_a_service", Asking.Udp("p1a", "10.96.1.2:53", 44_001, request: 4_000)),
        new("large_answer_through_a_service", Asking.Udp("p1a", "10.96.1.2:53", 44_002, reply: 4_000)),
        new("large_datagrams_through_a_nodeport",
            Asking.Udp("ext", "192.168.77.13:30102", 44_003, request: 3_000, reply: 3_000)),
        new("large_echo_through_a_masquerade", Asking.Ping("p1a", "192.168.77.100", 44_004, bytes: 3_000)),
        new("large_echo_to_another_node", Asking.Ping("p1a", "10.244.3.3", 44_005, bytes: 3_000)),
        new("large_datagram_hairpin", Asking.Udp("p1a", "10.96.1.4:53", 44_006, request: 2_000, reply: 2_000)),
        new("large_datagram_to_a_closed_port", Asking.Udp("p1a", "10.96.1.6:53", 44_007, request: 2_000)),
        new("large_datagram_on_the_same_bridge", Asking.Udp("p1a", "10.244.1.3:5353", 44_008, request: 4_000)),
        new("odd_lengths", Asking.Udp("p2a", "10.244.3.2:5353", 44_009, request: 1_423, reply: 2_851)),
    ];

    private static IEnumerable<OracleScenario> Narrow(string tunnel)
    {
        OracleStep[] Twice(string at, string to, int port, int request, int reply, PathMtuDiscovery discovery) =>
        [
            new OracleStep.Bind(at, "u", port) { Settle = 1, Discovery = discovery },
            new OracleStep.SendTo("u", to, request) { Reply = reply },
            new OracleStep.SendTo("u", to, request) { Reply = reply },
            new OracleStep.SendTo("u", to, request) { Reply = reply },
        ];
        return
        [
            new("narrow_way_there_udp", Twice("p1a", "10.96.1.2:53", 44_020, 1_400, 5, PathMtuDiscovery.Want))
            {
                Prepare = [Asking.Mtu("n1", tunnel, 1_300)],
            },
            new("narrow_way_there_udp_df", Twice("p1a", "10.96.1.2:53", 44_021, 1_400, 5, PathMtuDiscovery.Do))
            {
                Prepare = [Asking.Mtu("n1", tunnel, 1_300)],
            },
            new("narrow_way_there_udp_without_df",
                Twice("p1a", "10.96.1.2:53", 44_022, 1_400, 5, PathMtuDiscovery.Dont))
            {
                Prepare = [Asking.Mtu("n1", tunnel, 1_300)],
            },
            new("narrow_way_back_udp", Twice("p1a", "10.96.1.2:53", 44_023, 5, 1_400, PathMtuDiscovery.Want))
            {
                Prepare = [Asking.Mtu("n2", tunnel, 1_300)],
            },
            new("narrow_way_there_tcp", Asking.Tcp("p1a", "10.96.1.2:80", 44_024, request: 3_000))
            {
                Prepare = [Asking.Mtu("n1", tunnel, 1_300)], Interleaves = true, WindowGrows = true,
            },
            new("narrow_way_back_tcp", Asking.Tcp("p1a", "10.96.1.2:80", 44_025, reply: 3_000))
            {
                Prepare = [Asking.Mtu("n2", tunnel, 1_300)], Interleaves = true, WindowGrows = true,
            },
            new("narrow_way_through_a_nodeport",
                Twice("ext", "192.168.77.13:30102", 44_026, 1_400, 5, PathMtuDiscovery.Do))
            {
                Prepare = [Asking.Mtu("n3", tunnel, 1_300)],
            },
            new("pod_takes_less_than_its_bridge",
                Twice("p1a", "10.244.2.2:5353", 44_027, 1_400, 5, PathMtuDiscovery.Want))
            {
                Prepare = [Asking.Mtu("p2a", "eth0", 1_300)],
            },
            new("pod_takes_less_than_its_bridge_tcp",
                Asking.Tcp("p1a", "10.96.1.2:80", 44_028, request: 2_000, reply: 2_000))
            {
                Prepare = [Asking.Mtu("p2a", "eth0", 1_300)], Interleaves = true, WindowGrows = true,
            },
            new("outside_takes_less", Twice("p1a", "192.168.77.100:8082", 44_029, 1_400, 5, PathMtuDiscovery.Want))
            {
                Prepare = [Asking.Mtu("ext", "eth0", 1_300)],
            },
            new("echo_too_long_for_the_way",
                new OracleStep.Ping("p1a", "e", "10.244.2.2", 44_030)
                {
                    Bytes = 1_400, Discovery = PathMtuDiscovery.Do,
                })
            {
                Prepare = [Asking.Mtu("n1", tunnel, 1_300)],
            },
        ];
    }

    // From p1a to p2a by way of node 3, and straight back.
    private static IEnumerable<OracleScenario> Crooked()
    {
        OracleStep byNode3 = Asking.Route("n1", "10.244.2.2/32", "192.168.77.13");
        return
        [
            new("crooked_way_udp", Asking.Udp("p1a", "10.244.2.2:5353", 44_040)) { Prepare = [byNode3] },
            new("crooked_way_tcp", new OracleStep.Connect("p1a", "c", "10.244.2.2:8080", 44_041))
            {
                Prepare = [byNode3],
            },
            new("crooked_way_and_strict_reverse_path", Asking.Udp("p1a", "10.244.2.2:5353", 44_042))
            {
                Prepare = [byNode3, Asking.Sysctl("n3", "net.ipv4.conf.all.rp_filter", 1)],
            },
            new("crooked_way_and_loose_reverse_path", Asking.Udp("p1a", "10.244.2.2:5353", 44_043))
            {
                Prepare = [byNode3, Asking.Sysctl("n3", "net.ipv4.conf.all.rp_filter", 2)],
            },
            new("from_outside_to_a_pod_of_another_node", Asking.Tcp("ext", "10.244.2.2:8080", 44_044))
            {
                Prepare = [Asking.Route("ext", "10.244.0.0/16", "192.168.77.11")],
            },
            new("from_outside_to_a_pod", Asking.Udp("ext", "10.244.1.2:5353", 44_045))
            {
                Prepare = [Asking.Route("ext", "10.244.0.0/16", "192.168.77.11")],
            },
            new("two_nodes_point_at_each_other", Asking.Udp("p1a", "198.51.100.1:9", 44_046, ttl: 5))
            {
                Prepare =
                [
                    Asking.Route("n1", "198.51.100.0/24", "192.168.77.12"),
                    Asking.Route("n2", "198.51.100.0/24", "192.168.77.11"),
                ],
            },
            new("default_route_is_gone", Asking.Udp("p1a", "203.0.113.10:9", 44_047))
            {
                Prepare = [new OracleStep.Configure("p1a", new DeleteRoute(Cidr.Parse("0.0.0.0/0")))],
            },
            new("nodes_way_out_is_gone", Asking.Udp("p1a", "203.0.113.10:9", 44_048))
            {
                Prepare = [new OracleStep.Configure("n1", new DeleteRoute(Cidr.Parse("0.0.0.0/0")))],
            },
            new("echo_to_every_kind_of_address",
                Asking.Ping("p1a", "10.244.2.0", 44_050, "tunnel"), Asking.Ping("p1a", "10.244.2.1", 44_051, "bridge"),
                Asking.Ping("p1a", "192.168.77.13", 44_052, "node"), Asking.Ping("p1a", "10.96.1.2", 44_053, "service"),
                Asking.Ping("n1", "10.244.2.3", 44_054, "pod"), Asking.Ping("ext", "192.168.77.13", 44_055, "outside")),
        ];
    }

    private static IEnumerable<OracleScenario> Cold()
    {
        OracleStep Forget(string at, string device, string address) =>
            new OracleStep.Configure(at, new DeleteNeighbour(device, IPv4Address.Parse(address)));
        return
        [
            new("cold_hosts_across_nodes", Asking.Udp("p1a", "10.96.1.5:53", 44_060))
            {
                IsCold = true,
                Prepare =
                [
                    Forget("p1a", "eth0", "10.244.1.1"), Forget("n1", "cni0", "10.244.1.2"),
                    Forget("n1", "eth0", "192.168.77.13"), Forget("n3", "eth0", "192.168.77.11"),
                    Forget("n3", "cni0", "10.244.3.2"), Forget("p3a", "eth0", "10.244.3.1"),
                ],
            },
            new("cold_hairpin", Asking.Udp("p1a", "10.96.1.4:53", 44_061))
            {
                IsCold = true,
                Prepare = [Forget("p1a", "eth0", "10.244.1.1"), Forget("n1", "cni0", "10.244.1.2")],
            },
            new("neighbour_has_another_address_now",
                new OracleStep.Bind("p1a", "u", 44_062) { Settle = 1 },
                new OracleStep.SendTo("u", "10.244.1.3:5353", 4),
                new OracleStep.Configure("p1a", new AddNeighbour(
                    "eth0", IPv4Address.Parse("10.244.1.3"), Elsewhere, NeighbourState.Reachable)) { Settle = 1 },
                new OracleStep.SendTo("u", "10.244.1.3:5353", 4),
                Forget("p1a", "eth0", "10.244.1.3") with { Settle = 1 },
                new OracleStep.SendTo("u", "10.244.1.3:5353", 4)) { IsCold = true },
            new("nobody_on_the_underlay",
                [
                    .. Asking.Udp("n1", "192.168.77.99:9", 44_063, "node").Select(s => s with { Settle = 5 }),
                    new OracleStep.Bind("p1a", "pod", 44_064) { Settle = 1 },
                    new OracleStep.SendTo("pod", "192.168.77.99:9", 4) { Settle = 3_300 },
                ]) { IsCold = true },
        ];
    }
}
