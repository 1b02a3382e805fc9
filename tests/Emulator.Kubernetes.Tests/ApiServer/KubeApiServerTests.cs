using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.Tests.ApiServer;

public sealed class KubeApiServerTests
{
    private readonly MiniCluster _cluster = new();
    private readonly TestClient _client;

    public KubeApiServerTests() => _client = _cluster.NewClient();

    [Fact]
    public void Gives_back_every_field_that_was_submitted_known_or_not()
    {
        const string Manifest = """
            {"apiVersion":"v1","kind":"Pod",
             "metadata":{"name":"web-0","labels":{"app":"web"},"annotations":{"example.com/a":"b"},
                         "surprise":{"x":[1,2.50,null]}},
             "spec":{"containers":[{"name":"main","image":"web:1","resources":{"requests":{"cpu":"0.5"}},
                                    "unknown":true}],
                     "later":"field"},
             "extra":[{"deep":{"er":"1e3"}}]}
            """;
        JsonValue sent = JsonText.Parse(Manifest);

        JsonObject stored = _client.Create(_cluster, Manifest).Object!.Json;

        AssertContains(sent, stored, "");
        AssertContains(sent, _client.Get(_cluster, ResourceTypes.Pods, "web-0").Object!.Json, "");
    }

    [Fact]
    public void Gives_a_new_object_uid_time_and_version()
    {
        _cluster.RunFor(Emulator.Core.Time.SimDuration.FromSeconds(90));
        ApiObject first = _client.Create(_cluster, Manifests.ConfigMap("a")).Object!;
        ApiObject second = _client.Create(_cluster, Manifests.ConfigMap("b")).Object!;

        Assert.Equal("2025-01-01T00:01:30Z", first.CreationTimestamp);
        Assert.Matches("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", first.Uid);
        Assert.NotEqual(first.Uid, second.Uid);
        Assert.Equal(first.ResourceVersion.Value + 1, second.ResourceVersion.Value);
    }

    [Fact]
    public void Refuses_a_name_that_is_taken()
    {
        _client.Create(_cluster, Manifests.ConfigMap("a"));

        ApiStatus error = _client.Create(_cluster, Manifests.ConfigMap("a")).Error!;

        Assert.Equal(
            (409, "AlreadyExists", "configmaps \"a\" already exists"), (error.Code, error.Reason, error.Message));
    }

    [Fact]
    public void Refuses_an_update_of_an_old_version()
    {
        ApiObject old = _client.Create(_cluster, Manifests.ConfigMap("a")).Object!;
        Assert.True(_client.Update(_cluster, old.With(["data", "x"], "1")).Succeeded);

        ApiStatus error = _client.Update(_cluster, old.With(["data", "x"], "2")).Error!;

        Assert.Equal((409, "Conflict"), (error.Code, error.Reason));
        Assert.Equal(
            "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your "
            + "changes to the latest version and try again", error.Message);
        Assert.Equal("1", _client.Get(_cluster, ResourceTypes.ConfigMaps, "a").Object!.Json.At("data", "x")!.AsString);
    }

    [Fact]
    public void An_update_without_a_version_overwrites()
    {
        ApiObject old = _client.Create(_cluster, Manifests.ConfigMap("a")).Object!;
        _client.Update(_cluster, old.With(["data", "x"], "1"));

        ApiObject versionless = old.With(["data", "x"], "2").With(["metadata", "resourceVersion"], null);
        Assert.True(_client.Update(_cluster, versionless).Succeeded);
    }

    [Fact]
    public void An_update_that_changes_nothing_writes_nothing()
    {
        ApiObject stored = _client.Create(_cluster, Manifests.Pod("web-0")).Object!;

        Assert.Equal(stored.ResourceVersion, _client.Update(_cluster, stored).Object!.ResourceVersion);
        Assert.Equal(stored.ResourceVersion, _client.UpdateStatus(_cluster, stored).Object!.ResourceVersion);
        Assert.Equal(stored.ResourceVersion, _cluster.Server.ResourceVersion);
    }

