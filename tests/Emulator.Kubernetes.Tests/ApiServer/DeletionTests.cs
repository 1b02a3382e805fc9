using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.Tests.ApiServer;

/// <summary>Rules: the pod strategy, the generic registry and the garbage collector of Kubernetes.</summary>
public sealed class DeletionTests
{
    private readonly MiniCluster _cluster = new();
    private readonly TestClient _client;

    public DeletionTests() => _client = _cluster.NewClient();

    [Fact]
    public void A_bound_pod_ends_when_its_kubelet_deletes_it_with_grace_0()
    {
        _client.Create(_cluster, Manifests.Pod("p"));
        _client.Bind(_cluster, "p", "node-1");

        ApiObject ending = _client.Delete(_cluster, ResourceTypes.Pods, "p").Object!;
        Assert.Equal("2025-01-01T00:00:30Z", ending.DeletionTimestamp);
        Assert.Equal(30, ending.DeletionGracePeriodSeconds);
        Assert.True(Get("p")!.IsTerminating);

        _client.Delete(_cluster, ResourceTypes.Pods, "p", grace: 0, uid: ending.Uid);
        Assert.Null(Get("p"));
    }

    [Fact]
    public void A_pod_without_a_node_ends_at_once()
    {
        _client.Create(_cluster, Manifests.Pod("p"));
        _client.Delete(_cluster, ResourceTypes.Pods, "p");
        Assert.Null(Get("p"));
    }

    [Fact]
    public void A_second_request_may_shorten_the_grace_period_but_not_lengthen_it()
    {
        _client.Create(_cluster, Manifests.Pod("p"));
        _client.Bind(_cluster, "p", "node-1");
        _client.Delete(_cluster, ResourceTypes.Pods, "p", grace: 20);

        Assert.Equal(
            20, _client.Delete(_cluster, ResourceTypes.Pods, "p", grace: 60).Object!.DeletionGracePeriodSeconds);
        Assert.Equal(5, _client.Delete(_cluster, ResourceTypes.Pods, "p", grace: 5).Object!.DeletionGracePeriodSeconds);
    }

    [Fact]
    public void Refuses_to_delete_somebody_else_of_the_same_name()
    {
        ApiObject pod = _client.Create(_cluster, Manifests.Pod("p")).Object!;

        ApiStatus error = _client.Delete(_cluster, ResourceTypes.Pods, "p", uid: "another").Error!;

        Assert.Equal(
            (409, "Operation cannot be fulfilled on pods \"p\": Precondition failed: UID in precondition: another, "
            + $"UID in object meta: {pod.Uid}"), (error.Code, error.Message));
        Assert.Equal("pods \"q\" not found", _client.Delete(_cluster, ResourceTypes.Pods, "q").Error!.Message);
    }

    [Fact]
    public void An_object_with_finalizers_ends_with_the_last_of_them()
    {
        _client.Create(_cluster, Manifests.ConfigMap("a", more: ""","finalizers":["example.com/x","example.com/y"]"""));
        ApiObject ending = _client.Delete(_cluster, ResourceTypes.ConfigMaps, "a").Object!;
        Assert.True(ending.IsTerminating);

        ApiObject one = _client.Update(_cluster, ending.With(
            ["metadata", "finalizers"], new Core.Documents.JsonArray(["example.com/y"]))).Object!;
        Assert.NotNull(_cluster.Server.Find(ResourceTypes.ConfigMaps, one.Key));

        _client.Update(_cluster, one.With(["metadata", "finalizers"], null));
        Assert.Null(_cluster.Server.Find(ResourceTypes.ConfigMaps, one.Key));
    }

    [Fact]
    public void What_an_owner_had_goes_after_it()
    {
        ApiObject owner = _client.Create(_cluster, Manifests.ConfigMap("owner")).Object!;
        ApiObject child = Owned("child", owner);
        Owned("grandchild", child);

        _client.Delete(_cluster, ResourceTypes.ConfigMaps, "owner");
        _cluster.Settle();

        Assert.Empty(Left());
    }

