using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.KubeProxy;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;

namespace Emulator.Kubernetes.Tests.KubeProxy;

public sealed class KubeProxyTests
{
    private const string Http = """{"port":80,"protocol":"TCP","targetPort":8080}""";
    private const string HttpEndpoint = """{"name":"","port":8080,"protocol":"TCP"}""";
    private const string Dns = """{"port":53,"protocol":"UDP","nodePort":30053}""";
    private const string DnsEndpoint = """{"name":"","port":5353,"protocol":"UDP"}""";

    private readonly ServiceRuleCache _cache = new(new KubeProxyOptions { ClusterCidr = Cidr.Parse("10.244.0.0/16") });

    [Fact]
    public void Replaces_both_tables_once_after_the_first_lists()
    {
        NodeRig api = Script("node-1");
        api.Put(Manifests.Service("web", "10.96.0.10", Http));
        api.Put(Manifests.Slice("web", HttpEndpoint, "10.244.1.2 node-1"));
        api.Start();
        Assert.Equal([TableName.Filter, TableName.Nat], api.ToldOf<ReplaceTable>().Select(t => t.Table));
        Assert.All(api.ToldOf<ReplaceTable>(), t => Assert.Equal(("kube-proxy", 0), (t.Owner, t.Order)));
        Assert.Single(
            api.ToldOf<ReplaceTable>()[1].Content.Chains,
            c => c.Name.StartsWith("KUBE-SEP-", StringComparison.Ordinal));
    }

    [Fact]
    public void Waits_a_second_after_a_sync_and_then_takes_all_changes_at_once()
    {
        NodeRig api = Script("node-1");
        api.Start();
        SimTime first = Assert.Single(api.Told.Select(t => t.At).Distinct());
        api.Told.Clear();
        api.Put(Manifests.Service("web", "10.96.0.10", Http));
        api.Put(Manifests.Slice("web", HttpEndpoint, "10.244.1.2 node-1"));
        Assert.Empty(api.Told);
        api.Advance(SimDuration.FromSeconds(5));
        Assert.Equal([first + SimDuration.FromSeconds(1)], api.Told.Select(t => t.At).Distinct());
        Assert.Equal(2, api.ToldOf<ReplaceTable>().Count);
    }

    [Fact]
    public void Syncs_at_once_when_the_last_sync_is_more_than_a_second_ago()
    {
        NodeRig api = Script("node-1");
        api.Start();
        api.Told.Clear();
        api.Advance(SimDuration.FromSeconds(5));
        api.Put(Manifests.Service("web", "10.96.0.10", Http));
        Assert.Equal(2, api.ToldOf<ReplaceTable>().Count);
    }

    /// <summary>Whether two tables are one object is a matter of memory; what is sent must not hang on it.</summary>
    [Fact]
    public void Syncs_after_a_change_that_was_taken_back_too()
    {
        NodeRig api = Script("node-1");
        api.Start();
        api.Told.Clear();
        api.Put(Manifests.Service("web", "10.96.0.10", Http));
        api.Remove(ResourceTypes.Services, "default", "web");
        api.Advance(SimDuration.FromSeconds(5));
        Assert.Equal(2, api.ToldOf<ReplaceTable>().Count);
    }

    /// <summary>Source: kubernetes pkg/proxy/conntrack/cleanup.go.</summary>
    [Fact]
    public void Forgets_udp_flows_to_an_endpoint_that_went_and_to_a_service_that_got_its_first()
    {
        NodeRig api = Script("node-1");
        api.Put(Manifests.Service("dns", "10.96.0.10", Dns, ""","type":"NodePort" """));
        api.Start();
        Assert.Empty(api.ToldOf<DeleteConntrack>());
        api.Advance(SimDuration.FromSeconds(2));
        api.Put(Manifests.Slice("dns", DnsEndpoint, "10.244.1.2 node-1", "10.244.2.2 node-2"));
        IPv4Address clusterIP = IPv4Address.Parse("10.96.0.10");
        Assert.Equal(
            [
                new DeleteConntrack(IPProtocol.Udp, clusterIP, null, null),
                new DeleteConntrack(IPProtocol.Udp, null, 30053, null),
            ],
            api.ToldOf<DeleteConntrack>());
        api.Told.Clear();
        api.Advance(SimDuration.FromSeconds(2));
        api.Put(Manifests.Slice("dns", DnsEndpoint, "10.244.1.2 node-1"));
        IPv4Address gone = IPv4Address.Parse("10.244.2.2");
        Assert.Equal(
            [
                new DeleteConntrack(IPProtocol.Udp, clusterIP, null, gone),
                new DeleteConntrack(IPProtocol.Udp, null, 30053, gone),
            ],
            api.ToldOf<DeleteConntrack>());
    }

