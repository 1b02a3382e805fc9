using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.Tests.ApiServer;

public sealed class WatchTests
{
    private readonly MiniCluster _cluster = new();
    private readonly TestClient _writer;
    private readonly TestClient _watcher;

    public WatchTests()
    {
        _writer = _cluster.NewClient("writer");
        _watcher = _cluster.NewClient("watcher", "node-1");
    }

    [Fact]
    public void Hears_of_each_change_once_and_in_order()
    {
        _writer.Create(_cluster, Manifests.ConfigMap("a"));
        Informer informer = _watcher.Watch(_cluster, ResourceTypes.ConfigMaps);
        _cluster.Settle();
        ApiObject b = _writer.Create(_cluster, Manifests.ConfigMap("b")).Object!;
        _writer.Update(_cluster, b.With(["data", "x"], "1"));
        _writer.Delete(_cluster, ResourceTypes.ConfigMaps, "a");
        _cluster.Settle();

        Assert.True(informer.HasSynced);
        Assert.Equal(["+a", "+b", "~b", "-a"], _watcher.Heard);
        Assert.Equal(["b"], informer.Objects.Select(o => o.Name));
        Assert.Equal(_cluster.Server.ResourceVersion, informer.ResourceVersion);
    }

    [Fact]
    public void Hears_what_happened_between_its_list_and_its_watch()
    {
        Informer informer = _watcher.Watch(_cluster, ResourceTypes.ConfigMaps);
        // The list needs 1 ms to the server and 1.2 ms back, the watch 1 ms more: this write falls between them.
        _cluster.RunFor(SimDuration.FromMicroseconds(2_000));
        _cluster.Do(outbox => _writer.Api.Create(TestClient.Parse(Manifests.ConfigMap("late")), outbox));
        _cluster.Settle();

        Assert.Equal(["+late"], _watcher.Heard);
        Assert.Equal(["late"], informer.Objects.Select(o => o.Name));
    }

