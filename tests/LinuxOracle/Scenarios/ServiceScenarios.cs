using Emulator.LinuxOracle.Tests.Steps;

namespace Emulator.LinuxOracle.Tests.Scenarios;

/// <summary>Services on three nodes: whose pods overlap, who may come, and which way an answer goes.</summary>
internal static class ServiceScenarios
{
    public static IEnumerable<OracleScenario> All =>
    [
        new("nodeport_of_a_node_without_the_pod", Asking.Tcp("ext", "192.168.77.13:30002", 40_001)),
        new("nodeport_udp_of_a_node_without_the_pod", Asking.Udp("ext", "192.168.77.13:30102", 40_002)),
        new("nodeport_of_the_own_node_hairpin", Asking.Tcp("p1a", "192.168.77.11:30004", 40_003)),
        new("nodeport_of_another_node_and_back", Asking.Tcp("p1a", "192.168.77.13:30004", 40_004)),
        new("nodeport_from_another_node", Asking.Tcp("n2", "192.168.77.13:30005", 40_005)),
        new("nodeport_from_its_own_node", Asking.Tcp("n2", "192.168.77.12:30002", 40_006)),
        new("nodeport_at_the_bridges_address", Asking.Tcp("p1b", "10.244.1.1:30002", 40_007)),
        new("nodeport_at_loopback", Asking.Tcp("n1", "127.0.0.1:30004", 40_008)),
        new("clusterip_hairpin_udp", Asking.Udp("p1a", "10.96.1.4:53", 40_009)),
        new("clusterip_from_a_node_to_its_own_pod", Asking.Tcp("n1", "10.96.1.4:80", 40_010)),
        new("clusterip_from_outside_by_a_route", Asking.Tcp("ext", "10.96.1.2:80", 40_011))
        {
            Prepare = [Asking.Route("ext", "10.96.0.0/12", "192.168.77.11")],
        },
        new("external_ip_from_outside", Asking.Tcp("ext", "192.0.2.10:80", 40_012))
        {
            Prepare = [Asking.Route("ext", "192.0.2.0/24", "192.168.77.11")],
        },
        new("external_ip_from_a_pod_hairpin", Asking.Tcp("p1a", "192.0.2.11:80", 40_013)),
        new("external_ip_from_a_node", Asking.Tcp("n3", "192.0.2.10:80", 40_014)),
        new("affinity_holds_and_ends", Affinity()),
        new("external_policy_local_drops", Asking.Tcp("ext", "192.168.77.13:30008", 40_021)),
        new("external_policy_local_keeps_the_source", Asking.Udp("ext", "192.168.77.12:30108", 40_022)),
        new("external_policy_local_from_a_pod", Asking.Tcp("p3a", "192.168.77.13:30008", 40_023)),
        new("external_policy_local_from_a_node", Asking.Tcp("n3", "192.168.77.13:30008", 40_024)),
        new("internal_policy_local_drops", Asking.Tcp("p1a", "10.96.1.9:80", 40_025)),
        new("internal_policy_local_answers", Asking.Tcp("p2b", "10.96.1.9:80", 40_026)),
        new("internal_policy_local_from_a_node", Asking.Udp("n1", "10.96.1.9:53", 40_027)),
        new("nodeport_without_endpoints", Asking.Tcp("ext", "192.168.77.11:30010", 40_028)),
        new("nodeport_udp_without_endpoints", Asking.Udp("ext", "192.168.77.11:30110", 40_029)),
        new("nodeport_without_endpoints_from_a_pod", Asking.Tcp("p2a", "192.168.77.11:30010", 40_030)),
    ];

    // The first flow is dealt to the first endpoint; then the dice would say the second, but the client is remembered
    // for two seconds.
    private static OracleStep[] Affinity() =>
    [
        Asking.Choose("n1", "aff:http", first: true), Asking.Tcp("p1a", "10.96.1.7:80", 40_015, "first"),
        Asking.Choose("n1", "aff:http", first: false), Asking.Tcp("p1a", "10.96.1.7:80", 40_016, "held"),
        Asking.Tcp("p1b", "10.96.1.7:80", 40_017, "other client"),
        new OracleStep.Wait { Settle = 3_200 }, Asking.Tcp("p1a", "10.96.1.7:80", 40_018, "forgotten"),
    ];
}
