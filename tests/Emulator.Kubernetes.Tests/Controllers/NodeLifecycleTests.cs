using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Kubernetes.Controllers.NodeLifecycle;
using Emulator.Kubernetes.Scheduler.Pods;
using Emulator.Kubernetes.Tests.ApiServer;

namespace Emulator.Kubernetes.Tests.Controllers;

/// <summary>Figures: kube-controller-manager's defaults (grace period 50 s, looked at every 5 s) and the 300 s that
/// admission gives.</summary>
public class NodeLifecycleTests
{
    private readonly MiniCluster _cluster = new();
    private readonly TestClient _client;

    public NodeLifecycleTests()
    {
        _client = _cluster.NewClient();
        _cluster.Add(new NodeLifecycleActor(
            new ActorRef("node-lifecycle-controller", "", MiniCluster.ControlPlane), _cluster.Root,
                _cluster.ServerRef));
        Assert.Null(_client.Create(_cluster, """
            {"apiVersion":"v1","kind":"Node","metadata":{"name":"node-1"},
             "status":{"conditions":[{"type":"Ready","status":"True","reason":"KubeletReady"}]}}
            """).Error);
        Assert.Null(_client.Create(_cluster, """
            {"apiVersion":"coordination.k8s.io/v1","kind":"Lease",
             "metadata":{"name":"node-1","namespace":"kube-node-lease"},
             "spec":{"renewTime":"2025-01-01T00:00:00.000000Z"}}
            """).Error);
        Assert.Null(_client.Create(_cluster, Manifests.Pod("web")).Error);
        Assert.Null(_client.Bind(_cluster, "web", "node-1").Error);
        Assert.Null(_client.Patch(
            _cluster, ResourceTypes.Pods, "web", PatchType.Merge,
            """{"status":{"phase":"Running","conditions":[{"type":"Ready","status":"True"}]}}""", status: true).Error);
    }

    public static TheoryData<int, string> TaintsByCondition => FactsFile.Names("taints-by-condition.json");

    public static TheoryData<int, string> TolerationTimes => FactsFile.Names("toleration-time.json");

    [Theory]
    [MemberData(nameof(TaintsByCondition))]
    public void Conditions_taint_a_node_as_in_Kubernetes(int index, string name)
    {
        // Kubernetes' test looks at the NoSchedule taints only.
        JsonValue @case = FactsFile.Cases("taints-by-condition.json")[index];
        Assert.Equal(name, @case["name"]!.AsString);
        JsonArray taints = NodeTaintPlan.For(ControllerFacts.Object(ResourceTypes.Nodes, @case["node"]), "now");
        Assert.Equal(@case["taints"]!.Items, taints.Elements.Where(t => t["effect"]?.AsString == "NoSchedule"));
    }

    [Theory]
    [MemberData(nameof(TolerationTimes))]
    public void The_shortest_toleration_counts_as_in_Kubernetes(int index, string name)
    {
        JsonValue @case = FactsFile.Cases("toleration-time.json")[index];
        Assert.Equal(name, @case["name"]!.AsString);
        SimDuration? expected = @case["seconds"]?.AsInt64 is long seconds ? SimDuration.FromSeconds(seconds) : null;
        Assert.Equal(expected, TolerationTime.Shortest(Toleration.ParseAll(@case["tolerations"])));
    }

    [Fact]
    public void A_node_that_renews_its_lease_stays_ready()
    {
        Renew(20);
        Assert.Equal("True", NodeView.Of(Node()).Ready?.Status);
        Assert.Empty(NodeView.Of(Node()).Taints);
    }

    [Fact]
    public void A_silent_node_becomes_unknown_and_its_pods_not_ready()
    {
        Renew(3);
        RunUntil(79); // Last renewed shortly after 30 s: due shortly after 80 s, looked at at 85 s.
        Assert.Equal("True", NodeView.Of(Node()).Ready?.Status);
        RunUntil(84);
        Assert.Equal("True", NodeView.Of(Node()).Ready?.Status);
        RunUntil(86);
        Assert.Equal("Unknown", NodeView.Of(Node()).Ready?.Status);
        Assert.Equal("NodeStatusUnknown", NodeView.Of(Node()).Ready?.Reason);
        Assert.Equal(
            ["node.kubernetes.io/unreachable NoExecute", "node.kubernetes.io/unreachable NoSchedule"],
            NodeView.Of(Node()).Taints.Select(t => $"{t.Key} {t.Effect}").Order());
        Assert.False(PodView.Of(Pod()).IsReady);
    }

    [Fact]
    public void Pods_are_deleted_when_they_no_longer_tolerate_a_silent_node()
    {
        Renew(3);
        RunUntil(384);
        Assert.False(Pod().IsTerminating);
        RunUntil(386);
        Assert.True(Pod().IsTerminating);
    }

    [Fact]
    public void A_node_that_comes_back_loses_its_taints_and_keeps_its_pods()
    {
        Renew(3);
        RunUntil(200);
        Assert.NotEmpty(NodeView.Of(Node()).Taints);
        Assert.Null(_client.Patch(
            _cluster, ResourceTypes.Nodes, "node-1", PatchType.Strategic,
            """
            {"status":{"conditions":[
              {"type":"Ready","status":"True","lastHeartbeatTime":"2025-01-01T00:03:20Z"}]}}
            """,
            status: true).Error);
        Renew(40);
        Assert.Empty(NodeView.Of(Node()).Taints);
        Assert.False(Pod().IsTerminating);
    }

    private ApiObject Node() => _cluster.Server.Find(ResourceTypes.Nodes, new ObjectKey("", "node-1"))!;

    private ApiObject Pod() => _cluster.Server.Find(ResourceTypes.Pods, new ObjectKey("default", "web"))!;

    private void RunUntil(long seconds) =>
        _cluster.RunFor(SimTime.Zero + SimDuration.FromSeconds(seconds) - _cluster.Now);

    private void Renew(int times)
    {
        for (int i = 0; i < times; i++)
        {
            long tens = (_cluster.Now.Nanoseconds / 10_000_000_000) + 1;
            RunUntil(tens * 10);
            string patch = "{\"spec\":{\"renewTime\":\"" + ModelClock.ToMicroText(_cluster.Now) + "\"}}";
            ApiResponse? answer = null;
            _cluster.Do(outbox => _client.Api.Patch(
                ResourceTypes.Leases, new ObjectKey("kube-node-lease", "node-1"), PatchType.Merge,
                    JsonText.Parse(patch), outbox,
                (response, _) => answer = response));
            _cluster.RunFor(SimDuration.FromMilliseconds(5));
            Assert.Null(answer?.Error);
        }
    }
}
