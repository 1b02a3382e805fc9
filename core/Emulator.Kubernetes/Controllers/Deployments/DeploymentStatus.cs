using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Controllers.Deployments;

/// <summary>A Deployment's status: counts over its ReplicaSets, and the conditions Available and Progressing.</summary>
/// <remarks>Source: pkg/controller/deployment/sync.go (calculateStatus) and progress.go (syncRolloutStatus).</remarks>
public static class DeploymentStatus
{
    private const string Progressing = "Progressing";
    private const string NewAvailable = "NewReplicaSetAvailable";
    private const string TimedOut = "ProgressDeadlineExceeded";

    /// <summary>The status that a Deployment should have.</summary>
    /// <param name="deployment">The Deployment.</param>
    /// <param name="sets">All its ReplicaSets.</param>
    /// <param name="fresh">The new one among them; null when it is not there yet.</param>
    /// <param name="maxUnavailable">How many pods may be missing.</param>
    /// <param name="now">The time now.</param>
    public static JsonObject For(
        ApiObject deployment, IReadOnlyCollection<ApiObject> sets, ApiObject? fresh, int maxUnavailable, SimTime now)
    {
        JsonObject status = Counts(deployment, sets, fresh);
        bool enough = Count(status, "availableReplicas") >= DeploymentView.Of(deployment).Replicas - maxUnavailable;
        status = Put(
            status,
            enough
                ? new Condition(
                    "Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", null)
                : new Condition(
                    "Available", "False", "MinimumReplicasUnavailable",
                    "Deployment does not have minimum availability.", null),
            now);
        status = WithProgress(deployment, status, fresh, now);
        return WithFailures(status, sets, fresh, now);
    }

    /// <summary>Notes that the new ReplicaSet was made or found, from which on progress is expected.</summary>
    public static JsonObject WithNewReplicaSet(JsonObject status, string name, bool created, SimTime now) => Put(
        status,
        created
            ? new Condition(Progressing, "True", "NewReplicaSetCreated", $"Created new replica set \"{name}\"", null)
            : new Condition(Progressing, "True", "FoundNewReplicaSet", $"Found new replica set \"{name}\"", null),
        now);

    /// <summary>Whether all pods are new ones, all available, and no old one is left.</summary>
    public static bool IsComplete(ApiObject deployment, JsonObject status)
    {
        int replicas = DeploymentView.Of(deployment).Replicas;
        return Count(status, "updatedReplicas") == replicas
            && Count(status, "replicas") == replicas
            && Count(status, "availableReplicas") == replicas
            && Count(status, "observedGeneration") >= deployment.Generation;
    }

    /// <summary>Whether a rollout moved between two statuses.</summary>
    public static bool IsProgressing(JsonObject before, JsonObject after) =>
        Count(after, "updatedReplicas") > Count(before, "updatedReplicas")
        || Count(after, "replicas") - Count(after, "updatedReplicas")
            < Count(before, "replicas") - Count(before, "updatedReplicas")
        || Count(after, "readyReplicas") > Count(before, "readyReplicas")
        || Count(after, "availableReplicas") > Count(before, "availableReplicas");

    /// <summary>When a rollout that stands still times out; null when it does not.</summary>
    public static SimTime? Deadline(ApiObject deployment, JsonObject status) =>
        HasDeadline(deployment)
        && Find(status, Progressing) is { } condition
        && condition["reason"]?.AsString is not (NewAvailable or TimedOut)
        && ModelClock.TryParse(condition["lastUpdateTime"]?.AsString, out SimTime since)
            ? since + SimDuration.FromSeconds(DeploymentView.Of(deployment).ProgressDeadlineSeconds) : null;

    /// <summary>Whether the Deployment watches its progress at all.</summary>
    public static bool HasDeadline(ApiObject deployment) =>
        deployment.Spec.Find("progressDeadlineSeconds")?.AsInt64 is long seconds && seconds != int.MaxValue;

