using Emulator.Core.Documents;
using Emulator.Kubernetes.Scheduler.Framework;
using Emulator.Kubernetes.Scheduler.Plugins;

namespace Emulator.Kubernetes.Tests.Scheduler;

/// <summary>The plugins against the tables of Kubernetes' own tests; each facts file names its source.</summary>
public class PluginTests
{
    public static TheoryData<int, string> FitFilter => FactsFile.Names("fit-filter.json");

    public static TheoryData<int, string> LeastAllocated => FactsFile.Names("least-allocated.json");

    public static TheoryData<int, string> BalancedAllocation => FactsFile.Names("balanced-allocation.json");

    public static TheoryData<int, string> AffinityFilter => FactsFile.Names("node-affinity-filter.json");

    public static TheoryData<int, string> AffinityScore => FactsFile.Names("node-affinity-score.json");

    public static TheoryData<int, string> TaintFilter => FactsFile.Names("taint-toleration-filter.json");

    public static TheoryData<int, string> TaintScore => FactsFile.Names("taint-toleration-score.json");

    public static TheoryData<int, string> Ports => FactsFile.Names("node-ports.json");

    public static TheoryData<int, string> NameAndUnschedulable =>
        FactsFile.Names("node-name-and-unschedulable.json");

    [Theory]
    [MemberData(nameof(FitFilter))]
    public void NodeResourcesFit_filters_as_Kubernetes_does(int index, string name)
    {
        JsonValue @case = Case("fit-filter.json", index, name);
        SchedulerFacts.AssertStatus(@case, new NodeResourcesFit().Filter(
            new CycleState(), SchedulerFacts.Pod(@case["pod"]),
            SchedulerFacts.NodeWith(@case["allocatable"], @case["existingPods"])));
    }

    [Theory]
    [MemberData(nameof(LeastAllocated))]
    public void NodeResourcesFit_scores_the_least_allocated_as_Kubernetes_does(int index, string name) =>
        SchedulerFacts.AssertScores(Case("least-allocated.json", index, name), new NodeResourcesFit());

    [Theory]
    [MemberData(nameof(BalancedAllocation))]
    public void NodeResourcesBalancedAllocation_scores_as_Kubernetes_does(int index, string name) =>
        SchedulerFacts.AssertScores(Case("balanced-allocation.json", index, name),
            new NodeResourcesBalancedAllocation());

    [Theory]
    [MemberData(nameof(AffinityFilter))]
    public void NodeAffinity_filters_as_Kubernetes_does(int index, string name) =>
        AssertFilter(Case("node-affinity-filter.json", index, name), new NodeAffinity());

    [Theory]
    [MemberData(nameof(AffinityScore))]
    public void NodeAffinity_scores_as_Kubernetes_does(int index, string name) =>
        SchedulerFacts.AssertScores(Case("node-affinity-score.json", index, name), new NodeAffinity());

    [Theory]
    [MemberData(nameof(TaintFilter))]
    public void TaintToleration_filters_as_Kubernetes_does(int index, string name) =>
        AssertFilter(Case("taint-toleration-filter.json", index, name), new TaintToleration());

    [Theory]
    [MemberData(nameof(TaintScore))]
    public void TaintToleration_scores_as_Kubernetes_does(int index, string name) =>
        SchedulerFacts.AssertScores(Case("taint-toleration-score.json", index, name), new TaintToleration());

    [Theory]
    [MemberData(nameof(Ports))]
    public void NodePorts_filters_as_Kubernetes_does(int index, string name)
    {
        JsonValue @case = Case("node-ports.json", index, name);
        SchedulerFacts.AssertStatus(@case, new NodePorts().Filter(
            new CycleState(), SchedulerFacts.Pod(@case["pod"]), SchedulerFacts.NodeWith(null, @case["existingPods"])));
    }

    [Theory]
    [MemberData(nameof(NameAndUnschedulable))]
    public void NodeName_and_NodeUnschedulable_filter_as_Kubernetes_does(int index, string name)
    {
        JsonValue @case = Case("node-name-and-unschedulable.json", index, name);
        IFilterPlugin plugin = @case["plugin"]!.AsString == "NodeName" ? new NodeName() : new NodeUnschedulable();
        AssertFilter(@case, plugin);
    }

    [Fact]
    public void NodeUnschedulable_lets_a_pod_pass_that_tolerates_the_cordon()
    {
        JsonValue pod = JsonText.Parse(
            """{"spec":{"tolerations":[{"key":"node.kubernetes.io/unschedulable","operator":"Exists"}]}}""");
        JsonValue node = JsonText.Parse("""{"spec":{"unschedulable":true}}""");
        Status status = new NodeUnschedulable().Filter(
            new CycleState(), SchedulerFacts.Pod(pod), SchedulerFacts.Node(node));
        Assert.Equal(StatusCode.Success, status.Code);
    }

    [Fact]
    public void NodeName_refuses_another_node_with_kube_schedulers_words()
    {
        JsonValue pod = JsonText.Parse("""{"spec":{"nodeName":"bar"}}""");
        JsonValue node = JsonText.Parse("""{"metadata":{"name":"foo"}}""");
        Status status = new NodeName().Filter(new CycleState(), SchedulerFacts.Pod(pod), SchedulerFacts.Node(node));
        Assert.Equal(StatusCode.UnschedulableAndUnresolvable, status.Code);
        Assert.Equal(["node(s) didn't match the requested node name"], status.Reasons);
    }

    private static JsonValue Case(string file, int index, string name)
    {
        JsonValue @case = FactsFile.Cases(file)[index];
        Assert.Equal(name, @case["name"]!.AsString);
        return @case;
    }

    private static void AssertFilter(JsonValue @case, IFilterPlugin plugin) =>
        SchedulerFacts.AssertStatus(@case, plugin.Filter(
            new CycleState(), SchedulerFacts.Pod(@case["pod"]), SchedulerFacts.Node(@case["node"]!)));
}
