using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Controllers.EndpointSlices;

namespace Emulator.Kubernetes.Tests.Controllers;

/// <summary>Endpoints and slices against the tables of Kubernetes' own tests; each facts file names its
/// source.</summary>
public class EndpointSliceTests
{
    public static TheoryData<int, string> PodToEndpoint => FactsFile.Names("pod-to-endpoint.json");

    public static TheoryData<int, string> PodInEndpoints => FactsFile.Names("pod-in-endpoints.json");

    public static TheoryData<int, string> Hostname => FactsFile.Names("hostname.json");

    public static TheoryData<int, string> Lengths => FactsFile.Names("max-endpoints-per-slice.json");

    public static TheoryData<int, string> Ports => FactsFile.Names("find-port.json");

    [Theory]
    [MemberData(nameof(PodToEndpoint))]
    public void A_pod_becomes_the_same_endpoint_as_in_Kubernetes(int index, string name)
    {
        JsonValue @case = Case("pod-to-endpoint.json", index, name);
        JsonObject endpoint = EndpointOfPod.For(
            ControllerFacts.Object(ResourceTypes.Pods, @case["pod"]),
            ControllerFacts.Object(ResourceTypes.Services, @case["service"]), @case["zone"]!.AsString!);
        Assert.Equal(@case["expected"], endpoint);
    }

    [Theory]
    [MemberData(nameof(PodInEndpoints))]
    public void A_pod_is_in_slices_as_in_Kubernetes(int index, string name)
    {
        JsonValue @case = Case("pod-in-endpoints.json", index, name);
        Assert.Equal(
            ControllerFacts.Bool(@case, "expected"),
            EndpointOfPod.Belongs(
                ControllerFacts.Object(ResourceTypes.Pods, @case["pod"]), @case["includeTerminating"]?.AsBool
                    ?? false));
    }

    [Theory]
    [MemberData(nameof(Hostname))]
    public void A_host_name_is_published_as_in_Kubernetes(int index, string name)
    {
        JsonValue @case = Case("hostname.json", index, name);
        Assert.Equal(
            ControllerFacts.Bool(@case, "expected"),
            EndpointOfPod.HasHostname(
                ControllerFacts.Object(ResourceTypes.Pods, @case["pod"]),
                ControllerFacts.Object(ResourceTypes.Services, @case["service"])));
    }

    [Theory]
    [MemberData(nameof(Ports))]
    public void A_target_port_is_found_as_in_Kubernetes(int index, string name)
    {
        JsonValue @case = Case("find-port.json", index, name);
        ApiObject pod =
            ApiObject.Named(ResourceTypes.Pods, "default", "p").With(["spec", "containers"], @case["containers"]);
        int? found = EndpointOfPod.FindPort(pod, @case["port"]!, "TCP");
        Assert.Equal(ControllerFacts.Bool(@case, "pass") ? ControllerFacts.Int(@case, "expected") : null, found);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Slices_are_filled_as_in_Kubernetes(int index, string name)
    {
        JsonValue @case = Case("max-endpoints-per-slice.json", index, name);
        SlicePlan plan = Plan([], Enumerable.Range(0, 250), ControllerFacts.Int(@case, "max"));
        Assert.Equal(@case["lengths"]!.Items.Select(l => (int)l.AsInt64!.Value),
            plan.Create.Select(s => s.Endpoints.Count));
    }

    [Fact]
    public void An_endpoint_that_changes_writes_its_own_slice_only()
    {
        PlannedSlice a = Slice("a", 0, 100);
        PlannedSlice b = Slice("b", 100, 100);
        var desired = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (JsonObject endpoint in a.Endpoints.Concat(b.Endpoints))
        {
            desired[SliceOfService.Identity(endpoint)] = endpoint;
        }

        desired["pod-150/"] = desired["pod-150/"].With("nodeName", "other");
        var plan = SlicePlan.For([a, b], desired, SliceOfService.Identity, 100);
        Assert.Equal("b", Assert.Single(plan.Update).Name);
        Assert.Empty(plan.Create);
        Assert.Empty(plan.Delete);
    }

    [Fact]
    public void New_endpoints_fill_a_slice_that_changes_anyway()
    {
        SlicePlan plan = Plan([Slice("a", 0, 10), Slice("b", 10, 20)], [.. Enumerable.Range(1, 29), 900, 901], 100);
        PlannedSlice changed = Assert.Single(plan.Update);
        Assert.Equal("a", changed.Name);
        Assert.Equal(11, changed.Endpoints.Count);
    }

    [Fact]
    public void New_endpoints_go_to_the_fullest_slice_with_room_for_all()
    {
        SlicePlan plan = Plan([Slice("a", 0, 99), Slice("b", 100, 50)],
            [.. Enumerable.Range(0, 99), .. Enumerable.Range(100, 52)], 100);
        PlannedSlice changed = Assert.Single(plan.Update);
        Assert.Equal("b", changed.Name);
        Assert.Equal(52, changed.Endpoints.Count);
    }

    [Fact]
    public void A_slice_without_endpoints_goes()
    {
        SlicePlan plan = Plan([Slice("a", 0, 2), Slice("b", 2, 2)], [0, 1], 100);
        Assert.Equal("b", Assert.Single(plan.Delete).Name);
        Assert.Empty(plan.Update);
    }

    private static SlicePlan Plan(IReadOnlyList<PlannedSlice> existing, IEnumerable<int> pods, int max)
    {
        var desired = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (int pod in pods)
        {
            desired[SliceOfService.Identity(Endpoint(pod))] = Endpoint(pod);
        }

        return SlicePlan.For(existing, desired, SliceOfService.Identity, max);
    }

    private static PlannedSlice Slice(string name, int first, int count) =>
        new(name, [.. Enumerable.Range(first, count).Select(Endpoint)]);

    private static JsonObject Endpoint(int pod) => JsonObject.Of(
        ("addresses", new JsonArray([$"10.0.{pod / 250}.{pod % 250}"])),
            ("targetRef", JsonObject.Of(("name", $"pod-{pod}"))));

    private static JsonValue Case(string file, int index, string name)
    {
        JsonValue @case = FactsFile.Cases(file)[index];
        Assert.Equal(name, @case["name"]!.AsString);
        return @case;
    }
}
