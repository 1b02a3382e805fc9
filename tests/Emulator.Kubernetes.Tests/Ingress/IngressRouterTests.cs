using Emulator.Core.Documents;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Ingress;

namespace Emulator.Kubernetes.Tests.Ingress;

/// <summary>The ingress controllers' conformance suite, and the tables of Kubernetes' documentation.</summary>
public class IngressRouterTests
{
    private static readonly JsonValue Facts = FactsFile.Read("ingress.json");

    public static TheoryData<int, string> Of(string list)
    {
        var data = new TheoryData<int, string>();
        IReadOnlyList<JsonValue> cases = Facts[list]!.Items;
        for (int i = 0; i < cases.Count; i++)
        {
            string? name = cases[i]["name"]?.AsString;
            data.Add(i, name ?? $"{cases[i]["host"]!.AsString} {cases[i]["hostHeader"]!.AsString}");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Of), "requests")]
    public void Routes_as_the_conformance_suite_expects(int index, string name)
    {
        JsonValue fact = Facts["requests"]!.Items[index];
        JsonValue ingress = Facts.At("ingresses", fact["ingress"]!.AsString!)!;
        var router = new IngressRouter([View(ingress)]);
        IngressRoute? route = router.Find(fact["host"]!.AsString!, fact["path"]!.AsString!);
        Assert.True(fact["service"]?.AsString == route?.Backend.ServiceName, $"{name}: {route}");
        Assert.Equal(fact["status"]!.AsInt64, route is null ? 404 : 200);
    }

    [Theory]
    [MemberData(nameof(Of), "paths")]
    public void Matches_paths_as_the_documentation_says(int index, string name)
    {
        JsonValue fact = Facts["paths"]!.Items[index];
        IngressRouter router = Router(
            fact["paths"]!.Items.Select(p => ("", p["path"]!.AsString!, p["pathType"]!.AsString!)));
        IngressPath? path = router.Find("any", fact["requestPath"]!.AsString!)?.Path;
        Assert.True(fact["matchedPath"]?.AsString == path?.Path, $"{name}: {path}");
        if (fact["matchedPathType"]?.AsString is string type)
        {
            Assert.Equal(type, path!.PathType);
        }
    }

    [Theory]
    [MemberData(nameof(Of), "hosts")]
    public void Matches_hosts_as_the_documentation_says(int index, string name)
    {
        JsonValue fact = Facts["hosts"]!.Items[index];
        IngressRouter router = Router([(fact["host"]!.AsString!, "/", "Prefix")]);
        bool matches = router.Find(fact["hostHeader"]!.AsString!, "/") is not null;
        Assert.True(fact["matches"]!.AsBool == matches, name);
    }

    [Theory]
    [InlineData("a.example.com", "/x", "exact host")]
    [InlineData("A.Example.COM", "/x", "exact host")]
    [InlineData("b.example.com", "/x", "wildcard")]
    [InlineData("other", "/x", "any host")]
    [InlineData("a.example.com", "/y", null)]
    public void Prefers_the_exact_host_then_the_wildcard_then_rules_without_a_host(
        string host, string path, string? expected)
    {
        IngressRouter router = Router(
        [
            ("", "/x", "Prefix"), ("*.example.com", "/x", "Prefix"), ("a.example.com", "/x", "Prefix"),
        ]);
        string? found = router.Find(host, path)?.Path?.Host switch
        {
            "" => "any host",
            "*.example.com" => "wildcard",
            "a.example.com" => "exact host",
            _ => null,
        };
        Assert.Equal(expected, found);
    }

    [Fact]
    public void Gives_a_path_that_two_claim_to_the_older()
    {
        IngressView younger = View(Ingress("aaa", "2024-01-02T00:00:00Z", [("", "/", "Prefix")]));
        IngressView older = View(Ingress("zzz", "2024-01-01T00:00:00Z", [("", "/", "Prefix")]));
        Assert.Equal("zzz", new IngressRouter([younger, older]).Find("any", "/")!.Namespace);
    }

    private static IngressRouter Router(IEnumerable<(string Host, string Path, string Type)> paths) =>
        new([View(Ingress("default", "2024-01-01T00:00:00Z", paths))]);

    private static JsonValue Ingress(
        string @namespace, string created, IEnumerable<(string Host, string Path, string Type)> paths)
    {
        IEnumerable<JsonValue> rules = paths.Select(p => JsonText.Parse(
            $$$"""
            {"host": "{{{p.Host}}}", "http": {"paths": [{"path": "{{{p.Path}}}", "pathType": "{{{p.Type}}}",
             "backend": {"service": {"name": "web", "port": {"number": 80} } } }]} }
            """));
        return JsonText.Parse(
            $$$"""
            {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
             "metadata": {"name": "web", "namespace": "{{{@namespace}}}", "creationTimestamp": "{{{created}}}"} }
            """).With(["spec", "rules"], new JsonArray([.. rules]));
    }

    private static IngressView View(JsonValue ingress) => IngressView.Of(ApiObject.From((JsonObject)ingress));
}
