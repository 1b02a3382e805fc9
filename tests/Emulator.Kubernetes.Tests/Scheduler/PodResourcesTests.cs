using Emulator.Core.Documents;
using Emulator.Kubernetes.Scheduler.Pods;

namespace Emulator.Kubernetes.Tests.Scheduler;

/// <summary>What pods ask for, against the table of Kubernetes' own test (component-helpers 0.32,
/// resource/helpers_test.go).</summary>
public class PodResourcesTests
{
    public static TheoryData<int, string> Aggregated => FactsFile.Names("pod-resources.json");

    public static TheoryData<int, string> PodLevelSet => FactsFile.Names("pod-level-set.json");

    [Theory]
    [MemberData(nameof(Aggregated))]
    public void Requests_and_limits_add_up_as_in_Kubernetes(int index, string name)
    {
        JsonValue @case = FactsFile.Cases("pod-resources.json")[index];
        Assert.Equal(name, @case["name"]!.AsString);
        JsonValue spec = @case["spec"]!; // Every case has a spec.
        bool withOverhead = @case["overhead"]!.AsBool!.Value; // Every case says.
        if (@case["requests"] is { } requests)
        {
            AssertSame(requests, PodResources.Requests(spec, withOverhead));
        }

        if (@case["limits"] is { } limits)
        {
            AssertSame(limits, PodResources.Limits(spec, withOverhead));
        }
    }

    [Theory]
    [MemberData(nameof(PodLevelSet))]
    public void Pod_level_resources_are_noticed_as_in_Kubernetes(int index, string name)
    {
        JsonValue @case = FactsFile.Cases("pod-level-set.json")[index];
        Assert.Equal(name, @case["name"]!.AsString);
        Assert.Equal(@case["want"]!.AsBool, PodResources.HasPodLevel(@case["spec"]!));
    }

    [Fact]
    public void Containers_that_do_not_say_count_as_100m_and_200Mi_in_scores_only()
    {
        // kube-scheduler's util.DefaultMilliCPURequest and DefaultMemoryRequest.
        JsonValue spec =
            JsonText.Parse("""{"containers":[{"name":"a"},{"name":"b","resources":{"requests":{"cpu":"0"}}}]}""");
        PodRequirements pod = PodRequirements.Parse(spec);
        Assert.Equal(0, pod.MilliCpu);
        Assert.Equal(0, pod.MemoryBytes);
        Assert.Equal(100, pod.ScoredMilliCpu);
        Assert.Equal(2 * 200L * 1024 * 1024, pod.ScoredMemoryBytes);
    }

    [Fact]
    public void Pods_of_one_template_share_their_parsed_requirements()
    {
        var cache = new PodRequirementsCache();
        JsonValue spec = JsonText.Parse("""{"containers":[{"name":"a","resources":{"requests":{"cpu":"1"}}}]}""");
        JsonValue other =
            spec.With(["containers"], JsonText.Parse("""[{"name":"a","resources":{"requests":{"cpu":"2"}}}]"""));
        PodRequirements first = cache.Get(spec, "owner");
        Assert.Same(first, cache.Get(spec.With(["nodeName"], "node-1"), "owner"));
        Assert.Equal(2000, cache.Get(other, "owner").MilliCpu);
    }

    private static void AssertSame(JsonValue expected, ResourceAmounts actual) =>
        Assert.Equal(ResourceAmounts.Parse(expected).Amounts.ToArray(), actual.Amounts.ToArray());
}