    [Fact]
    public void Counts_the_generation_with_the_spec_only()
    {
        ApiObject made = _client.Create(_cluster, Manifests.Deployment("web")).Object!;
        ApiObject labelled = _client.Update(_cluster, made.WithLabel("x", "y")).Object!;
        ApiObject scaled = _client.Update(_cluster, labelled.With(["spec", "replicas"], 3)).Object!;
        ApiObject reported = _client.UpdateStatus(_cluster, scaled.With(["status", "replicas"], 3)).Object!;

        Assert.Equal([1, 1, 2, 2], [made.Generation, labelled.Generation, scaled.Generation, reported.Generation]);
    }

    [Fact]
    public void Keeps_spec_and_status_apart()
    {
        ApiObject pod = _client.Create(_cluster, Manifests.Pod("web-0", more: ",\"hostname\":\"h\"")).Object!;
        ApiObject both = pod.With(["status", "podIP"], "10.244.0.5").WithLabel("new", "label");

        ApiObject reported = _client.UpdateStatus(_cluster, both).Object!;
        Assert.Equal("10.244.0.5", reported.Status.Find("podIP")!.AsString);
        Assert.False(reported.Labels.Contains("new"));

        ApiObject other = reported.With(["status", "podIP"], "10.244.0.6").WithLabel("new", "label");
        ApiObject labelled = _client.Update(_cluster, other).Object!;
        Assert.Equal("10.244.0.5", labelled.Status.Find("podIP")!.AsString);
        Assert.Equal("label", labelled.Labels["new"]);
    }

