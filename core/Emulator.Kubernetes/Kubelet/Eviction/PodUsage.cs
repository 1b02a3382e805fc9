using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.Scheduler.Pods;

namespace Emulator.Kubernetes.Kubelet.Eviction;

/// <summary>What a pod uses on its node.</summary>
/// <param name="Pod">The pod.</param>
/// <param name="Containers">Its containers' shares, init containers first.</param>
public sealed record PodUsage(PodView Pod, IReadOnlyList<ContainerUsage> Containers)
{
    /// <summary>Bytes of memory that cannot be dropped.</summary>
    public long MemoryBytes => Containers.Sum(c => c.MemoryBytes);

    /// <summary>Bytes of disk.</summary>
    public long StorageBytes => Containers.Sum(c => c.StorageBytes);

    /// <summary>Processes.</summary>
    public long Pids => Containers.Sum(c => c.Pids);

    /// <summary>How much it uses of a resource, in the resource's units.</summary>
    public long Of(string resource) => resource switch
    {
        "memory" => MemoryBytes,
        "pids" => Pids,
        _ => StorageBytes,
    };

    /// <summary>How much more it uses than it asked for; negative for less.</summary>
    public long Over(string resource) => Of(resource) - PodResources.Requests(Pod.Object.Spec)[resource];
}

/// <summary>What a container uses.</summary>
/// <param name="Container">The container.</param>
/// <param name="MemoryBytes">Memory that cannot be dropped.</param>
/// <param name="StorageBytes">What it has written: root file system and logs.</param>
/// <param name="Pids">Its processes and threads.</param>
public readonly record struct ContainerUsage(
    ContainerView Container, long MemoryBytes, long StorageBytes, long Pids)
{
    /// <summary>How much it uses of a resource that is counted by container.</summary>
    public long? Of(string resource) => resource switch
    {
        "memory" => MemoryBytes,
        "ephemeral-storage" => StorageBytes,
        _ => null,
    };
}
