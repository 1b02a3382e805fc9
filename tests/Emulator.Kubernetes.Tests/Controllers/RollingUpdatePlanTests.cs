using Emulator.Core.Documents;
using Emulator.Kubernetes.Controllers.Deployments;

namespace Emulator.Kubernetes.Tests.Controllers;

/// <summary>The arithmetic of rolling updates against the tables of Kubernetes' own tests; each facts file names its
/// source.</summary>
public class RollingUpdatePlanTests
{
    public static TheoryData<int, string> MaxUnavailable => FactsFile.Names("deployment-max-unavailable.json");

    public static TheoryData<int, string> NewReplicas => FactsFile.Names("deployment-new-replicas.json");

    public static TheoryData<int, string> Fenceposts => FactsFile.Names("deployment-fenceposts.json");

    public static TheoryData<int, string> ReconcileNew => FactsFile.Names("deployment-reconcile-new.json");

    public static TheoryData<int, string> ReconcileOld => FactsFile.Names("deployment-reconcile-old.json");

    public static TheoryData<int, string> CleanUp => FactsFile.Names("deployment-clean-up-unhealthy.json");

    public static TheoryData<int, string> ScaleDown => FactsFile.Names("deployment-scale-down-old.json");

    [Theory]
    [MemberData(nameof(MaxUnavailable))]
    public void So_many_pods_may_be_missing(int index, string name)
    {
        JsonValue spec = Case("deployment-max-unavailable.json", index, name).At("deployment", "spec")!;
        int expected = ControllerFacts.Int(Case("deployment-max-unavailable.json", index, name), "expected");
        if (spec.At("strategy", "type")?.AsString == "Recreate")
        {
            Assert.Equal(expected, new RollingUpdatePlan(1, 0, 0).Unavailable);
            return;
        }

        var plan = RollingUpdatePlan.For(
            ControllerFacts.Int(spec, "replicas"), spec.At("strategy", "rollingUpdate", "maxSurge"),
            spec.At("strategy", "rollingUpdate", "maxUnavailable"));
        Assert.Equal(expected, plan.Unavailable);
    }

    [Theory]
    [MemberData(nameof(NewReplicas))]
    public void The_new_replica_set_may_have_so_many(int index, string name)
    {
        // Kubernetes' test has an old ReplicaSet too, which makes no difference to these two cases but its own size.
        JsonValue @case = Case("deployment-new-replicas.json", index, name);
        int current = ControllerFacts.Int(@case, "newRSReplicas");
        int replicas = ControllerFacts.Int(@case, "depReplicas");
        var plan = new RollingUpdatePlan(replicas, ControllerFacts.Int(@case, "maxSurge"), 0);
        // Above the wanted size it is scaled down first.
        int expected = Math.Min(ControllerFacts.Int(@case, "expected"), replicas);
        Assert.Equal(expected, plan.NewReplicas(current, current));
    }

    [Theory]
    [MemberData(nameof(Fenceposts))]
    public void Limits_are_worked_out_of_numbers_and_percentages(int index, string name)
    {
        JsonValue @case = Case("deployment-fenceposts.json", index, name);
        RollingUpdatePlan For() => RollingUpdatePlan.For(
            ControllerFacts.Int(@case, "desired"), @case["maxSurge"], @case["maxUnavailable"]);
        if (ControllerFacts.Bool(@case, "expectError"))
        {
            Assert.Throws<FormatException>(For);
            return;
        }

        Assert.Equal(ControllerFacts.Int(@case, "expectSurge"), For().MaxSurge);
        Assert.Equal(ControllerFacts.Int(@case, "expectUnavailable"), For().MaxUnavailable);
    }

    [Theory]
    [MemberData(nameof(ReconcileNew))]
    public void The_new_replica_set_goes_one_step_up(int index, string name)
    {
        JsonValue @case = Case("deployment-reconcile-new.json", index, name);
        int current = ControllerFacts.Int(@case, "newReplicas");
        var plan = RollingUpdatePlan.For(ControllerFacts.Int(@case, "deploymentReplicas"), @case["maxSurge"], 0);
        int expected =
            ControllerFacts.Bool(@case, "scaleExpected") ? ControllerFacts.Int(@case, "expectedNewReplicas") : current;
        Assert.Equal(expected, plan.NewReplicas(current, current + ControllerFacts.Int(@case, "oldReplicas")));
    }

    [Theory]
    [MemberData(nameof(ReconcileOld))]
    public void Old_replica_sets_go_one_step_down(int index, string name)
    {
        JsonValue @case = Case("deployment-reconcile-old.json", index, name);
        var plan = RollingUpdatePlan.For(ControllerFacts.Int(@case, "deploymentReplicas"), 0, @case["maxUnavailable"]);
        var old = new ReplicaCount(
            "old", ControllerFacts.Int(@case, "oldReplicas"), ControllerFacts.Int(@case, "readyPodsFromOldRS"));
        var fresh = new ReplicaCount(
            "new", ControllerFacts.Int(@case, "newReplicas"), ControllerFacts.Int(@case, "readyPodsFromNewRS"));
        IReadOnlyList<ReplicaCount> after = plan.OldReplicas([old], fresh);
        if (ControllerFacts.Bool(@case, "scaleExpected"))
        {
            Assert.Equal(ControllerFacts.Int(@case, "expectedOldReplicas"), Assert.Single(after).Replicas);
        }
        else
        {
            Assert.Empty(after);
        }
    }

    [Theory]
    [MemberData(nameof(CleanUp))]
    public void Unhealthy_pods_go_first(int index, string name)
    {
        JsonValue @case = Case("deployment-clean-up-unhealthy.json", index, name);
        var old =
            new ReplicaCount("old", ControllerFacts.Int(@case, "oldReplicas"), ControllerFacts.Int(@case, "readyPods"));
        (_, int count) = RollingUpdatePlan.CleanUpUnhealthy([old], ControllerFacts.Int(@case, "maxCleanupCount"));
        Assert.Equal(ControllerFacts.Int(@case, "cleanupCountExpected"), count);
    }

    [Theory]
    [MemberData(nameof(ScaleDown))]
    public void Available_old_pods_go_as_far_as_they_can_be_missed(int index, string name)
    {
        JsonValue @case = Case("deployment-scale-down-old.json", index, name);
        var plan = RollingUpdatePlan.For(ControllerFacts.Int(@case, "deploymentReplicas"), 0, @case["maxUnavailable"]);
        int replicas = ControllerFacts.Int(@case, "oldReplicas");
        var old = new ReplicaCount("old", replicas, ControllerFacts.Int(@case, "readyPods"));
        (IReadOnlyList<ReplicaCount> after, int count) = plan.ScaleDownOld([old], 0);
        Assert.Equal(ControllerFacts.Bool(@case, "scaleExpected"), count > 0);
        Assert.Equal(
            count > 0 ? ControllerFacts.Int(@case, "expectedOldReplicas") : replicas, Assert.Single(after).Replicas);
    }

    private static JsonValue Case(string file, int index, string name)
    {
        JsonValue @case = FactsFile.Cases(file)[index];
        Assert.Equal(name, @case["name"]!.AsString);
        return @case;
    }
}
