using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Scheduler;

/// <summary>The condition <c>PodScheduled=False</c>, reason <c>Unschedulable</c>, that tells a person why a pod
/// waits.</summary>
public static class PodScheduledCondition
{
    private const string Type = "PodScheduled";
    private const string Unschedulable = "Unschedulable";

    /// <summary>A strategic merge patch of a pod's status; null when the pod says so already.</summary>
    public static JsonValue? Patch(ApiObject pod, string message, SimTime now)
    {
        Condition? before = Condition.Find(pod.Status, Type);
        if (before is { Status: "False", Reason: Unschedulable } && before.Message == message)
        {
            return null;
        }

        string since = before is { Status: "False", LastTransitionTime: { } time } ? time : ModelClock.ToText(now);
        JsonObject condition = JsonObject.Of(
            ("type", Type), ("status", "False"), ("lastProbeTime", JsonNull.Instance), ("lastTransitionTime", since),
            ("reason", Unschedulable), ("message", message));
        return JsonObject.Of(("status", JsonObject.Of(("conditions", new JsonArray([condition])))));
    }
}
