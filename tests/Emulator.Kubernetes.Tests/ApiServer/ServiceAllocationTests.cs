using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.Tests.ApiServer;

/// <summary>Wording and rules: pkg/registry/core/service of Kubernetes; bands: KEP-3070 and KEP-3668.</summary>
public sealed class ServiceAllocationTests
{
    private const string OnePort = """{"ports":[{"port":80}]}""";

    private readonly MiniCluster _cluster = new();
    private readonly TestClient _client;

    public ServiceAllocationTests() => _client = _cluster.NewClient();

    [Fact]
    public void Gives_each_service_an_address_of_the_upper_band()
    {
        // 10.96.0.0/12 has a lower band of 256 for those who ask: the first dynamic address is 10.96.1.1.
        Assert.Equal("10.96.1.1", Create("a", OnePort).Object!.Spec.Find("clusterIP")!.AsString);
        Assert.Equal("10.96.1.2", Create("b", OnePort).Object!.Spec.Find("clusterIP")!.AsString);
    }

    [Fact]
    public void Fills_in_what_a_service_leaves_out()
    {
        JsonObject spec = Create("a", OnePort).Object!.Spec;

        Assert.Equal(JsonText.Parse("""
            {"ports":[{"port":80,"protocol":"TCP","targetPort":80}],"type":"ClusterIP","sessionAffinity":"None",
             "internalTrafficPolicy":"Cluster","clusterIP":"10.96.1.1","clusterIPs":["10.96.1.1"],"ipFamilies":["IPv4"],
             "ipFamilyPolicy":"SingleStack"}
            """), spec);
    }

    [Fact]
    public void Gives_the_address_that_was_asked_for_once()
    {
        Assert.True(Create("dns", """{"clusterIP":"10.96.0.10","ports":[{"port":53,"protocol":"UDP"}]}""").Succeeded);

        Assert.Equal(
            "Service \"other\" is invalid: spec.clusterIPs: Invalid value: []string{\"10.96.0.10\"}: failed to "
            + "allocate IP "
            + "10.96.0.10: provided IP is already allocated",
            Create("other", """{"clusterIP":"10.96.0.10","ports":[{"port":53}]}""").Error!.Message);
        Assert.Equal(
            "Service \"other\" is invalid: spec.clusterIPs: Invalid value: []string{\"192.168.0.1\"}: failed to "
            + "allocate IP "
            + "192.168.0.1: the provided IP (192.168.0.1) is not in the valid range. The range of valid IPs is "
            + "10.96.0.0/12",
            Create("other", """{"clusterIP":"192.168.0.1","ports":[{"port":53}]}""").Error!.Message);
    }

    [Fact]
    public void Gives_no_address_to_headless_services_and_external_names()
    {
        JsonObject headless = Create("a", """{"clusterIP":"None"}""").Object!.Spec;
        JsonObject external = Create("b", """{"type":"ExternalName","externalName":"example.com"}""").Object!.Spec;

        Assert.Equal("None", headless.Find("clusterIP")!.AsString);
        Assert.Null(external.Find("clusterIP"));
    }

    [Fact]
    public void Gives_node_ports_of_the_upper_band_and_those_that_were_asked_for()
    {
        ServiceView service = ServiceView.Of(Create("a", """
            {"type":"NodePort","ports":[{"name":"x","port":80},{"name":"y","port":81,"nodePort":30080},
                                        {"name":"z","port":82}]}
            """).Object!);

        Assert.Equal([30086, 30080, 30087], service.Ports.Select(p => p.NodePort));
        Assert.Equal(30088,
            ServiceView.Of(Create("b", """{"type":"LoadBalancer","ports":[{"port":80}]}""").Object!).Ports[0].NodePort);
    }

