using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Tests.Api;

public sealed class ViewTests
{
    [Fact]
    public void A_view_is_made_once_for_a_version()
    {
        ApiObject pod = Read("""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"nodeName":"n"}}""");

        Assert.Same(PodView.Of(pod), PodView.Of(pod));
        Assert.Equal("n", PodView.Of(pod).NodeName);
        Assert.Equal("m", PodView.Of(pod.With(["spec", "nodeName"], "m")).NodeName);
    }

    [Fact]
    public void Pods_of_one_template_share_their_containers()
    {
        ApiObject first = Read("""
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"main","image":"web",
             "ports":[{"containerPort":80,"name":"http"}],"resources":{"requests":{"cpu":"250m","memory":1024}}}]}}
            """);
        ApiObject second = first.With(["metadata", "name"], "b").With(["spec", "nodeName"], "n");

        ContainerView container = PodView.Of(first).Containers[0];
        Assert.Same(container, PodView.Of(second).Containers[0]);
        Assert.Equal(250, container.Requests["cpu"].MilliValue);
        Assert.Equal(1024, container.Requests["memory"].Value);
        Assert.True(container.Limits["cpu"].IsZero);
        Assert.Equal(new ContainerPortView("http", 80, 0, "TCP", ""), container.Ports[0]);
    }

    /// <summary>Source: the reference of EndpointSlice: no ready means true, no serving means as ready.</summary>
    [Fact]
    public void An_endpoint_without_conditions_is_ready_and_serving()
    {
        EndpointSliceView slice = EndpointSliceView.Of(Read("""
            {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4",
             "metadata":{"name":"s","labels":{"kubernetes.io/service-name":"web"}},
             "ports":[{"name":"http","port":8080}],
             "endpoints":[{"addresses":["10.244.1.5"],"nodeName":"n"},
                          {"addresses":["10.244.1.6"],"conditions":{"ready":false,"serving":true,"terminating":true},
                           "targetRef":{"kind":"Pod","name":"p"},"hints":{"forZones":[{"name":"z"}]}},
                          {"addresses":["fe80::1"]}]}
            """));

        Assert.Equal("web", slice.ServiceName);
        Assert.Equal([new EndpointPort("http", 8080, "TCP", null)], slice.Ports);
        Assert.Equal(
            [(IPv4Address.From(10, 244, 1, 5), true, true, false),
                (IPv4Address.From(10, 244, 1, 6), false, true, true)],
            slice.Endpoints.Select(e => (e.Address, e.IsReady, e.IsServing, e.IsTerminating)));
        Assert.Equal("p", slice.Endpoints[1].PodName);
        Assert.Equal(["z"], slice.Endpoints[1].ZoneHints);
    }

    [Fact]
    public void A_condition_keeps_its_time_until_its_status_changes()
    {
        JsonObject first = Condition.Put(JsonObject.Empty, new Condition("Ready", "False", "Why", "", "t1"));
        JsonObject same = Condition.Put(first, new Condition("Ready", "False", "Other", "", "t2"));
        JsonObject turned = Condition.Put(same, new Condition("Ready", "True", "", "", "t3"));

        Assert.Equal(new Condition("Ready", "False", "Other", "", "t1"), Condition.Find(same, "Ready"));
        Assert.Equal(new Condition("Ready", "True", "", "", "t3"), Condition.Find(turned, "Ready"));
        Assert.Single(turned.Find("conditions")!.Items);
    }

    [Fact]
    public void An_ingress_lists_the_paths_of_all_rules()
    {
        IngressView ingress = IngressView.Of(Read("""
            {"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"i"},
             "spec":{"ingressClassName":"nginx",
             "defaultBackend":{"service":{"name":"d","port":{"name":"http"}}},
             "rules":[{"host":"a.example","http":{"paths":[
              {"path":"/x","pathType":"Prefix","backend":{"service":{"name":"x","port":{"number":80}}}}]}}]}}
            """));

        Assert.Equal("nginx", ingress.ClassName);
        Assert.Equal(new IngressBackend("d", 0, "http"), ingress.DefaultBackend);
        Assert.Equal([new IngressPath("a.example", "/x", "Prefix", new IngressBackend("x", 80, ""))], ingress.Paths);
    }

    [Fact]
    public void The_models_clock_starts_in_2025_and_reads_what_it_writes()
    {
        SimTime time = SimTime.Zero + SimDuration.FromMicroseconds(86_400_000_000 + 1_500_250);

        Assert.Equal("2025-01-01T00:00:00Z", ModelClock.ToText(SimTime.Zero));
        Assert.Equal("2025-01-02T00:00:01Z", ModelClock.ToText(time));
        Assert.Equal("2025-01-02T00:00:01.500250Z", ModelClock.ToMicroText(time));
        Assert.True(ModelClock.TryParse("2025-01-02T00:00:01.500250Z", out SimTime read));
        Assert.Equal(time, read);
        Assert.False(ModelClock.TryParse(null, out _));
    }

    private static ApiObject Read(string json) => ApiObject.From((JsonObject)JsonText.Parse(json));
}