    [Fact]
    public void Nodes_share_one_table_when_nothing_depends_on_the_node()
    {
        Assert.Same(NatAt("node-1", Http, ""), NatAt("node-2", Http, ""));
    }

    [Fact]
    public void With_policy_local_nodes_without_endpoints_share_and_the_others_differ()
    {
        const string local = ""","type":"NodePort","externalTrafficPolicy":"Local" """;
        const string port = """{"port":80,"protocol":"TCP","nodePort":30080}""";
        TableContent one = NatAt("node-1", port, local);
        TableContent two = NatAt("node-2", port, local);
        Assert.NotSame(one, two);
        Assert.Same(two, NatAt("node-3", port, local));
        Assert.Same(Chain(one, "KUBE-SVC-"), Chain(two, "KUBE-SVC-"));
        Assert.Single(one.Chains, c => c.Name.StartsWith("KUBE-SVL-", StringComparison.Ordinal));
        Assert.DoesNotContain(two.Chains, c => c.Name.StartsWith("KUBE-SVL-", StringComparison.Ordinal));
    }

    [Fact]
    public void Nodes_whose_zone_has_hints_use_that_zones_endpoints()
    {
        const string slice =
            """
            {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4",
             "metadata":{"name":"web-1","namespace":"default","labels":{"kubernetes.io/service-name":"web"}},
             "endpoints":[{"addresses":["10.244.1.2"],"hints":{"forZones":[{"name":"a"}]}},
                          {"addresses":["10.244.2.2"],"hints":{"forZones":[{"name":"b"}]}}],
             "ports":[{"name":"","port":8080,"protocol":"TCP"}]}
            """;
        string[] Endpoints(string zone)
        {
            NodeRig api = Script("node-1");
            api.Put(Manifests.Service("web", "10.96.0.10", Http));
            api.Put(Manifests.Read(slice));
            api.Put(Manifests.Node("node-1", "192.168.77.11", "10.244.1.0/24", zone));
            api.Start();
            return [.. api.ToldOf<ReplaceTable>()[1].Content.Chains.SelectMany(c => c.Rules)
                .Select(r => r.Target).OfType<DnatTarget>().Select(t => t.Address.ToString())];
        }

        Assert.Equal(["10.244.1.2"], Endpoints("a"));
        Assert.Equal(["10.244.2.2"], Endpoints("b"));
        Assert.Equal(["10.244.1.2", "10.244.2.2"], Endpoints("c"));
    }

    [Fact]
    public void An_endpoint_keeps_its_chain_object_when_another_comes()
    {
        NodeRig api = Script("node-1");
        api.Put(Manifests.Service("web", "10.96.0.10", Http));
        api.Put(Manifests.Slice("web", HttpEndpoint, "10.244.1.2 node-1"));
        api.Start();
        Chain before = Chain(api.ToldOf<ReplaceTable>()[1].Content, "KUBE-SEP-");
        api.Advance(SimDuration.FromSeconds(2));
        api.Put(Manifests.Slice("web", HttpEndpoint, "10.244.1.2 node-1", "10.244.2.2 node-2"));
        Assert.Contains(before, api.ToldOf<ReplaceTable>()[3].Content.Chains);
    }

    [Fact]
    public void Watchers_who_saw_the_same_on_different_ways_hold_the_same_set()
    {
        ApiObject a = Manifests.Service("a", "10.96.0.1", Http).With(["metadata", "resourceVersion"], "1");
        ApiObject b = Manifests.Service("b", "10.96.0.2", Http).With(["metadata", "resourceVersion"], "2");
        SharedSet<ApiObject> empty = _cache.Objects.Empty;
        Assert.Same(empty.With("a", a).With("b", b), empty.With("b", b).With("a", a));
        Assert.Same(empty.With("a", a), empty.With("a", a).With("b", b).With("b", null));
        Assert.NotSame(empty.With("a", a), empty.With("a", a.With(["metadata", "resourceVersion"], "3")));
    }

    private static Chain Chain(TableContent content, string prefix) =>
        content.Chains.Single(c => c.Name.StartsWith(prefix, StringComparison.Ordinal));

    private TableContent NatAt(string node, string port, string more)
    {
        NodeRig api = Script(node);
        api.Put(Manifests.Service("web", "10.96.0.10", port, more));
        api.Put(Manifests.Slice("web", HttpEndpoint, "10.244.1.2 node-1"));
        api.Start();
        return api.ToldOf<ReplaceTable>()[1].Content;
    }

    private NodeRig Script(string node)
    {
        var api = new NodeRig(node);
        api.Add(new Kubernetes.KubeProxy.KubeProxy(api.Ref("kube-proxy"), api.Host, api.ApiServer, node, _cache));
        return api;
    }
}
