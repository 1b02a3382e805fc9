using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Randomness;
using Emulator.Kubernetes.Scheduler;
using Emulator.Kubernetes.Scheduler.Framework;
using Emulator.Kubernetes.Scheduler.Nodes;
using Emulator.Kubernetes.Scheduler.Queue;

namespace Emulator.Kubernetes.Tests.Scheduler;

public class SchedulingAlgorithmTests
{
    private readonly NodeTable _nodes = new();
    private readonly Diagnosis _diagnosis = new();
    private readonly SchedulingAlgorithm _algorithm = Algorithm(1);

    // kube-scheduler's numFeasibleNodesToFind: all below 100 nodes; then 50 - n/125 percent, at least 5, at least 100
    // nodes.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(99, 99)]
    [InlineData(100, 100)]
    [InlineData(300, 144)]
    [InlineData(1000, 420)]
    [InlineData(5000, 500)]
    [InlineData(6000, 300)]
    public void Looks_for_as_many_feasible_nodes_as_kube_scheduler(int nodes, int wanted) =>
        Assert.Equal(wanted, _algorithm.FeasibleNodesToFind(nodes));

    [Fact]
    public void Says_that_there_are_no_nodes()
    {
        Assert.Null(_algorithm.Schedule(Pod("1"), _nodes, _diagnosis));
        Assert.Equal("no nodes available to schedule pods", _diagnosis.Message());
        Assert.Equal(ClusterEvents.NodeAdd, _diagnosis.AwaitedEvents);
    }

    [Fact]
    public void Counts_the_reasons_of_all_nodes_in_kube_schedulers_words()
    {
        AddNode("a", "1", """{"unschedulable":true}""");
        AddNode("b", "1", """{"taints":[{"key":"k","value":"v","effect":"NoSchedule"}]}""");
        AddNode("c", "1", """{"taints":[{"key":"k","value":"v","effect":"NoExecute"}]}""");
        AddNode("d", "1", "{}");
        Assert.Null(_algorithm.Schedule(Pod("2"), _nodes, _diagnosis));
        Assert.Equal(
            "0/4 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable, "
            + "2 node(s) had untolerated taint {k: v}.",
            _diagnosis.Message());
    }

    [Fact]
    public void Prefers_the_emptier_node()
    {
        AddNode("full", "2", "{}");
        AddNode("empty", "2", "{}");
        _nodes.Find("full")!.Add(Pod("1").Requirements);
        Assert.Equal("empty", _algorithm.Schedule(Pod("1"), _nodes, _diagnosis)!.Name);
    }

    [Fact]
    public void Chooses_among_equals_by_its_own_dice()
    {
        for (int i = 0; i < 4; i++)
        {
            AddNode($"n{i}", "2", "{}");
        }

        string[] chosen =
            [.. Enumerable.Range(0, 40).Select(_ => _algorithm.Schedule(Pod("1"), _nodes, _diagnosis)!.Name)];
        SchedulingAlgorithm again = Algorithm(1);
        SchedulingAlgorithm other = Algorithm(2);
        Assert.Equal(chosen, Enumerable.Range(0, 40).Select(_ => again.Schedule(Pod("1"), _nodes, _diagnosis)!.Name));
        Assert.NotEqual(chosen, Enumerable.Range(0, 40)
            .Select(_ => other.Schedule(Pod("1"), _nodes, _diagnosis)!.Name));
        Assert.Equal(4, chosen.Distinct().Count());
    }

    [Fact]
    public void Nodes_of_zones_take_turns()
    {
        foreach ((string name, string zone) in new[] { ("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b"), ("c1", "c"),
            ("b2", "b") })
        {
            JsonValue node = JsonText.Parse(
                "{\"metadata\":{\"labels\":{\"topology.kubernetes.io/zone\":\"" + zone + "\"}}}");
            _nodes.Update(name, NodeDescription.Parse(node));
        }

        Assert.Equal(["a1", "b1", "c1", "a2", "b2", "a3"], _nodes.Ordered.ToArray().Select(n => n.Name));
    }

    [Fact]
    public void The_next_search_starts_where_the_last_one_ended()
    {
        // 150 nodes: 49 percent are 73, so 100 are enough; two searches see nodes 0-99 and 100-149 with 0-49.
        for (int i = 0; i < 150; i++)
        {
            AddNode($"n{i}", "2", "{}");
        }

        var seen = new LookedAt();
        var algorithm = new SchedulingAlgorithm(
            new Profile([.. Profile.Default().Plugins, new EnabledPlugin(seen)]), SchedulerOptions.Default,
            RandomStream.For(1, default, "test"));
        algorithm.Schedule(Pod("1"), _nodes, _diagnosis);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"n{i}"), seen.Names);
        seen.Names.Clear();
        algorithm.Schedule(Pod("1"), _nodes, _diagnosis);
        Assert.Equal(Enumerable.Range(100, 100).Select(i => $"n{i % 150}"), seen.Names);
    }

    private static SchedulingAlgorithm Algorithm(ulong seed) =>
        new(Profile.Default(), SchedulerOptions.Default, RandomStream.For(seed, new ActorId(7), "test"));

    private static QueuedPod Pod(string cpu) => SchedulerFacts.Pod(JsonText.Parse(
        "{\"spec\":{\"containers\":[{\"resources\":{\"requests\":{\"cpu\":\"" + cpu + "\"}}}]}}"));

    private void AddNode(string name, string cpu, string spec)
    {
        JsonValue node = JsonText.Parse(
            "{\"status\":{\"allocatable\":{\"cpu\":\"" + cpu + "\",\"memory\":\"8Gi\",\"pods\":\"110\"}}}");
        _nodes.Update(name, NodeDescription.Parse(node.With(["spec"], JsonText.Parse(spec))));
    }

    private sealed class LookedAt : IFilterPlugin
    {
        public List<string> Names { get; } = [];

        public string Name => "LookedAt";

        public ClusterEvents EventsToRegister => ClusterEvents.None;

        public Status Filter(CycleState state, QueuedPod pod, NodeEntry node)
        {
            Names.Add(node.Name);
            return Status.Success;
        }
    }
}