    [Fact]
    public void Generates_names_from_its_own_dice()
    {
        const string Manifest = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"web-"}}""";
        string first = _client.Create(_cluster, Manifest).Object!.Name;
        string second = _client.Create(_cluster, Manifest).Object!.Name;
        var again = new MiniCluster();

        Assert.Matches("^web-[bcdfghjklmnpqrstvwxz2456789]{5}$", first);
        Assert.NotEqual(first, second);
        Assert.Equal(first, again.NewClient().Create(again, Manifest).Object!.Name);
    }

    [Fact]
    public void Knows_the_namespaces_that_are_always_there_and_no_others()
    {
        Assert.Equal(
            ["default", "kube-node-lease", "kube-public", "kube-system"],
            _client.List(_cluster, ResourceTypes.Namespaces).Items.Select(n => n.Name));
        Assert.Equal("namespaces \"nowhere\" not found",
            _client.Create(_cluster, Manifests.ConfigMap("a", "nowhere")).Error!.Message);
    }

    [Fact]
    public void Lists_by_namespace_and_name_and_by_selectors()
    {
        _client.Create(_cluster, """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"b"}}""");
        _client.Create(_cluster, Manifests.ConfigMap("z"));
        _client.Create(_cluster, Manifests.ConfigMap("a", "b", ",\"labels\":{\"app\":\"web\"}"));
        _client.Create(_cluster, Manifests.ConfigMap("a"));

        Assert.Equal(["b/a", "default/a", "default/z"], Keys(ListScope.All));
        Assert.Equal(["default/a", "default/z"], Keys(ListScope.InNamespace("default")));
        Assert.Equal(["b/a"], Keys(ListScope.All with { Labels = LabelSelector.Parse("app in (web)") }));
        Assert.Equal(["b/a", "default/a"], Keys(ListScope.ByName("a")));
        Assert.Equal(["default/a"], Keys(ListScope.ByName("a", "default")));

        IEnumerable<string> Keys(ListScope scope) =>
            _client.List(_cluster, ResourceTypes.ConfigMaps, scope).Items.Select(o => o.Key.ToString());
    }

    [Fact]
    public void Binds_a_pod_once()
    {
        _client.Create(_cluster, Manifests.Pod("web-0"));

        ApiObject bound = _client.Bind(_cluster, "web-0", "node-1").Object!;
        ApiStatus again = _client.Bind(_cluster, "web-0", "node-2").Error!;

        Assert.Equal("node-1", bound.Spec.Find("nodeName")!.AsString);
        Assert.Equal("PodScheduled", bound.Status.Find("conditions")!.Items[0]["type"]!.AsString);
        Assert.Equal(
            (409, "Operation cannot be fulfilled on pods \"web-0\": pod web-0 is already assigned to node \"node-1\""),
            (again.Code, again.Message));
        Assert.Equal(404, _client.Bind(_cluster, "nobody", "node-1").Error!.Code);
    }

    [Fact]
    public void Writes_each_write_to_the_journal_with_its_version_and_key()
    {
        _cluster.Outbox.Journal.Clear();
        ApiObject made = _client.Create(_cluster, Manifests.ConfigMap("a")).Object!;
        ApiObject changed = _client.Update(_cluster, made.With(["data", "x"], "1")).Object!;

        Assert.Equal(
            [("configmaps/default/a", made.ResourceVersion.Value),
                ("configmaps/default/a", changed.ResourceVersion.Value)],
            _cluster.Outbox.Journal.Entries.ToArray().Select(e => ((string)e.Subject!, e.A)));
        Assert.Same(_cluster.Outbox.Journal.Entries[0].Subject, _cluster.Outbox.Journal.Entries[1].Subject);
    }

    [Fact]
    public void Keeps_events_for_an_hour_and_only_so_many()
    {
        var cluster = new MiniCluster(new ApiServerOptions { EventsMax = 2 });
        TestClient client = cluster.NewClient();
        foreach (string name in (string[])["a", "b", "c"])
        {
            Write(name);
        }

        Assert.Equal(["b", "c"], cluster.Server.All(ResourceTypes.Events).Select(e => e.Name));
        cluster.RunFor(Emulator.Core.Time.SimDuration.FromSeconds(3_600));
        Write("d");
        Assert.Equal(["d"], cluster.Server.All(ResourceTypes.Events).Select(e => e.Name));

        void Write(string name) => client.Create(
            cluster, $$"""{"apiVersion":"v1","kind":"Event","metadata":{"name":"{{name}}"},"reason":"Test"}""");
    }

    [Fact]
    public void Starts_with_the_objects_it_was_given_status_included()
    {
        ApiObject node = ApiObject.Named(ResourceTypes.Nodes, "", "node-1").With(["status", "capacity", "cpu"], "8");
        string manifest = Manifests.Service("web", """{"type":"LoadBalancer","ports":[{"port":80}]}""");
        ApiObject service = TestClient.Parse(manifest)
            .With(["status", "loadBalancer", "ingress"], new JsonArray([JsonObject.Of(("ip", "203.0.113.1"))]));
        var cluster = new MiniCluster(new ApiServerOptions { InitialObjects = [node, service] });

        Assert.Equal("8", cluster.Server.Find(ResourceTypes.Nodes, node.Key)!.Status.At("capacity", "cpu")!.AsString);
        ApiObject kept = cluster.Server.All(ResourceTypes.Services).Single();
        Assert.Equal("203.0.113.1", kept.Status.At("loadBalancer", "ingress")!.Items[0]["ip"]!.AsString);
        Assert.Equal("10.96.1.1", kept.Spec.Find("clusterIP")!.AsString);
    }

    private static void AssertContains(JsonValue wanted, JsonValue? actual, string path)
    {
        if (wanted is JsonObject map)
        {
            foreach (KeyValuePair<string, JsonValue> member in map.Pairs)
            {
                AssertContains(member.Value, actual?[member.Key], $"{path}.{member.Key}");
            }
        }
        else if (wanted is JsonArray array)
        {
            Assert.Equal(array.Elements.Count, actual!.Items.Count);
            for (int i = 0; i < array.Elements.Count; i++)
            {
                AssertContains(array.Elements[i], actual.Items[i], $"{path}[{i}]");
            }
        }
        else
        {
            Assert.True(wanted.Equals(actual), $"{path}: {wanted} became {actual}");
        }
    }
}