    [Fact]
    public void What_has_another_owner_stays()
    {
        ApiObject one = _client.Create(_cluster, Manifests.ConfigMap("one")).Object!;
        ApiObject two = _client.Create(_cluster, Manifests.ConfigMap("two")).Object!;
        Owned("child", one, two);

        _client.Delete(_cluster, ResourceTypes.ConfigMaps, "one");
        _cluster.Settle();
        Assert.Equal(["child", "two"], Left());

        _client.Delete(_cluster, ResourceTypes.ConfigMaps, "two");
        _cluster.Settle();
        Assert.Empty(Left());
    }

    [Fact]
    public void Orphans_stay_without_their_owner()
    {
        ApiObject owner = _client.Create(_cluster, Manifests.ConfigMap("owner")).Object!;
        Owned("child", owner);

        _client.Delete(_cluster, ResourceTypes.ConfigMaps, "owner", propagation: DeletePropagation.Orphan);
        _cluster.Settle();

        Assert.Equal(["child"], Left());
        Assert.Empty(_client.Get(_cluster, ResourceTypes.ConfigMaps, "child").Object!.OwnerReferences);
    }

    [Fact]
    public void In_the_foreground_the_owner_goes_last()
    {
        ApiObject owner = _client.Create(_cluster, Manifests.ConfigMap("owner")).Object!;
        Owned("child", owner);
        _client.Watch(_cluster, ResourceTypes.ConfigMaps);
        _cluster.Settle();
        _client.Heard.Clear();

        _client.Delete(_cluster, ResourceTypes.ConfigMaps, "owner", propagation: DeletePropagation.Foreground);
        _cluster.Settle();

        Assert.Equal(["~owner", "-child", "~owner", "-owner"], _client.Heard);
    }

    [Fact]
    public void What_names_an_owner_that_never_was_goes()
    {
        ApiObject stranger =
            ApiObject.Named(ResourceTypes.ConfigMaps, "default", "x").With(["metadata", "uid"], "no-such-uid");
        Owned("child", stranger);
        _cluster.Settle();
        Assert.Empty(Left());
    }

    [Fact]
    public void A_namespace_ends_with_all_that_stands_in_it()
    {
        _client.Create(_cluster, """{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"team"}}""");
        _client.Create(_cluster, Manifests.ConfigMap("a", "team"));
        ApiObject held = _client.Create(
            _cluster, Manifests.ConfigMap("held", "team", ""","finalizers":["example.com/x"]""")).Object!;

        _client.Delete(_cluster, ResourceTypes.Namespaces, "team");
        _cluster.Settle();

        ApiStatus refused = _client.Create(_cluster, Manifests.ConfigMap("b", "team")).Error!;
        Assert.Equal(
            (403, "configmaps \"b\" is forbidden: unable to create new content in namespace team because it is being "
            + "terminated"), (refused.Code, refused.Message));
        Assert.Equal(["held"], Left("team"));

        ApiObject now = _client.Get(_cluster, ResourceTypes.ConfigMaps, "held", "team").Object!;
        Assert.Equal(held.Uid, now.Uid);
        _client.Update(_cluster, now.With(["metadata", "finalizers"], null));
        _cluster.Settle();

        Assert.Null(_cluster.Server.Find(ResourceTypes.Namespaces, new ObjectKey("", "team")));
    }

    private ApiObject Owned(string name, params ApiObject[] owners) => _client.Create(
        _cluster,
        TestClient.Parse(Manifests.ConfigMap(name)).With(["metadata", "ownerReferences"], new Core.Documents.JsonArray(
            [.. owners.Select(o => OwnerReference.ControlledBy(o).ToJson())])).Json.ToString()).Object!;

    private ApiObject? Get(string name) => _cluster.Server.Find(ResourceTypes.Pods, new ObjectKey("default", name));

    private IEnumerable<string> Left(string home = "default") =>
        _cluster.Server.All(ResourceTypes.ConfigMaps).Where(o => o.Namespace == home).Select(o => o.Name);
}
