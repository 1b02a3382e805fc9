using Emulator.Core.Documents;
using Emulator.Kubernetes.Scheduler.Nodes;
using Emulator.Kubernetes.Scheduler.Pods;

namespace Emulator.Kubernetes.Tests.Scheduler;

/// <summary>Node selectors against the tables of component-helpers 0.32 (scheduling/corev1).</summary>
public class NodeSelectorTests
{
    public static TheoryData<int, string> PodMatchesNode => FactsFile.Names("pod-matches-node.json");

    public static TheoryData<int, string> Terms => FactsFile.Names("node-selector-terms.json");

    [Theory]
    [MemberData(nameof(PodMatchesNode))]
    public void A_pod_matches_the_same_nodes_as_in_Kubernetes(int index, string name)
    {
        JsonValue @case = FactsFile.Cases("pod-matches-node.json")[index];
        Assert.Equal(name, @case["name"]!.AsString);
        NodeAffinityRequirements affinity = SchedulerFacts.Pod(@case["pod"]).Requirements.NodeAffinity;
        Assert.Equal(@case["want"]!.AsBool, affinity.Matches(SchedulerFacts.Node(@case["node"]!)));
    }

    [Theory]
    [MemberData(nameof(Terms))]
    public void A_node_selector_matches_the_same_nodes_as_in_Kubernetes(int index, string name)
    {
        JsonValue @case = FactsFile.Cases("node-selector-terms.json")[index];
        Assert.Equal(name, @case["name"]!.AsString);
        NodeEntry node = SchedulerFacts.Node(@case["node"]!);
        NodeSelectorTerm[] terms = NodeAffinityRequirements.ParseTerms(@case["nodeSelector"]!);
        Assert.Equal(@case["want"]!.AsBool, NodeAffinityRequirements.AnyMatches(terms, node));
    }
}