    [Fact]
    public void Refuses_node_ports_that_are_taken_out_of_range_or_not_wanted()
    {
        Create("a", """{"type":"NodePort","ports":[{"port":80,"nodePort":30080}]}""");

        Assert.Equal(
            "Service \"b\" is invalid: spec.ports[0].nodePort: Invalid value: 30080: provided port is already "
            + "allocated",
            Create("b", """{"type":"NodePort","ports":[{"port":80,"nodePort":30080}]}""").Error!.Message);
        Assert.Equal(
            "Service \"b\" is invalid: spec.ports[0].nodePort: Invalid value: 20: provided port is not in the valid "
            + "range. "
            + "The range of valid ports is 30000-32767",
            Create("b", """{"type":"NodePort","ports":[{"port":80,"nodePort":20}]}""").Error!.Message);
        Assert.Equal(
            "Service \"b\" is invalid: spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
            Create("b", """{"ports":[{"port":80,"nodePort":30081}]}""").Error!.Message);
    }

    [Fact]
    public void Lets_one_service_have_a_node_port_for_tcp_and_udp()
    {
        Assert.True(Create("dns", """
            {"type":"NodePort","ports":[{"name":"a","port":53,"nodePort":30053},
                                        {"name":"b","port":53,"protocol":"UDP","nodePort":30053}]}
            """).Succeeded);
    }

    [Fact]
    public void Takes_back_what_a_deleted_service_had()
    {
        const string Spec = """{"type":"NodePort","clusterIP":"10.96.0.9","ports":[{"port":80,"nodePort":30080}]}""";
        Create("a", Spec);
        Assert.False(Create("b", Spec).Succeeded);

        _client.Delete(_cluster, ResourceTypes.Services, "a");

        Assert.True(Create("b", Spec).Succeeded);
    }

    [Fact]
    public void A_refused_service_takes_nothing()
    {
        Create("a", """{"type":"NodePort","ports":[{"port":80,"nodePort":30080}]}""");
        Create("b", """{"type":"NodePort","clusterIP":"10.96.0.9","ports":[{"port":80,"nodePort":30080}]}""");

        Assert.True(Create("c", """{"clusterIP":"10.96.0.9","ports":[{"port":80}]}""").Succeeded);
    }

    [Fact]
    public void Keeps_what_it_gave_when_an_update_leaves_it_out()
    {
        ApiObject made = Create("a", """{"type":"NodePort","ports":[{"port":80}]}""").Object!;
        ApiObject bare = TestClient.Parse(
            Manifests.Service("a", """{"type":"NodePort","ports":[{"port":80}],"selector":{"app":"x"}}"""));

        ApiObject after = _client.Update(_cluster, bare).Object!;

        Assert.Equal(made.Spec.Find("clusterIP"), after.Spec.Find("clusterIP"));
        Assert.Equal(30086, ServiceView.Of(after).Ports[0].NodePort);
        Assert.Equal("x", ServiceView.Of(after).Selector["app"]);
    }

    [Fact]
    public void Gives_node_ports_when_the_type_changes_and_refuses_another_address()
    {
        Create("a", OnePort);

        ApiResponse changed = _client.Patch(
            _cluster, ResourceTypes.Services, "a", PatchType.Strategic, """{"spec":{"type":"NodePort"}}""");
        ApiResponse moved = _client.Patch(
            _cluster, ResourceTypes.Services, "a", PatchType.Merge,
            """{"spec":{"clusterIP":"10.96.0.9","clusterIPs":["10.96.0.9"]}}""");

        Assert.Equal(30086, ServiceView.Of(changed.Object!).Ports[0].NodePort);
        Assert.Equal(
            "Service \"a\" is invalid: spec.clusterIPs[0]: Invalid value: []string{\"10.96.0.9\"}: may not change once "
            + "set",
            moved.Error!.Message);
    }

    [Fact]
    public void Says_when_the_range_is_full()
    {
        var cluster =
            new MiniCluster(new ApiServerOptions { ServiceCidr = new Cidr(IPv4Address.From(10, 0, 0, 0), 30) });
        TestClient client = cluster.NewClient();
        Assert.True(client.Create(cluster, Manifests.Service("a", OnePort)).Succeeded);
        Assert.True(client.Create(cluster, Manifests.Service("b", OnePort)).Succeeded);

        Assert.Contains("range is full", client.Create(cluster, Manifests.Service("c", OnePort)).Error!.Message);
    }

    private ApiResponse Create(string name, string spec) => _client.Create(_cluster, Manifests.Service(name, spec));
}
