using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Kubernetes.KubeProxy;

namespace Emulator.Kubernetes.Tests.KubeProxy;

/// <summary>Which endpoints a node uses. Cases: kubernetes pkg/proxy/topology_test.go (Facts/).</summary>
public sealed class EndpointCategoriesTests
{
    private const string Here = "here";

    public static TheoryData<int> Places() =>
        [.. Enumerable.Range(0, FactsFile.Cases("endpoint-categories.json").Count)];

    [Theory]
    [MemberData(nameof(Places))]
    public void Endpoints_are_sorted_as_in_kube_proxys_own_tests(int place)
    {
        JsonValue test = FactsFile.Cases("endpoint-categories.json")[place];
        JsonValue service = test["service"] ?? JsonObject.Empty;
        var port = new ServicePort
        {
            Namespace = "ns",
            Name = "svc",
            ClusterIP = IPv4Address.Parse("172.30.0.1"),
            Port = 80,
            NodePort = (ushort)(service["nodePort"]?.AsInt64 ?? 0),
            InternalPolicyLocal = service["internalPolicyLocal"]?.AsBool ?? false,
            ExternalPolicyLocal = service["externalPolicyLocal"]?.AsBool ?? false,
        };
        string zone = test.At("nodeLabels", "topology.kubernetes.io/zone")?.AsString ?? "";
        EndpointCategories seen = EndpointCategories.Of(
            port, [.. (test["endpoints"]?.Items ?? []).Select(Endpoint)], Here, zone);
        JsonObject expected = (JsonObject)test["expect"]!; // Every case has one.
        var got = JsonObject.Of(
            ("clusterEndpoints", List(seen.Cluster)),
            ("localEndpoints", List(seen.Local)),
            ("allReachableEndpoints", List(seen.Reachable)),
            ("hasAnyEndpoints", seen.HasAny));
        Assert.Equal($"{test["name"]} {expected}", $"{test["name"]} {got}");
    }

    private static JsonValue List(IReadOnlyList<ProxyEndpoint>? endpoints) => endpoints is null
        ? JsonNull.Instance
        : new JsonArray([.. endpoints.Select(e => new JsonString(e.Address.ToString()))]);

    private static ProxyEndpoint Endpoint(JsonValue fact)
    {
        string[] parts = fact["endpoint"]!.AsString!.Split(':'); // Every endpoint of a case has one.
        return new ProxyEndpoint(
            new Endpoint(IPv4Address.Parse(parts[0]), ushort.Parse(parts[1], null)),
            fact["isLocal"]?.AsBool == true ? Here : "elsewhere",
            fact["ready"]?.AsBool == true,
            fact["serving"]?.AsBool == true,
            fact["terminating"]?.AsBool == true,
            [.. (fact["zoneHints"]?.Items ?? []).Select(z => z.AsString ?? "")]);
    }
}