    private static JsonObject Counts(ApiObject deployment, IReadOnlyCollection<ApiObject> sets, ApiObject? fresh)
    {
        long available = sets.Sum(s => Count(s.Status, "availableReplicas"));
        long wanted = sets.Sum(s => (long)ReplicaSetView.Of(s).Replicas);
        return deployment.Status
            .With("observedGeneration", deployment.Generation)
            .With("replicas", sets.Sum(s => Count(s.Status, "replicas")))
            .With("updatedReplicas", fresh is null ? 0 : Count(fresh.Status, "replicas"))
            .With("readyReplicas", sets.Sum(s => Count(s.Status, "readyReplicas")))
            .With("availableReplicas", available)
            .With("unavailableReplicas", Math.Max(0, wanted - available));
    }

    private static JsonObject WithProgress(ApiObject deployment, JsonObject status, ApiObject? fresh, SimTime now)
    {
        if (!HasDeadline(deployment))
        {
            return Without(status, Progressing);
        }

        JsonValue? current = Find(deployment.Status, Progressing);
        bool wasComplete = Count(status, "replicas") == Count(status, "updatedReplicas")
            && current?["reason"]?.AsString == NewAvailable;
        if (wasComplete)
        {
            return status;
        }

        string who = fresh is null ? $"Deployment \"{deployment.Name}\"" : $"ReplicaSet \"{fresh.Name}\"";
        if (IsComplete(deployment, status))
        {
            return Put(
                status, new Condition(Progressing, "True", NewAvailable, $"{who} has successfully progressed.", null), now);
        }

        if (IsProgressing(deployment.Status, status))
        {
            string since = current?["status"]?.AsString == "True" && current["lastTransitionTime"]?.AsString is { } time
                ? time : ModelClock.ToText(now);
            return Put(
                Without(status, Progressing),
                new Condition(Progressing, "True", "ReplicaSetUpdated", $"{who} is progressing.", since), now);
        }

        bool late = current?["reason"]?.AsString == TimedOut
            || (Deadline(deployment, deployment.Status) is SimTime deadline && deadline < now);
        return late
            ? Put(status, new Condition(Progressing, "False", TimedOut, $"{who} has timed out progressing.", null), now)
            : status;
    }

    private static JsonObject WithFailures(
        JsonObject status, IReadOnlyCollection<ApiObject> sets, ApiObject? fresh, SimTime now)
    {
        const string failure = "ReplicaFailure";
        Condition? failed = fresh is null ? null : Condition.Find(fresh.Status, failure);
        foreach (ApiObject set in sets)
        {
            failed ??= Condition.Find(set.Status, failure);
        }

        return failed is null ? Without(status, failure) : Put(status, failed with { LastTransitionTime = null }, now);
    }

    // A condition of the same status and reason stays as it is; one of the same status keeps the time of its
    // transition.
    private static JsonObject Put(JsonObject status, Condition condition, SimTime now)
    {
        JsonValue? current = Find(status, condition.Type);
        if (current?["status"]?.AsString == condition.Status && current["reason"]?.AsString == condition.Reason)
        {
            return status;
        }

        string text = ModelClock.ToText(now);
        string since = condition.LastTransitionTime
            ?? (current?["status"]?.AsString == condition.Status ? current["lastTransitionTime"]?.AsString : null)
                ?? text;
        JsonObject json = JsonObject.Of(
            ("type", condition.Type), ("status", condition.Status), ("lastUpdateTime", text),
            ("lastTransitionTime", since), ("reason", condition.Reason), ("message", condition.Message));
        IReadOnlyList<JsonValue> others = Without(status, condition.Type).Find("conditions")?.Items ?? [];
        return status.With("conditions", new JsonArray([.. others, json]));
    }

    private static JsonValue? Find(JsonObject status, string type) =>
        (status.Find("conditions")?.Items ?? []).FirstOrDefault(c => c["type"]?.AsString == type);

    private static JsonObject Without(JsonObject status, string type) => Find(status, type) is null
        ? status
        : status.With("conditions", new JsonArray(
            [.. status.Find("conditions")!.Items.Where(c => c["type"]?.AsString != type)]));

    private static long Count(JsonObject status, string member) => status.Find(member)?.AsInt64 ?? 0;
}
