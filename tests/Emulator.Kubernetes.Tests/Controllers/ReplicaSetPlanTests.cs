using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Controllers.ReplicaSets;

namespace Emulator.Kubernetes.Tests.Controllers;

public class ReplicaSetPlanTests
{
    private const long DaySeconds = 86_400;
    private static readonly SimTime Now = SimTime.Zero + SimDuration.FromSeconds(60 * DaySeconds);

    [Fact]
    public void Pods_go_in_the_order_of_Kubernetes()
    {
        // Facts/scale-down-order.json names its source.
        JsonValue @case = Assert.Single(FactsFile.Cases("scale-down-order.json"));
        ApiObject[] expected = [.. @case["podsInDeletionOrder"]!.Items.Select(Pod)];
        IReadOnlyList<ApiObject> sorted = ScaleDownOrder.Sort(expected.Reverse(), expected, Now);
        Assert.Equal(expected.Select(p => p.Name), sorted.Select(p => p.Name));
    }

    [Fact]
    public void A_low_deletion_cost_goes_before_a_crowded_node()
    {
        ApiObject cheap = Running("cheap", "a").With(
            ["metadata", "annotations", "controller.kubernetes.io/pod-deletion-cost"], "-1");
        ApiObject[] pods = [Running("x", "b"), Running("y", "b"), cheap];
        Assert.Equal("cheap", ScaleDownOrder.Sort(pods, pods, Now)[0].Name);
        Assert.Equal("b", ScaleDownOrder.Sort(pods[..2], pods, Now)[0].Spec.Find("nodeName")?.AsString);
    }

    [Fact]
    public void At_most_500_pods_are_made_in_one_look() =>
        Assert.Equal(500, ReplicaSetPlan.For(10_000, 0, [], [], Now).Create);

    [Fact]
    public void Surplus_pods_are_deleted()
    {
        ApiObject[] pods = [Running("x", "a"), Running("y", "b"), Running("z", "b")];
        var plan = ReplicaSetPlan.For(1, 3, pods, pods, Now);
        Assert.Equal(0, plan.Create);
        Assert.Equal(2, plan.Delete.Count);
        Assert.DoesNotContain(plan.Delete, p => p.Name == "x"); // The lone pod on its node stays.
    }

    [Fact]
    public void Batches_start_slowly_and_double()
    {
        var sizes = new List<int>();
        int left = 500;
        for (int size = 0; left > 0; left -= size)
        {
            size = ReplicaSetPlan.NextBatch(size, left);
            sizes.Add(size);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 245], sizes);
    }

    [Fact]
    public void A_pod_is_available_after_minReadySeconds()
    {
        ApiObject pod = Pod(JsonText.Parse(
            """
            {"name":"p","nodeName":"a","phase":"Running",
             "conditions":[{"type":"Ready","status":"True","lastTransitionTime":"now"}]}
            """));
        Assert.True(ReplicaSetStatus.IsAvailable(pod, 0, Now));
        Assert.False(ReplicaSetStatus.IsAvailable(pod, 1, Now));
        Assert.True(ReplicaSetStatus.IsAvailable(pod, 50, Now + SimDuration.FromSeconds(51)));
    }

    private static ApiObject Running(string name, string node) => Pod(JsonObject.Of(
        ("name", name), ("nodeName", node), ("phase", "Running")));

    private static ApiObject Pod(JsonValue fact)
    {
        string name = fact["name"]!.AsString!; // Every pod of the facts has a name.
        ApiObject pod = ApiObject.Named(ResourceTypes.Pods, "default", name)
            .With(["metadata", "uid"], name)
            .With(["metadata", "creationTimestamp"], Time(fact["creationTimestamp"]))
            .With(["spec", "nodeName"], fact["nodeName"])
            .With(["status", "phase"], fact["phase"])
            .With(["status", "containerStatuses"], new JsonArray(
                [.. (fact["restartCounts"]?.Items ?? []).Select(c => JsonObject.Of(("restartCount", c)))]));
        return pod.With(["status", "conditions"], new JsonArray([.. (fact["conditions"]?.Items ?? []).Select(
            c => c.With(["lastTransitionTime"], Time(c["lastTransitionTime"])))]));
    }

    private static JsonValue? Time(JsonValue? text) => text?.AsString switch
    {
        "now" => ModelClock.ToText(Now),
        "now-1month" => ModelClock.ToText(SimTime.Zero + SimDuration.FromSeconds(30 * DaySeconds)),
        _ => (JsonValue?)null,
    };
}
