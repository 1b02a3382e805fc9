using Emulator.Cluster.Building;
using Emulator.Cluster.Spec;
using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Kubelet;

namespace Emulator.Cluster.Reading;

/// <summary>Checks what is inside each machine: hardware addresses, MTUs, the devices that neighbours are on.</summary>
internal static class MachineChecks
{
    /// <summary>Reports every contradiction.</summary>
    public static void Check(ClusterSpec spec, ClusterDraft draft, Action<string, string> report)
    {
        var macs = new Dictionary<MacAddress, string>();
        void Own(MacAddress mac, string owner, string path)
        {
            if (!macs.TryAdd(mac, owner))
            {
                report(path, $"MAC {mac} belongs to {macs[mac]} and {owner}; give each interface its own.");
            }
        }

        for (int i = 0; i < spec.Nodes.Count; i++)
        {
            (NodeSpec node, string path) = (spec.Nodes[i], draft.Nodes[i].Path);
            Own(node.Mac, $"{node.Name} {node.Interface}", FieldPath.Member(path, "mac"));
            Own(node.Bridge.Mac, $"{node.Name} {node.Bridge.Name}",
                FieldPath.Member(FieldPath.Member(path, "bridge"), "mac"));
            Own(node.SwitchPort.Mac, $"port {node.SwitchPort.Name}",
                FieldPath.Member(FieldPath.Member(path, "switchPort"), "mac"));
            if (node.Vtep is VtepSpec vtep)
            {
                Own(vtep.Mac, $"{node.Name} {vtep.Name}", FieldPath.Member(FieldPath.Member(path, "vtep"), "mac"));
            }

            string[] devices = [node.Interface, node.Bridge.Name];
            CheckNeighbours(node.Name, node.Neighbours, devices, path, report);
            CheckGateway(node, path, report);
            CheckCapacity(spec.Kubelet, node, path, report);
            if (node.Interface != spec.Nodes[0].Interface)
            {
                report(FieldPath.Member(path, "interface"),
                $"'{node.Interface}' is not '{spec.Nodes[0].Interface}' as on "
                    + $"{spec.Nodes[0].Name}; flanneld has one configuration, so write the same name on all nodes.");
            }
        }

        for (int i = 0; i < spec.ExternalHosts.Count; i++)
        {
            ExternalHostSpec host = spec.ExternalHosts[i];
            string path = draft.Hosts?[i].Path ?? "spec.externalHosts";
            Own(host.Mac, $"{host.Name} eth0", FieldPath.Member(path, "mac"));
            Own(host.SwitchPort.Mac, $"port {host.SwitchPort.Name}",
                FieldPath.Member(FieldPath.Member(path, "switchPort"), "mac"));
            CheckNeighbours(host.Name, host.Neighbours, ["eth0", "lo"], path, report);
        }
    }

    private static void CheckNeighbours(
        string machine, IReadOnlyList<NeighbourSpec> neighbours, string[] devices, string path,
        Action<string, string> report)
    {
        for (int i = 0; i < neighbours.Count; i++)
        {
            if (!devices.Contains(neighbours[i].Device, StringComparer.Ordinal))
            {
                string at = FieldPath.Item(FieldPath.Member(path, "neighbours"), i);
                report(FieldPath.Member(at, "device"), $"'{neighbours[i].Device}' is not a device of {machine}; "
                    + NearestName.Cure(neighbours[i].Device, devices));
            }
        }
    }

    private static void CheckCapacity(
        KubeletSpec kubelet, NodeSpec node, string path, Action<string, string> report)
    {
        ResourceList capacity = NodeShared.CapacityOf(node);
        NodeAllocatable reserved = kubelet.ReservedOf(capacity);
        if (reserved.Overbooked(capacity) is { } name)
        {
            report(
                FieldPath.Member(FieldPath.Member(path, "capacity"), name),
                $"{capacity[name]} of {node.Name} is less than the {reserved.Reservation()[name]} that its kubelet "
                + $"keeps free; write more, such as {(name == "cpu" ? "4" : name == "memory" ? "16Gi" : "100Gi")}.");
        }
    }

    private static void CheckGateway(NodeSpec node, string path, Action<string, string> report)
    {
        if (node.DefaultGateway is not IPv4Address gateway)
        {
            return;
        }

        if (!node.Address.Subnet.Contains(gateway))
        {
            report(FieldPath.Member(path, "defaultGateway"),
                $"gateway {gateway} of {node.Name} lies outside of its subnet {node.Address.Subnet}; choose one "
                + "inside.");
        }

        if (gateway == node.Address.Address)
        {
            report(FieldPath.Member(path, "defaultGateway"), $"{node.Name} has itself as its gateway; name a router.");
        }
    }
}
