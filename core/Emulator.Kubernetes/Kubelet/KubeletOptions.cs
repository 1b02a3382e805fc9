using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Cni;
using Emulator.Kubernetes.Kubelet.Eviction;
using Emulator.Linux.Cgroups.Cpu;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>A kubelet's configuration and what it knows of its machine.</summary>
public sealed record KubeletOptions
{
    /// <summary>The Node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>The machine's address, the Node's InternalIP.</summary>
    public required IPv4Address NodeAddress { get; init; }

    /// <summary>The Node's block of pod addresses, registered with it; null when a controller gives it out.</summary>
    public Cidr? PodCidr { get; init; }

    /// <summary>The zone, for the label <c>topology.kubernetes.io/zone</c>; empty for none.</summary>
    public string Zone { get; init; } = "";

    /// <summary>Labels besides those that each kubelet sets (hostname, os, arch, zone).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; } = [];

    /// <summary>Taints that the Node is registered with.</summary>
    public IReadOnlyList<Taint> Taints { get; init; } = [];

    /// <summary>What the machine has: cpu, memory, ephemeral-storage, pods.</summary>
    public ResourceList Capacity { get; init; } = ResourceList.Of(
    [
        KeyValuePair.Create("cpu", Quantity.Parse("4")),
        KeyValuePair.Create("memory", Quantity.Parse("16Gi")),
        KeyValuePair.Create("ephemeral-storage", Quantity.Parse("100Gi")),
        KeyValuePair.Create("pods", Quantity.Parse("110")),
    ]);

    /// <summary>What is kept from pods.</summary>
    public NodeAllocatable Reserved { get; init; } = NodeAllocatable.Default;

    /// <summary>When pods are evicted for want of memory, disk or process numbers.</summary>
    public EvictionOptions Eviction { get; init; } = new();

    /// <summary><c>podPidsLimit</c>: process numbers of a pod at most; null, the default, for no limit.</summary>
    public long? PodPidsLimit { get; init; }

    /// <summary>Manifests of pods that the kubelet runs by itself. Default none.</summary>
    public IReadOnlyList<JsonObject> StaticPods { get; init; } = [];

    /// <summary>When the machine is shut down, from its start; null, the default, for never.</summary>
    public SimDuration? ShutdownAt { get; init; }

    /// <summary><c>shutdownGracePeriod</c>: how long all pods have then. Default 0: none.</summary>
    public SimDuration ShutdownGracePeriod { get; init; }

    /// <summary><c>shutdownGracePeriodCriticalPods</c>: how much of that is for critical pods. Default 0.</summary>
    public SimDuration ShutdownGracePeriodCriticalPods { get; init; }

    /// <summary>How requests become weights. Default linear.</summary>
    public ShareFormula CpuWeights { get; init; } = ShareFormula.Linear;

    /// <summary>The CPU manager's policy <c>static</c>: whole cores for containers of Guaranteed pods that ask for
    /// whole cores. Default false, the policy <c>none</c>.</summary>
    public bool HasStaticCpus { get; init; }

    /// <summary>How pods are wired.</summary>
    public required PodNetworkOptions Network { get; init; }

    /// <summary>What a new pod's namespace is told besides, such as its resolver; called once a pod.</summary>
    public Func<PodView, IEnumerable<Message>>? NamespaceSetup { get; init; }

    /// <summary>From a pod's arrival to its containers' start: image pull, sandbox, CNI and start together. Default 500
    /// ms.</summary>
    public SimDuration StartDuration { get; init; } = SimDuration.FromMilliseconds(500);

    /// <summary>A pod's start takes up to this much longer, by a hash of its UID. Default 500 ms.</summary>
    public SimDuration StartSpread { get; init; } = SimDuration.FromMilliseconds(500);

    /// <summary>From the end of a pod's processes to the end of its namespace and object. Default 100 ms.</summary>
    public SimDuration StopDuration { get; init; } = SimDuration.FromMilliseconds(100);
}
