using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Controllers.Deployments;

namespace Emulator.Kubernetes.Tests.Controllers;

/// <summary>Status, scaling and history against the tables of Kubernetes' own tests; each facts file names its
/// source.</summary>
public class DeploymentStatusTests
{
    public static TheoryData<int, string> Complete => FactsFile.Names("deployment-complete.json");

    public static TheoryData<int, string> Progressing => FactsFile.Names("deployment-progressing.json");

    public static TheoryData<int, string> RolloutStatus => FactsFile.Names("deployment-rollout-status.json");

    public static TheoryData<int, string> Scale => FactsFile.Names("deployment-scale.json");

    public static TheoryData<int, string> History => FactsFile.Names("deployment-history.json");

    [Theory]
    [MemberData(nameof(Complete))]
    public void A_rollout_is_complete_as_in_Kubernetes(int index, string name)
    {
        JsonValue @case = Case("deployment-complete.json", index, name);
        ApiObject deployment = ControllerFacts.Object(ResourceTypes.Deployments, @case["d"]);
        Assert.Equal(ControllerFacts.Bool(@case, "expected"),
            DeploymentStatus.IsComplete(deployment, deployment.Status));
    }

    [Theory]
    [MemberData(nameof(Progressing))]
    public void A_rollout_progresses_as_in_Kubernetes(int index, string name)
    {
        JsonValue @case = Case("deployment-progressing.json", index, name);
        Assert.Equal(
            ControllerFacts.Bool(@case, "expected"),
            DeploymentStatus.IsProgressing((JsonObject)@case.At("d", "status")!, (JsonObject)@case["newStatus"]!));
    }

    [Theory]
    [MemberData(nameof(RolloutStatus))]
    public void The_condition_Progressing_follows_Kubernetes(int index, string name)
    {
        JsonValue @case = Case("deployment-rollout-status.json", index, name);
        ApiObject? fresh = @case["newRS"] is { } set ? ControllerFacts.Object(ResourceTypes.ReplicaSets, set) : null;
        List<ApiObject> all =
            [.. @case["allRSs"]!.Items.Select(s => ControllerFacts.Object(ResourceTypes.ReplicaSets, s))];
        if (fresh is not null)
        {
            all.Add(fresh);
        }

        JsonObject status = DeploymentStatus.For(
            ControllerFacts.Object(ResourceTypes.Deployments, @case["d"]), all, fresh, 0, SimTime.Zero);
        JsonValue? condition =
            status.Find("conditions")!.Items.FirstOrDefault(c => c["type"]?.AsString == "Progressing");
        Assert.Equal(@case["conditionStatus"]?.AsString, condition?["status"]?.AsString);
        Assert.Equal(@case["conditionReason"]?.AsString, condition?["reason"]?.AsString);
        if (@case["lastUpdate"] is { } update)
        {
            Assert.Equal(update.AsString, condition?["lastUpdateTime"]?.AsString);
            Assert.Equal(@case["lastTransition"]?.AsString, condition?["lastTransitionTime"]?.AsString);
        }
    }

    [Theory]
    [MemberData(nameof(Scale))]
    public void A_change_of_size_is_spread_as_in_Kubernetes(int index, string name)
    {
        JsonValue @case = Case("deployment-scale.json", index, name);
        ApiObject deployment = ControllerFacts.Object(ResourceTypes.Deployments, @case["deployment"]);
        var before = new Rollout(ControllerFacts.Object(ResourceTypes.Deployments, @case["oldDeployment"]), [], null);
        ApiObject Noted(JsonValue set)
        {
            string setName = set.At("metadata", "name")!.AsString!; // Every ReplicaSet has a name.
            int size = (int)(@case.At("desiredReplicasAnnotations", setName)?.AsInt64 ?? before.View.Replicas);
            return DeploymentReplicaSets.Resize(
                ControllerFacts.Object(ResourceTypes.ReplicaSets, set), ControllerFacts.Int(set["spec"]!, "replicas"),
                size, size + before.Plan.MaxSurge);
        }

        ApiObject? fresh = @case["newRS"] is JsonObject given ? Noted(given) : null;
        List<ApiObject> sets = [.. (@case["oldRSs"]?.Items ?? []).Select(Noted)];
        if (fresh is not null)
        {
            sets.Add(fresh);
        }

        var sizes = sets.ToDictionary(s => s.Name, s => ControllerFacts.Int(s.Spec, "replicas"));
        foreach ((ApiObject set, int replicas) in new Rollout(deployment, DeploymentReplicaSets.Oldest(sets), fresh)
            .ScaledSizes())
        {
            sizes[set.Name] = replicas;
        }

        JsonValue[] expected =
            [.. @case["expectedOld"]?.Items ?? [], .. @case["expectedNew"] is JsonObject e ? [e] : (JsonValue[])[]];
        Assert.Equal(
            expected.Select(s => (s.At("metadata", "name")!.AsString!, ControllerFacts.Int(s["spec"]!, "replicas")))
                .Order(),
            sizes.Select(s => (s.Key, s.Value)).Order());
    }

    [Theory]
    [MemberData(nameof(History))]
    public void Old_replica_sets_are_kept_as_in_Kubernetes(int index, string name)
    {
        JsonValue @case = Case("deployment-history.json", index, name);
        IEnumerable<ApiObject> old =
            @case["oldRSs"]!.Items.Select(s => ControllerFacts.Object(ResourceTypes.ReplicaSets, s));
        Assert.Equal(
            ControllerFacts.Int(@case, "expectedDeletions"),
            DeploymentReplicaSets.Surplus(old, ControllerFacts.Int(@case, "revisionHistoryLimit")).Count);
    }

    private static JsonValue Case(string file, int index, string name)
    {
        JsonValue @case = FactsFile.Cases(file)[index];
        Assert.Equal(name, @case["name"]!.AsString);
        return @case;
    }
}
