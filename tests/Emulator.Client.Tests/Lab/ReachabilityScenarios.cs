using Emulator.Core.Addresses;
using Emulator.Linux.Netlink;

namespace Emulator.Client.Tests.Lab;

/// <summary>Pods, nodes and the world outside reach each other, or nobody in particular.</summary>
internal static class ReachabilityScenarios
{
    private static readonly IPv4Address P1A = IPv4Address.Parse("10.244.1.2");
    private static readonly IPv4Address P1B = IPv4Address.Parse("10.244.1.3");

    public static IEnumerable<LinuxScenario> Of(string mode) =>
    [
        new("icmp_same_node_cold", Asking.Ping("p1a", "10.244.1.3"))
        {
            IsCold = true,
            Prepare =
            [
                new LabStep.Configure("p1a", new DeleteNeighbour("eth0", P1B)),
                new LabStep.Configure("p1b", new DeleteNeighbour("eth0", P1A)),
            ],
        },
        new("icmp_same_node", Asking.Ping("p1a", "10.244.1.3")),
        new("icmp_cross_node", Asking.Ping("p1a", "10.244.2.2")),
        new("icmp_pod_to_own_node_gw", Asking.Ping("p1a", "10.244.1.1")),
        new("icmp_pod_to_other_node_ip", Asking.Ping("p1a", "192.168.77.12")),
        new("icmp_pod_to_clusterip", Asking.Ping("p1a", "10.96.0.10")),
        new("udp_same_node", Asking.Udp("p1a", "10.244.1.3:5353", 41000)),
        new("udp_cross_node", Asking.Udp("p1a", "10.244.2.2:5353", 41001)),
        new("tcp_same_node", Asking.Tcp("p1a", "10.244.1.3:8080", 42000)),
        new("tcp_cross_node", Asking.Tcp("p1a", "10.244.2.2:8080", 42001)),
        new("udp_closed_port_cross_node", Asking.Udp("p1a", "10.244.2.2:9", 41002)),
        new("bridge_unknown_unicast_flood", Asking.Udp("p1a", "10.244.1.77:9", 46500))
        {
            Prepare =
            [
                new LabStep.Configure("p1a", new AddNeighbour(
                    "eth0", IPv4Address.Parse("10.244.1.77"), MacAddress.Parse("0a:58:0a:f4:01:77"),
                    NeighbourState.Permanent)),
            ],
        },
        new(
            "bridge_fdb_after",
            Asking.Ping("p1a", "10.244.1.3", "0"),
            new LabStep.Show("1", "n1", "bridge fdb")
            {
                Only = l => !l.Contains("flannel.1", StringComparison.Ordinal),
            })
        {
            Prepare = [new LabStep.Configure("n1", new FlushBridgeFdb("cni0"))],
        },
    ];
}
