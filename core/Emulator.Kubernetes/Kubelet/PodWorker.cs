using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiServer.Strategies;
using Emulator.Kubernetes.Cni;
using Emulator.Kubernetes.Kubelet.Containers;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>What a kubelet remembers of one pod.</summary>
internal sealed class PodWorker
{
    /// <summary>A pod of which nothing exists yet.</summary>
    public PodWorker(PodView pod, SimTime startTime, bool isStatic = false)
    {
        Pod = pod;
        IsStatic = isStatic;
        StartTime = startTime;
        var records = new List<ContainerRecord>(pod.InitContainers.Count + pod.Containers.Count);
        foreach (ContainerView container in pod.InitContainers)
        {
            ContainerKind kind = container.RestartPolicy == "Always" ? ContainerKind.Sidecar : ContainerKind.Init;
            records.Add(new ContainerRecord(
                records.Count, container, kind, ContainerBehaviour.Of(pod, container, kind)));
        }

        foreach (ContainerView container in pod.Containers)
        {
            records.Add(new ContainerRecord(
                records.Count, container, ContainerKind.Main,
                ContainerBehaviour.Of(pod, container, ContainerKind.Main)));
        }

        Containers = records;
        HasStorage = records.Exists(r => r.Behaviour.Storage > 0 || r.Behaviour.StorageGrowth > 0);
    }

    /// <summary>The pod as it was seen last.</summary>
    public PodView Pod { get; private set; }

    /// <summary>When the kubelet saw it first.</summary>
    public SimTime StartTime { get; }

    /// <summary>How far it has come.</summary>
    public PodStage Stage { get; set; }

    /// <summary>Its init containers, then its containers.</summary>
    public IReadOnlyList<ContainerRecord> Containers { get; }

    /// <summary>Where its processes live; null until it is made.</summary>
    public ActorRef? Namespace { get; set; }

    /// <summary>The status that was written last; null before the first.</summary>
    public JsonObject? Reported { get; set; }

    /// <summary>The status that the API has not confirmed yet; null when it has all.</summary>
    public JsonObject? Unwritten { get; set; }

    /// <summary>How it hangs on the bridge; null before, and for pods in the node's namespace.</summary>
    public PodAttachment? Attachment { get; set; }

    /// <summary>Why it cannot be set up; null when nothing is wrong.</summary>
    public string? SandboxProblem { get; set; }

    /// <summary>Why the kubelet ends it though nobody deleted it; null otherwise.</summary>
    public Rejection? Eviction { get; set; }

    /// <summary>Why it has not got the resources that its spec says; null when it has.</summary>
    public Rejection? ResizePending { get; set; }

    /// <summary>Until when it must have ended, once it is being stopped.</summary>
    public SimTime StopDeadline { get; set; }

    /// <summary>Whether its object stays when it has ended: nobody asked for its deletion.</summary>
    public bool KeepsObject { get; set; }

    /// <summary>Whether it is a static pod: the API has its mirror at most.</summary>
    public bool IsStatic { get; }

    /// <summary>The UID of a static pod's mirror; null while there is none.</summary>
    public string? MirrorUid { get; set; }

    /// <summary>The UID of its object in the API; null while there is none.</summary>
    public string? ObjectUid => IsStatic ? MirrorUid : Pod.Uid;

    /// <summary>Whether any of its containers writes to its file system.</summary>
    public bool HasStorage { get; }

    /// <summary>The pod has changed.</summary>
    public void See(PodView pod)
    {
        Pod = pod;
        foreach (ContainerRecord record in Containers)
        {
            IReadOnlyList<ContainerView> specs =
                record.Kind == ContainerKind.Main ? pod.Containers : pod.InitContainers;
            int place = record.Kind == ContainerKind.Main ? record.Index - pod.InitContainers.Count : record.Index;
            bool isSame = ReferenceEquals(record.Allocated, record.Spec)
                && ResizeRules.Same(record.Spec, specs[place]);
            record.Spec = specs[place]; // The API lets nobody add or remove containers.
            record.Allocated = isSame ? record.Spec : record.Allocated;
        }
    }
}
