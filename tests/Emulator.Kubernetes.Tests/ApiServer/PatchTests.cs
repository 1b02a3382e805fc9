using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.Tests.ApiServer;

public sealed class PatchTests
{
    private readonly MiniCluster _cluster = new();
    private readonly TestClient _client;

    public PatchTests() => _client = _cluster.NewClient();

    /// <summary>Source: RFC 7386 appendix A, the rows whose target is an object.</summary>
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void Merges_as_rfc_7386_says(string target, string patch, string wanted) =>
        AssertPatched(PatchType.Merge, target, $$"""{"data":{{patch}}}""", wanted);

    /// <summary>Source: RFC 6902 appendix A (A.1 to A.7, A.10, A.14, A.16, with targets under /data).</summary>
    [Theory]
    [InlineData(
        """{"foo":"bar"}""", """[{"op":"add","path":"/data/baz","value":"qux"}]""", """{"baz":"qux","foo":"bar"}""")]
    [InlineData(
        """{"foo":["bar","baz"]}""", """[{"op":"add","path":"/data/foo/1","value":"qux"}]""",
            """{"foo":["bar","qux","baz"]}""")]
    [InlineData("""{"baz":"qux","foo":"bar"}""", """[{"op":"remove","path":"/data/baz"}]""", """{"foo":"bar"}""")]
    [InlineData(
        """{"foo":["bar","qux","baz"]}""", """[{"op":"remove","path":"/data/foo/1"}]""", """{"foo":["bar","baz"]}""")]
    [InlineData(
        """{"baz":"qux","foo":"bar"}""", """[{"op":"replace","path":"/data/baz","value":"boo"}]""",
            """{"baz":"boo","foo":"bar"}""")]
    [InlineData(
        """{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}""",
        """[{"op":"move","from":"/data/foo/waldo","path":"/data/qux/thud"}]""",
        """{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}""")]
    [InlineData(
        """{"foo":["all","grass","cows","eat"]}""", """[{"op":"move","from":"/data/foo/1","path":"/data/foo/3"}]""",
        """{"foo":["all","cows","eat","grass"]}""")]
    [InlineData(
        """{"foo":"bar"}""", """[{"op":"add","path":"/data/child","value":{"grandchild":{}}}]""",
        """{"foo":"bar","child":{"grandchild":{}}}""")]
    [InlineData("""{"/":9,"~1":10}""", """[{"op":"test","path":"/data/~01","value":10}]""", """{"/":9,"~1":10}""")]
    [InlineData(
        """{"foo":["bar"]}""", """[{"op":"add","path":"/data/foo/-","value":["abc","def"]}]""",
            """{"foo":["bar",["abc","def"]]}""")]
    public void Patches_as_rfc_6902_says(string target, string patch, string wanted) =>
        AssertPatched(PatchType.Json, target, patch, wanted);

    /// <summary>Source: RFC 6902 A.9 and A.12, and section 5: all operations or none.</summary>
    [Theory]
    [InlineData("""[{"op":"add","path":"/data/x","value":1},{"op":"test","path":"/data/baz","value":"bar"}]""")]
    [InlineData("""[{"op":"add","path":"/data/x","value":1},{"op":"add","path":"/data/nope/bat","value":"qux"}]""")]
    [InlineData("""[{"op":"add","path":"/data/x","value":1},{"op":"remove","path":"/data/nope"}]""")]
    [InlineData("""[{"op":"add","path":"/data/x","value":1},{"op":"conjure","path":"/data/nope"}]""")]
    public void Does_all_operations_or_none(string patch)
    {
        ApiObject made = Make("""{"baz":"qux"}""");

        ApiStatus error = _client.Patch(_cluster, ResourceTypes.ConfigMaps, "t", PatchType.Json, patch).Error!;

        Assert.Equal((400, "BadRequest"), (error.Code, error.Reason));
        Assert.Equal(made.ResourceVersion, _cluster.Server.ResourceVersion);
    }

    [Fact]
    public void A_strategic_patch_merges_containers_by_name_and_ports_by_number()
    {
        _client.Create(_cluster, """
            {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},
             "spec":{"selector":{"matchLabels":{"a":"b"}},
             "template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[
              {"name":"main","image":"web:1","ports":[{"containerPort":80,"name":"http"}],"args":["x","y"]},
              {"name":"side","image":"side:1"}]}}}}
            """);

        ApiObject after = _client.Patch(_cluster, ResourceTypes.Deployments, "web", PatchType.Strategic, """
            {"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"main"}],"containers":[
              {"name":"main","ports":[{"containerPort":80,"protocol":"UDP"},{"containerPort":81}],"args":["z"]},
              {"name":"side","$patch":"delete"},{"name":"new","image":"new:1"}]}}}}
            """).Object!;

        Assert.Equal(JsonText.Parse("""
            [{"name":"main","image":"web:1","ports":[{"containerPort":80,"name":"http","protocol":"UDP"},
                                                     {"containerPort":81,"protocol":"TCP"}],
              "args":["z"],"imagePullPolicy":"IfNotPresent"},
             {"name":"new","image":"new:1","imagePullPolicy":"IfNotPresent"}]
            """), after.Spec.At("template", "spec", "containers"));
    }

    [Fact]
    public void A_strategic_patch_merges_conditions_by_type_in_the_status()
    {
        _client.Create(_cluster, Manifests.Pod("p"));
        _client.Patch(_cluster, ResourceTypes.Pods, "p", PatchType.Strategic,
            """{"status":{"conditions":[{"type":"Ready","status":"False"},{"type":"X","status":"True"}]}}""",
                status: true);
        ApiObject after = _client.Patch(_cluster, ResourceTypes.Pods, "p", PatchType.Strategic,
            """{"status":{"conditions":[{"type":"Ready","status":"True"}]}}""", status: true).Object!;

        Assert.Equal(JsonText.Parse("""[{"type":"Ready","status":"True"},{"type":"X","status":"True"}]"""),
            after.Status.Find("conditions"));
    }

    [Fact]
    public void A_version_in_a_patch_is_a_condition()
    {
        ApiObject made = Make("{}");
        string patch = $$$"""{"metadata":{"resourceVersion":"{{{made.ResourceVersion}}}"},"data":{"x":"1"}}""";

        Assert.True(_client.Patch(_cluster, ResourceTypes.ConfigMaps, "t", PatchType.Merge, patch).Succeeded);
        ApiStatus error = _client.Patch(
            _cluster, ResourceTypes.ConfigMaps, "t", PatchType.Merge, patch.Replace("\"1\"", "\"2\"")).Error!;
        Assert.Equal(409, error.Code);
    }

    [Fact]
    public void Refuses_server_side_apply_aloud()
    {
        Make("{}");
        Assert.Equal(415, _client.Patch(_cluster, ResourceTypes.ConfigMaps, "t", PatchType.Apply, "{}").Error!.Code);
    }

    private ApiObject Make(string data) => _client.Create(
        _cluster, Manifests.ConfigMap("t").TrimEnd('}') + $$"""}, "data":{{data}} }""").Object!;

    private void AssertPatched(PatchType type, string target, string patch, string wanted)
    {
        Make(target);
        ApiResponse answer = _client.Patch(_cluster, ResourceTypes.ConfigMaps, "t", type, patch);
        Assert.Null(answer.Error);
        Assert.Equal(JsonText.Parse(wanted), answer.Object!.Json.Find("data"));
    }
}
