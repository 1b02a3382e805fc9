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
        new("clusterip_hairpin_udp", Asking.Udp("p1a", "10.96.1.4:53", 40_007)),
        new("clusterip_from_a_node_to_its_own_pod", Asking.Tcp("n1", "10.96.1.4:80", 40_008)),
    ];
}
