using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.ApiServer.Messages;

namespace Emulator.Kubernetes.Tests.ApiServer;

public sealed class SessionTests
{
    private readonly MiniCluster _cluster;
    private readonly TestClient _writer;
    private readonly TestClient _watcher;
    private readonly Informer _informer;

    public SessionTests()
        : this(ApiServerOptions.Default)
    {
    }

    private SessionTests(ApiServerOptions options)
    {
        _cluster = new MiniCluster(options);
        _writer = _cluster.NewClient("writer");
        _watcher = _cluster.NewClient("watcher", "node-1");
        _informer = _watcher.Watch(_cluster, ResourceTypes.ConfigMaps);
        _cluster.Settle();
    }

    [Fact]
    public void Answers_after_both_ways_and_the_processing_time()
    {
        SimTime asked = _cluster.Now;
        SimTime near = default;
        SimTime far = default;
        _cluster.Do(
            outbox => _writer.Api.Create(TestClient.Parse(Manifests.ConfigMap("a")), outbox, (_, o) => near = o.Now));
        _cluster.Do(
            outbox => _watcher.Api.Create(TestClient.Parse(Manifests.ConfigMap("b")), outbox, (_, o) => far = o.Now));
        _cluster.Settle();

        // 50 µs there, 200 µs processing, 50 µs back; 1 ms there, 200 µs, 1 ms back.
        Assert.Equal(SimDuration.FromMicroseconds(300), near - asked);
        Assert.Equal(SimDuration.FromMicroseconds(2_200), far - asked);
    }

    [Fact]
    public void Survives_a_long_cut_by_watching_again_from_where_it_was()
    {
        _cluster.IsCut = true;
        _writer.Create(_cluster, Manifests.ConfigMap("a"));
        ApiStatus? lost = null;
        _cluster.Do(outbox => _watcher.Api.Create(
            TestClient.Parse(Manifests.ConfigMap("b")), outbox, (response, _) => lost = response.Error));
        _cluster.RunFor(SimDuration.FromSeconds(70));

        Assert.True(lost!.IsTimeout);
        Assert.Empty(_watcher.Heard);
        Assert.Equal(1, _cluster.Server.SessionCount);

        _cluster.IsCut = false;
        _cluster.RunFor(SimDuration.FromSeconds(70));

        Assert.Equal(["+a"], _watcher.Heard);
        Assert.Equal(2, _cluster.Server.SessionCount);
        Assert.Equal(0, _watcher.Api.PendingCount);
    }

    [Fact]
    public void Notices_a_lost_event_with_the_next_one()
    {
        _cluster.IsCut = true;
        _writer.Create(_cluster, Manifests.ConfigMap("a"));
        _cluster.Settle();
        _cluster.IsCut = false;
        Assert.Empty(_watcher.Heard);

        _writer.Create(_cluster, Manifests.ConfigMap("b"));
        _cluster.Settle();

        Assert.Equal(["+a", "+b"], _watcher.Heard);
    }

    [Fact]
    public void Notices_a_lost_request_with_the_next_one()
    {
        var outcomes = new List<string>();
        _cluster.IsCut = true;
        Create("a");
        _cluster.Settle();
        _cluster.IsCut = false;
        Create("b");
        _cluster.Settle();

        Assert.Equal(["Timeout", "Timeout"], outcomes);
        Create("c");
        _cluster.Settle();
        Assert.Equal(["Timeout", "Timeout", "ok"], outcomes);
        Assert.Equal(["c"], _informer.Objects.Select(o => o.Name));

        void Create(string name) => _cluster.Do(outbox => _watcher.Api.Create(
            TestClient.Parse(Manifests.ConfigMap(name)), outbox,
            (response, _) => outcomes.Add(response.Error?.Reason ?? "ok")));
    }

    [Fact]
    public void Lists_again_when_the_history_is_gone_and_tells_only_differences()
    {
        var test = new SessionTests(new ApiServerOptions { HistoryLengthMax = 2 });
        test._writer.Create(test._cluster, Manifests.ConfigMap("stays"));
        test._writer.Create(test._cluster, Manifests.ConfigMap("goes"));
        ApiObject changes = test._writer.Create(test._cluster, Manifests.ConfigMap("changes")).Object!;
        test._cluster.Settle();
        test._watcher.Heard.Clear();

        test._cluster.IsCut = true;
        test._writer.Delete(test._cluster, ResourceTypes.ConfigMaps, "goes");
        test._writer.Update(test._cluster, changes.With(["data", "x"], "1"));
        test._writer.Create(test._cluster, Manifests.ConfigMap("comes"));
        test._cluster.RunFor(SimDuration.FromSeconds(50));
        test._cluster.IsCut = false;
        test._cluster.RunFor(SimDuration.FromSeconds(60));

        Assert.Equal(["~changes", "+comes", "-goes"], test._watcher.Heard);
        Assert.Equal(["changes", "comes", "stays"], test._informer.Objects.Select(o => o.Name));
    }

    [Fact]
    public void Closes_the_session_of_a_client_that_has_gone_silent()
    {
        _writer.Create(_cluster, Manifests.ConfigMap("a"));
        Assert.Equal(2, _cluster.Server.SessionCount);
        _cluster.IsCut = true;
        _cluster.RunFor(SimDuration.FromSeconds(61));
        Assert.Equal(1, _cluster.Server.SessionCount);
    }

    [Fact]
    public void Keeps_an_idle_session_open_with_pings()
    {
        _cluster.RunFor(SimDuration.FromSeconds(600));
        _writer.Create(_cluster, Manifests.ConfigMap("a"));
        _cluster.Settle();

        Assert.Equal(["+a"], _watcher.Heard);
        Assert.Equal(1, _watcher.Api.Session.Epoch);
    }
}
