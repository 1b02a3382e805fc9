using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Controllers.ReplicaSets;

/// <summary>A running count of the pods that a ReplicaSet controls, so that a look costs the same for ten pods and ten
/// thousand.</summary>
/// <remarks>Each pod counts by what its object says alone; a change takes the old object out and puts the new one
/// in.</remarks>
public sealed class ReplicaSetTally
{
    private readonly LabelSelector _selector;
    private readonly LabelSelector _template;

    private ReplicaSetTally(ReplicaSetView set)
    {
        var labels = new LabelSet(set.Template.At("metadata", "labels") as JsonObject);
        Template = set.Template;
        _selector = set.Selector;
        _template = labels.Count == 0 ? LabelSelector.Everything : LabelSelector.FromMap(labels);
    }

    /// <summary>The template that labels are compared with.</summary>
    public JsonObject Template { get; }

    /// <summary>Pods that have not ended and need not.</summary>
    public int Active { get; private set; }

    /// <summary>Of these, those with all labels of the template.</summary>
    public int FullyLabeled { get; private set; }

    /// <summary>Of these, the ready ones.</summary>
    public int Ready { get; private set; }

    /// <summary>Pods that the selector does not match: they must be let go.</summary>
    public int Strangers { get; private set; }

    /// <summary>Counts a ReplicaSet's pods from the beginning.</summary>
    public static ReplicaSetTally Of(ReplicaSetView set, IEnumerable<ApiObject> pods)
    {
        var tally = new ReplicaSetTally(set);
        foreach (ApiObject pod in pods)
        {
            tally.Count(pod, 1);
        }

        return tally;
    }

    /// <summary>A pod is controlled from now on.</summary>
    public void Add(ApiObject pod) => Count(pod, 1);

    /// <summary>A pod, as it was last, is controlled no more.</summary>
    public void Remove(ApiObject pod) => Count(pod, -1);

    /// <summary>How many pods have been ready for so many seconds.</summary>
    public int Available(IEnumerable<ApiObject> pods, long minReadySeconds, SimTime now) => minReadySeconds == 0
        ? Ready
        : pods.Count(p => ReplicaSetPlan.IsActive(p) && ReplicaSetStatus.IsAvailable(p, minReadySeconds, now));

    private void Count(ApiObject pod, int sign)
    {
        if (!_selector.Matches(pod.Labels))
        {
            Strangers += sign;
        }
        else if (ReplicaSetPlan.IsActive(pod))
        {
            Active += sign;
            FullyLabeled += _template.Matches(pod.Labels) ? sign : 0;
            Ready += PodView.Of(pod).IsReady ? sign : 0;
        }
    }
}
