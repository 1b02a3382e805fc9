namespace Emulator.Kubernetes.Tests.ApiServer;

/// <summary>The shortest manifests that the API server takes.</summary>
internal static class Manifests
{
    public static string Pod(string name, string labels = "{}", string more = "") => $$$"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","labels":{{{labels}}}},
         "spec":{"containers":[{"name":"main","image":"web:1"}]{{{more}}}}}
        """;

    public static string Service(string name, string spec) =>
        $$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"{{{name}}}"},"spec":{{{spec}}}}""";

    public static string ConfigMap(string name, string home = "default", string more = "") =>
        $$$"""
        {"apiVersion":"v1","kind":"ConfigMap",
         "metadata":{"name":"{{{name}}}","namespace":"{{{home}}}"{{{more}}}}}
        """;

    public static string Deployment(
        string name, string selector = """{"app":"web"}""", string labels = """{"app":"web"}""") => $$$"""
        {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"{{{name}}}"},
         "spec":{"selector":{"matchLabels":{{{selector}}} },
                 "template":{"metadata":{"labels":{{{labels}}} },
                             "spec":{"containers":[{"name":"main","image":"web:1"}]} } } }
        """;
}
