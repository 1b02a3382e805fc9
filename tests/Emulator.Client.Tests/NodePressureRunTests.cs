using Emulator.Client.Running;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Client.Tests;

/// <summary>Nodes in trouble, from a Cluster document to the API's objects.</summary>
public sealed class NodePressureRunTests
{
    private const string Scenario = "tests/Emulator.Client.Tests/Scenarios/pressure.yaml";

    /// <summary>824Mi at 32Mi a second are passed 25.75 s after the container's start; the node is looked at within 10
    /// s, its condition written within 10 more, the taint follows.</summary>
    [Fact]
    public void A_leak_is_evicted_the_node_tainted_and_its_own_pod_runs_on()
    {
        using ClusterRun run = ScenarioRun.Of([Scenario], 7, 1, 0);
        Assert.Equal("Running", Pod(run, "agent-small").Phase);
        run.Engine.RunUntil(new SimTime(50_000_000_000));
        PodView leak = Pod(run, "leak");
        Assert.Equal(("Failed", "Evicted"), (leak.Phase, leak.Object.Status.Find("reason")!.AsString));
        Assert.StartsWith(
            "The node was low on resource: memory. Threshold quantity: 200Mi, available: ",
            leak.Object.Status.Find("message")!.AsString, StringComparison.Ordinal);
        ApiObject node = run.Objects.Find(ResourceTypes.Nodes, new ObjectKey("", "small"))!; // The document's.
        Assert.Equal("True", Condition.Find(node.Status, "MemoryPressure")!.Status); // The kubelet writes it.
        Assert.Contains(
            node.Spec.Find("taints")?.Items ?? [],
            t => t["key"]?.AsString == "node.kubernetes.io/memory-pressure"
                && t["effect"]?.AsString == "NoSchedule");
        Assert.Equal("Running", Pod(run, "agent-small").Phase);
    }

    [Fact]
    public void A_node_that_shuts_down_takes_its_pods_along_and_is_unknown_after_the_grace_period()
    {
        using ClusterRun run = ScenarioRun.Of([Scenario], 7, 1, 0);
        run.Engine.RunUntil(new SimTime(42_000_000_000));
        PodView guest = Pod(run, "guest");
        Assert.Equal(("Failed", "Terminated"), (guest.Phase, guest.Object.Status.Find("reason")!.AsString));
        Assert.Equal("False", Ready(run));
        run.Engine.RunUntil(new SimTime(101_000_000_000));
        Assert.Equal("Unknown", Ready(run));
    }

    [Fact]
    public void One_and_two_shards_have_one_digest()
    {
        using ClusterRun one = ScenarioRun.Of([Scenario], 7, 1, 60_000);
        using ClusterRun two = ScenarioRun.Of([Scenario], 7, 2, 60_000);
        Assert.Equal(one.Digest, two.Digest);
    }

    private static PodView Pod(ClusterRun run, string name) => run.Pods.Single(p => p.Name == name);

    private static string Ready(ClusterRun run) => Condition.Find(
        run.Objects.Find(ResourceTypes.Nodes, new ObjectKey("", "leaving"))!.Status, "Ready")!.Status; // It is written.
}