    [Fact]
    public void Sends_a_client_one_message_for_all_events_of_an_instant()
    {
        _watcher.Watch(_cluster, ResourceTypes.ConfigMaps);
        _watcher.Watch(_cluster, ResourceTypes.Secrets);
        _cluster.Settle();
        _cluster.FromServer.Clear();
        _cluster.Do(outbox =>
        {
            _writer.Api.Create(TestClient.Parse(Manifests.ConfigMap("a")), outbox);
            _writer.Api.Create(TestClient.Parse(Manifests.ConfigMap("b")), outbox);
            _writer.Api.Create(
                TestClient.Parse("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"}}"""), outbox);
        });
        _cluster.Settle();

        WatchEvents events = Assert.Single(_cluster.FromServer.Select(s => s.Segment.Content).OfType<WatchEvents>());
        Assert.Equal([2, 1], events.Batches.Select(b => b.Events.Count));
        Assert.Equal(["+a", "+b", "+s"], _watcher.Heard);
    }

    [Fact]
    public void Shares_the_events_of_one_scope_among_its_watchers()
    {
        TestClient other = _cluster.NewClient("other", "node-2");
        _watcher.Watch(_cluster, ResourceTypes.Services);
        other.Watch(_cluster, ResourceTypes.Services);
        _cluster.Settle();
        _writer.Create(_cluster, Manifests.Service("web", """{"ports":[{"port":80}]}"""));
        _cluster.Settle();

        WatchEvents[] sent = [.. _cluster.FromServer.Select(s => s.Segment.Content).OfType<WatchEvents>()];
        Assert.Equal(2, sent.Length);
        Assert.Same(sent[0].Batches[0].Events, sent[1].Batches[0].Events);
    }

    /// <summary>
    /// Source: the watch cache of Kubernetes: a pod that leaves a node's scope is deleted there and added elsewhere.
    /// </summary>
    [Fact]
    public void Turns_a_change_of_scope_into_additions_and_deletions()
    {
        TestClient second = _cluster.NewClient("second", "node-2");
        _watcher.Watch(_cluster, ResourceTypes.Pods, ListScope.OnNode("node-1"));
        second.Watch(_cluster, ResourceTypes.Pods, ListScope.All with { Labels = LabelSelector.Parse("app=web") });
        _cluster.Settle();
        _writer.Create(_cluster, Manifests.Pod("p", """{"app":"web"}"""));
        _writer.Bind(_cluster, "p", "node-1");
        _writer.Patch(_cluster, ResourceTypes.Pods, "p", PatchType.Merge, """{"metadata":{"labels":{"app":"x"}}}""");
        _writer.Delete(_cluster, ResourceTypes.Pods, "p", grace: 0);
        _cluster.Settle();

        Assert.Equal(["+p", "~p", "-p"], _watcher.Heard);
        Assert.Equal(["+p", "~p", "-p"], second.Heard);
        WatchEvent left = _cluster.FromServer.Where(s => s.Segment.To == second.Self).Select(s => s.Segment.Content)
            .OfType<WatchEvents>().Last().Batches[0].Events[0];
        Assert.Equal(WatchEventType.Deleted, left.Type);
        Assert.Equal("web", left.Object!.Labels["app"]);
        Assert.Equal(left.ResourceVersion, left.Object.ResourceVersion);
    }

    [Fact]
    public void Leaves_the_other_nodes_in_peace()
    {
        TestClient second = _cluster.NewClient("second", "node-2");
        second.Watch(_cluster, ResourceTypes.Pods, ListScope.OnNode("node-2"));
        _cluster.Settle();
        _writer.Create(_cluster, Manifests.Pod("p"));
        _writer.Bind(_cluster, "p", "node-1");
        _cluster.Settle();

        Assert.Empty(second.Heard);
        Assert.DoesNotContain(_cluster.FromServer, s => s.Segment.Content is WatchEvents);
    }

    [Fact]
    public void Tells_a_watch_each_minute_how_far_it_has_come()
    {
        Informer informer = _watcher.Watch(_cluster, ResourceTypes.Secrets);
        _cluster.Settle();
        ResourceVersion written = _writer.Create(_cluster, Manifests.ConfigMap("a")).Object!.ResourceVersion;
        Assert.NotEqual(written, informer.ResourceVersion);

        _cluster.RunFor(SimDuration.FromSeconds(61));

        Assert.Equal(written, informer.ResourceVersion);
        Assert.Empty(_watcher.Heard);
    }

    [Fact]
    public void Refuses_to_resume_from_what_is_forgotten()
    {
        var cluster = new MiniCluster(new ApiServerOptions { HistoryLengthMax = 2 });
        TestClient client = cluster.NewClient();
        ResourceVersion first = client.Create(cluster, Manifests.ConfigMap("a")).Object!.ResourceVersion;
        foreach (string name in (string[])["b", "c", "d"])
        {
            client.Create(cluster, Manifests.ConfigMap(name));
        }

        ApiStatus? tooOld = Watch(first);
        ApiStatus? known = Watch(new ResourceVersion(first.Value + 1));

        Assert.Equal((410, "Expired", $"too old resource version: {first} ({first.Value + 1})"),
            (tooOld!.Code, tooOld.Reason, tooOld.Message));
        Assert.Null(known);

        ApiStatus? Watch(ResourceVersion after)
        {
            TestClient raw = cluster.NewClient($"raw-{after}");
            var request = new WatchRequest(raw.Api.Session, 1, ResourceTypes.ConfigMaps, ListScope.All, after);
            cluster.FromServer.Clear();
            cluster.Do(outbox => outbox.Send(
                cluster.ServerRef, new Core.Packets.SessionSegment(raw.Self, cluster.ServerRef, 1, request), 1_000));
            cluster.RunFor(SimDuration.FromMicroseconds(100));
            return ((ApiResponse)cluster.FromServer[0].Segment.Content).Error;
        }
    }
}
