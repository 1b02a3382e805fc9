using Emulator.Cluster.Reading;
using Emulator.Core.Documents;
using Emulator.Engine.Manifests;

namespace Emulator.Cluster.Tests.Reading;

public sealed class ClusterMistakeTests
{
    [Theory]
    [InlineData("node: 3", "spec.node: is not a known field; did you mean nodes?")]
    [InlineData("colour: red", "spec.colour: is not a known field; known are zones, nodes, podCIDR, nodeCIDRMaskSize, "
        + "serviceCIDR, nodeCIDR, outsideCIDR, cni, underlay, links, sysctls, addons, externalHosts, cpu, "
        + "kubelet.")]
    [InlineData("cpu: {tick: 4ms, tickOffset: 4ms}",
        "spec.cpu.tickOffset: 4.000000ms is not below the tick of 4.000000ms; write a shorter one.")]
    [InlineData("cpu: {weights: cubic}",
        "spec.cpu.weights: 'cubic' is not one of linear, quadratic, shares; write one of these.")]
    [InlineData("kubelet: {evictionHard: {memory: 100Mi}}",
        "spec.kubelet: evictionHard: memory is not a signal that is "
        + "modelled; there are memory.available, nodefs.available, imagefs.available, pid.available.")]
    [InlineData("kubelet: {evictionHard: {memory.available: -1}}",
        "spec.kubelet: evictionHard memory.available: '-1' is "
        + "not an amount above 0; write one such as 100Mi or 10%.")]
    [InlineData("kubelet: {evictionSoft: {memory.available: 1Gi}}",
        "spec.kubelet: evictionSoft memory.available needs a "
        + "grace; write evictionSoftGracePeriod: {memory.available: 1m30s}.")]
    [InlineData("kubelet: {kubeReserved: {gpu: 1}}", "spec.kubelet.kubeReserved: gpu: '1' is not an amount that can be "
        + "reserved; write cpu, memory or ephemeral-storage and a quantity such as 500m or 1Gi.")]
    [InlineData("kubelet: {shutdownGracePeriod: 10s, shutdownGracePeriodCriticalPods: 20s}",
        "spec.kubelet.shutdownGracePeriodCriticalPods: is longer than shutdownGracePeriod, which it is a part of; "
        + "write a shorter one.")]
    [InlineData("nodes: [{staticPods: [{kind: Service}]}]",
        "spec.nodes[0].staticPods[0]: is a Service; a kubelet runs Pods alone: write kind: Pod.")]
    [InlineData("nodes: [{staticPods: [{metadata: {name: etcd}}]}]",
        "spec.nodes[0].staticPods[0]: has no spec.containers; write the Pod's whole manifest.")]
    [InlineData("nodes: [{staticPods: [{apiVersion: v2, metadata: {name: etcd}, spec: {containers: [{name: a}]}}]}]",
        "spec.nodes[0].staticPods[0].apiVersion: 'v2' has no kind Pod; write v1.")]
    [InlineData("nodes: [{staticPods: [{metadata: {name: a}, spec: {containers: [{name: a}]}}, "
        + "{metadata: {name: a, namespace: default}, spec: {containers: [{name: a}]}}]}]",
        "spec.nodes[0].staticPods[1].metadata.name: Pod default/a is written twice for these nodes; give one of the "
        + "two another name.")]
    [InlineData("nodes: three", "spec.nodes: 'three' is not a whole number from 1 to 10000; write one.")]
    [InlineData("nodes: 0", "spec.nodes: 0 is not a whole number from 1 to 10000; write one.")]
    [InlineData("nodes: {count: 3}", "spec.nodes: {\"count\":3} is not a list; write its elements after dashes.")]
    [InlineData("podCIDR: 10.244.0.0", "spec.podCIDR: '10.244.0.0' is not a CIDR block; "
        + "write a prefix and its length such as 10.244.0.0/16.")]
    [InlineData("cni: {mode: calico}", "spec.cni.mode: 'calico' is not one of vxlan, host-gw; write one of these.")]
    [InlineData("addons: {dns: 1}", "spec.addons.dns: 1 is not a truth value; write true or false.")]
    [InlineData("links: {withinZone: 12 parsecs}", "spec.links.withinZone: '12 parsecs' is not a duration; "
        + "write numbers with ns, us, ms, s, m or h, such as 500us.")]
    [InlineData("links: {outside: {latency: 6ms, loss: 150%}}",
        "spec.links.outside.loss: '150%' is not a chance from 0 to 1; write it as 1%, 1/100 or 0.01.")]
    [InlineData("links: {betweenZones: 0}", "spec.links.betweenZones: 0 is a link between machines without latency: "
        + "nothing may "
        + "cross it in no time, since machines run ahead of each other by the least latency; write 1us or more.")]
    [InlineData("links: {withinZone: {distribution: normal}}", "spec.links.withinZone.distribution: 'normal' says how "
        + "delays vary or are skipped, but there is no delay; give one such as delay: 20ms.")]
    [InlineData("links: {withinZone: {delay: 1ms, jitter: 1ms, distribution: experimental}}",
        "spec.links.withinZone.distribution: 'experimental' is not one of uniform, normal, pareto, paretonormal; write "
        + "one of these.")]
    [InlineData("links: {withinZone: {limit: 5}}", "spec.links.withinZone.limit: 5 bounds frames that are delayed, but "
        + "nothing delays any; give a delay, a slot or a rate as an object, or write queueLength.")]
    [InlineData("links: {withinZone: {loss: {random: 1%, gemodel: {p: 1%}}}}", "spec.links.withinZone.loss: needs one "
        + "of random (with correlation or without), state and gemodel; write such as {random: 1%, correlation: 25%}.")]
    [InlineData("links: {withinZone: {loss: {gemodel: {p: 2}}}}",
        "spec.links.withinZone.loss.gemodel.p: 2 is not a chance from 0 to 1; write it as 1%, 1/100 or 0.01.")]
    [InlineData("links: {withinZone: {slot: {min: 2ms, max: 1ms}}}", "spec.links.withinZone.slot.max: is below min, or "
        + "both are zero; write such as {min: 1ms, max: 5ms, packets: 10}.")]
    [InlineData("links: {withinZone: {tbf: {rate: 1Mbit, burst: 32kb}}}", "spec.links.withinZone.tbf: needs a rate of "
        + "8bit or more, a burst above zero, and either limit or latency; write such as {rate: 1Mbit, burst: 32kb, "
        + "latency: 50ms}.")]
    [InlineData("links: {withinZone: {tbf: {rate: 1Mbit, burst: lots, limit: 1}}}", "spec.links.withinZone.tbf.burst: "
        + "'lots' is not a size; write bytes such as 3000, or 32kb, 1mb or 32kbit, where k is 1024.|"
        + "spec.links.withinZone.tbf: needs a rate of 8bit or more, a burst above zero, and either limit or latency; "
        + "write such as {rate: 1Mbit, burst: 32kb, latency: 50ms}.")]
    [InlineData("links: {withinZone: {tbf: {rate: 1Mbit, burst: 32kb, limit: 1, peakrate: 1Mbit, mtu: 1514}}}",
        "spec.links.withinZone.tbf.peakrate: and mtu belong together, the peak rate above the rate; write both, mtu at "
        + "least the longest frame such as 1514.")]
    [InlineData("sysctls: {net.ipv4.tcp_congestion_control: bbr}",
        "spec.sysctls[net.ipv4.tcp_congestion_control]: 'bbr' is no congestion control that is modelled; write cubic "
        + "or reno.")]
    [InlineData("links: {withinNode: 10ns}",
        "spec.links.withinNode: '10ns' is too short: a hop inside a machine costs at least 1us; write 1us or more.")]
    [InlineData("links: {outside: 50us}", "spec.links.outside: latency 0.050000ms is not above withinZone's "
        + "0.050000ms, which is a "
        + "part of it; choose a longer one.")]
    [InlineData("podCIDR: 10.96.0.0/16", "spec.podCIDR: pod CIDR 10.96.0.0/16 overlaps service CIDR 10.96.0.0/12; "
        + "choose disjoint ranges.")]
    [InlineData("podCIDR: 10.244.0.0/23", "spec.podCIDR: pod CIDR 10.244.0.0/23 holds 2 blocks of /24, but there are 3 "
        + "nodes; "
        + "choose a shorter prefix for podCIDR or a longer nodeCIDRMaskSize.")]
    [InlineData("zones: [a, b]\ncni: {mode: host-gw}",
        "spec.zones[1]: host-gw needs all nodes in one subnet, but a routed underlay "
        + "gives each of 2 zones its own; write underlay: l2, or mode: vxlan.")]
    [InlineData("zones: [Zone A]", "spec.zones[0]: 'Zone A' is not a name; write at most 63 of a-z, 0-9 and -, with a "
        + "letter or "
        + "digit at both ends.")]
    [InlineData("zones: [a, a]", "spec.zones[1].switch.name: 'switch-a' names the switch of a and the switch of a; "
        + "give each machine its own name.|spec.zones[1]: 'a' names two zones; give each its own name.")]
    [InlineData("nodes: [{name: x, zone: zone-2}]", "spec.nodes[0].zone: 'zone-2' is not a zone; did you mean zone-1?")]
    [InlineData("nodes: [{name: x}, {name: x}]", "spec.nodes[1].name: 'x' names a node and a node; give each machine "
        + "its own name.")]
    [InlineData("nodes: [{name: x, count: 2}]",
        "spec.nodes[0].name: 'x' would name 2 nodes; write {n} where the number goes, such as x-{n}.")]
    [InlineData("nodes: [{count: 2, mac: \"02:00:00:00:00:01\"}]",
        "spec.nodes[0].mac: pins one node, but the group has 2; leave it "
        + "out, or write the node by itself.")]
    [InlineData("nodes: [{mac: \"01:00:00:00:00:01\"}]",
        "spec.nodes[0].mac: '01:00:00:00:00:01' is not the MAC address of a station; "
        + "write six octets, the first even, such as 02:00:00:00:4d:0b.")]
    [InlineData("nodes: [{address: 10.0.0.1}]", "spec.nodes[0].address: address 10.0.0.1 of node-1 lies outside of its "
        + "zone's subnet "
        + "192.168.1.0/24; choose one inside, or set the subnet.|spec.nodes[0].defaultGateway: gateway 192.168.1.1 of "
        + "node-1 lies "
        + "outside of its subnet 10.0.0.0/24; choose one inside.")]
    [InlineData("nodes: [{address: 192.168.1.20}, {address: 192.168.1.20}]",
        "spec.nodes[1].address: address 192.168.1.20 belongs to "
        + "node-1 and node-2; give each machine its own address.|spec.nodes[1].mac: MAC 02:00:c0:a8:01:14 belongs to "
        + "node-1 eth0 and "
        + "node-2 eth0; give each interface its own.|spec.nodes[1].switchPort.mac: MAC 0e:00:c0:a8:01:14 belongs to "
        + "port sw-node-1 "
        + "and port sw-node-2; give each interface its own.")]
    [InlineData("nodes: [{podCIDR: 10.245.1.0/24}]", "spec.nodes[0].podCIDR: pod CIDR 10.245.1.0/24 of node-1 is not a "
        + "/24 inside "
        + "10.244.0.0/16; choose one that is, or set spec.podCIDR and spec.nodeCIDRMaskSize.")]
    [InlineData("nodes: [{capacity: {cpu: lots}}]", "spec.nodes[0].capacity.cpu: 'lots' is not a quantity; write one "
        + "such as 4.")]
    [InlineData("nodes: [{labels: {a: 1}}]", "spec.nodes[0].labels.a: 1 is not a text; quote it.")]
    [InlineData("nodes: [{taints: [{key: a}]}]", "spec.nodes[0].taints[0].effect: is missing; a taint has key, effect "
        + "and perhaps a value.")]
    [InlineData("nodes: [{neighbours: [{device: cn0, address: 10.244.1.2, mac: \"0a:58:0a:f4:01:02\"}]}]",
        "spec.nodes[0].neighbours[0].device: 'cn0' is not a device of node-1; did you mean cni0?")]
    [InlineData("nodes: [{neighbours: [{device: flannel.1, address: 10.244.2.0, mac: \"02:f1:00:00:00:02\"}]}]",
        "spec.nodes[0].neighbours[0].device: 'flannel.1' is not a device of node-1; known are eth0, cni0.")]
    [InlineData("nodes: [{}, ]\nexternalHosts: [{name: node-1}]",
        "spec.externalHosts[0].name: 'node-1' names a node and a host outside; give each machine its own name.")]
    [InlineData("externalHosts: [{addresses: [10.9.9.9]}]",
        "spec.externalHosts[0].addresses: address 10.9.9.9 of external lies outside "
        + "of its subnet 203.0.113.0/24; write one inside first.")]
    public void Says_where_what_and_how_to_cure_it(string spec, string expected)
    {
        Assert.Equal(expected.Split('|'), Mistakes(spec).Select(e => $"{e.Path}: {e.Message}"));
    }

    [Fact]
    public void Names_file_and_line()
    {
        Assert.Equal(
            "cluster.yaml:6: spec.podCIDR: pod CIDR 10.100.0.0/16 overlaps service CIDR 10.96.0.0/12; choose disjoint "
            + "ranges.",
            Assert.Single(Mistakes("nodes: 1\n\npodCIDR: 10.100.0.0/16")).ToString());
    }

    [Fact]
    public void Reports_all_mistakes_at_once()
    {
        Assert.Equal([4, 5, 6], Mistakes("nodes: many\nunderlay: l3\npodCIDR: x").Select(e => e.Line).Order());
    }

    private static List<ManifestError> Mistakes(string spec)
    {
        ManifestSet read = ManifestReader.ReadText(
            "apiVersion: emulator.dev/v1alpha1\nkind: Cluster\nspec:\n  " + spec.Replace("\n", "\n  "), "cluster.yaml");
        Assert.Empty(read.Errors);
        var errors = new List<ManifestError>();
        Assert.Null(ClusterSpecReader.Read(Assert.Single(read.Documents), errors));
        return errors;
    }
}
