using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Tests.KubeProxy;

/// <summary>Small Services, slices and nodes.</summary>
public static class Manifests
{
    public static ApiObject Service(string name, string clusterIP, string port, string more = "") => Read(
        $$$"""
        {"apiVersion":"v1","kind":"Service","metadata":{"name":"{{{name}}}","namespace":"default"},
         "spec":{"clusterIP":"{{{clusterIP}}}","ports":[{{{port}}}]{{{more}}}}}
        """);

    /// <param name="service">The Service's name.</param>
    /// <param name="port">The port, as JSON.</param>
    /// <param name="endpoints">Each as <c>ADDRESS NODE</c>.</param>
    public static ApiObject Slice(string service, string port, params string[] endpoints) => Read(
        $$$"""
        {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4",
         "metadata":{"name":"{{{service}}}-1","namespace":"default",
                     "labels":{"kubernetes.io/service-name":"{{{service}}}"}},
         "endpoints":[{{{string.Join(',', endpoints.Select(Endpoint))}}}],"ports":[{{{port}}}]}
        """);

    public static ApiObject Node(
        string name, string address, string podCidr, string zone = "", string annotations = "{}") => Read(
        $$$"""
        {"apiVersion":"v1","kind":"Node","metadata":{"name":"{{{name}}}","annotations":{{{annotations}}},
         "labels":{"topology.kubernetes.io/zone":"{{{zone}}}"}},"spec":{"podCIDR":"{{{podCidr}}}"},
         "status":{"addresses":[{"type":"InternalIP","address":"{{{address}}}"}]}}
        """);

    public static ApiObject Read(string json) => ApiObject.From((JsonObject)JsonText.Parse(json));

    private static string Endpoint(string text)
    {
        string[] parts = text.Split(' ');
        return $$$"""{"addresses":["{{{parts[0]}}}"],"nodeName":"{{{parts[1]}}}","conditions":{"ready":true}}""";
    }
}
