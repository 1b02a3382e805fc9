using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Controllers.ReplicaSets;

/// <summary>A ReplicaSet's status.</summary>
public static class ReplicaSetStatus
{
    /// <summary>The status that a ReplicaSet should have.</summary>
    /// <param name="replicaSet">The ReplicaSet.</param>
    /// <param name="tally">The count of its pods.</param>
    /// <param name="available">How many are available.</param>
    /// <param name="failure">Why pods could not be made or deleted at the last try; null when they could.</param>
    /// <param name="now">The time now.</param>
    public static JsonObject For(
        ApiObject replicaSet, ReplicaSetTally tally, int available, string? failure, SimTime now)
    {
        JsonObject status = replicaSet.Status
            .With("replicas", (long)tally.Active)
            .With("fullyLabeledReplicas", (long)tally.FullyLabeled)
            .With("readyReplicas", (long)tally.Ready)
            .With("availableReplicas", (long)available)
            .With("observedGeneration", replicaSet.Generation);
        return WithFailure(status, failure, now);
    }

    /// <summary>Whether a pod has been ready for so many seconds.</summary>
    public static bool IsAvailable(ApiObject pod, long minReadySeconds, SimTime now)
    {
        if (Condition.Find(pod.Status, "Ready") is not { IsTrue: true } ready)
        {
            return false;
        }

        return minReadySeconds == 0
            || (ModelClock.TryParse(ready.LastTransitionTime, out SimTime since)
                && since + SimDuration.FromSeconds(minReadySeconds) <= now);
    }

    private static JsonObject WithFailure(JsonObject status, string? failure, SimTime now)
    {
        const string type = "ReplicaFailure";
        if (failure is not null)
        {
            return Condition.Put(status, new Condition(type, "True", "FailedCreate", failure, ModelClock.ToText(now)));
        }

        return Condition.Find(status, type) is null ? status : status.With("conditions", new JsonArray(
            [.. (status.Find("conditions")?.Items ?? []).Where(c => c["type"]?.AsString != type)]));
    }
}
