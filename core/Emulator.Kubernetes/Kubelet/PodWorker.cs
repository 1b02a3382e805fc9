using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.Cni;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>What a kubelet remembers of one pod.</summary>
internal sealed class PodWorker(PodView pod, SimTime startTime)
{
    /// <summary>The pod as it was seen last.</summary>
    public PodView Pod { get; set; } = pod;

    /// <summary>When the kubelet saw it first.</summary>
    public SimTime StartTime { get; } = startTime;

    /// <summary>When its containers started; null before.</summary>
    public SimTime? RunningSince { get; set; }

    /// <summary>How far it has come.</summary>
    public PodStage Stage { get; set; }

    /// <summary>Where its processes live; null until it is made.</summary>
    public ActorRef? Namespace { get; set; }

    /// <summary>The status that the API has not confirmed yet; null when it has all.</summary>
    public JsonObject? Unwritten { get; set; }

    /// <summary>How it hangs on the bridge; null before, and for pods in the node's namespace.</summary>
    public PodAttachment? Attachment { get; set; }
}
