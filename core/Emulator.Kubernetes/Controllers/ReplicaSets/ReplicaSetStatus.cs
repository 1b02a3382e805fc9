using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Controllers.ReplicaSets;

/// <summary>Counts a ReplicaSet's pods for its status.</summary>
public static class ReplicaSetStatus
{
    /// <summary>The status that a ReplicaSet should have.</summary>
    /// <param name="replicaSet">The ReplicaSet.</param>
    /// <param name="active">Its active pods.</param>
    /// <param name="failure">Why pods could not be made or deleted at the last try; null when they could.</param>
    /// <param name="now">The time now.</param>
    public static JsonObject For(
        ApiObject replicaSet, IReadOnlyCollection<ApiObject> active, string? failure, SimTime now)
    {
        ReplicaSetView view = ReplicaSetView.Of(replicaSet);
        var template = new LabelSet(view.Template.At("metadata", "labels") as JsonObject);
        LabelSelector labels = template.Count == 0 ? LabelSelector.Everything : LabelSelector.FromMap(template);
        int labeled = 0;
        int ready = 0;
        int available = 0;
        foreach (ApiObject pod in active)
        {
            labeled += labels.Matches(pod.Labels) ? 1 : 0;
            if (PodView.Of(pod).IsReady)
            {
                ready++;
                available += IsAvailable(pod, view.MinReadySeconds, now) ? 1 : 0;
            }
        }

        JsonObject status = replicaSet.Status
            .With("replicas", (long)active.Count)
            .With("fullyLabeledReplicas", (long)labeled)
            .With("readyReplicas", (long)ready)
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
