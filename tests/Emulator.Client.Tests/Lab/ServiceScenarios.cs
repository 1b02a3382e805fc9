using Emulator.Core.Addresses;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Client.Tests.Lab;

/// <summary>Services: cluster IPs, node ports, and what masquerading makes of them.</summary>
internal static class ServiceScenarios
{
    /// <summary>Node 1 has heard of p1a and not confirmed it: what is translated to it leaves by cni0's own
    /// output.</summary>
    private static readonly LabStep StaleP1A = new LabStep.Configure("n1", new AddNeighbour(
        "cni0", IPv4Address.Parse("10.244.1.2"), MacAddress.Parse("0a:58:0a:f4:01:02"), NeighbourState.Stale));

    private static readonly LabStep Outside = new LabStep.Start("ext", new EchoServer("ext", [8080], []));

    public static IEnumerable<LinuxScenario> Of(string mode) =>
    [
        new("tcp_clusterip_local", Asking.Tcp("p1a", "10.96.0.70:80", 42010)),
        new("tcp_clusterip_remote", Asking.Tcp("p1a", "10.96.0.60:80", 42011)),
        new("udp_clusterip_remote", Asking.Udp("p1a", "10.96.0.60:53", 41010)),
        new("tcp_clusterip_hairpin", Asking.Tcp("p1a", "10.96.0.50:80", 42012)) { Prepare = [StaleP1A] },
        // Seeds whose dice fall as the kernels did: two to p2a, with VXLAN three, and then p1a.
        new(
            "tcp_clusterip_two_endpoints",
            [.. Enumerable.Range(43_000, mode == "vxlan" ? 4 : 3).Select(
                port => Asking.Tcp("p1b", "10.96.0.10:80", port) with
                {
                    Note = (_, server) => (server, $"{port}"),
                })])
        {
            Prepare = [StaleP1A],
            Seed = mode == "vxlan" ? 5UL : 8UL,
        },
        new("tcp_node_to_clusterip_remote", Asking.Tcp("n1", "10.96.0.60:80", 42020)),
        new("tcp_nodeport_ext_local_ep", Asking.Tcp("ext", "192.168.77.11:30085", 42030)),
        new("tcp_nodeport_ext_remote_ep", Asking.Tcp("ext", "192.168.77.11:30086", 42031)),
        new("tcp_nodeport_from_pod", Asking.Tcp("p1a", "192.168.77.11:30086", 42032)),
        new("tcp_nodeport_localpolicy_ok", Asking.Tcp("ext", "192.168.77.12:30082", 42034)),
        new(
            "masq_random_fully",
            Asking.Tcp("p1a", "203.0.113.10:8080", 45_000, "0"), Asking.Tcp("p1b", "203.0.113.10:8080", 45_000, "1"))
        {
            Prepare = [Outside],
        },
        new("nodeport_plain_masq", Asking.Tcp("ext", "192.168.77.11:30086", 45_100))
        {
            Prepare = [new LabStep.EditRules(
                "n1", rules => rules.Replace(" --random-fully", "", StringComparison.Ordinal))],
        },
        new("clusterip_local_no_brnf", Asking.Tcp("p1a", "10.96.0.70:80", 42_080, seconds: 1.5))
        {
            Prepare = [new LabStep.Configure("n1", new SetSysctl("net.bridge.bridge-nf-call-iptables", 0))],
        },
        new("hairpin_port_off", Asking.Tcp("p1a", "10.96.0.50:80", 42_081, seconds: 1.5))
        {
            Prepare = [new LabStep.Configure("n1", new SetLink("vethp1a", Hairpin: false))],
        },
        new(
            "endpoint_distribution",
            new LabStep.Flows("two_endpoints_2000_flows", Asking.Udp("p1a", "10.96.0.10:53", 0).Request, 2_000),
            new LabStep.Flows("three_endpoints_3000_flows", Asking.Udp("p1a", "10.96.0.90:53", 0).Request, 3_000)),
    ];
}
