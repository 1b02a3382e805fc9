namespace Emulator.Kubernetes.Kubelet.Eviction;

/// <summary>What a kubelet watches on its node, by upstream's names.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/eviction/api/types.go. Left out: inodes, a file system of images apart from
/// the node's (<c>imagefs</c> is <c>nodefs</c>), <c>containerfs</c>.</remarks>
public static class EvictionSignals
{
    /// <summary>The node's RAM without what processes hold.</summary>
    public const string Memory = "memory.available";

    /// <summary>The limit of kubepods without what pods hold.</summary>
    public const string AllocatableMemory = "allocatableMemory.available";

    /// <summary>The node's file system.</summary>
    public const string NodeFs = "nodefs.available";

    /// <summary>The file system of images: the node's.</summary>
    public const string ImageFs = "imagefs.available";

    /// <summary>Process numbers that are free.</summary>
    public const string Pid = "pid.available";

    /// <summary>The node's condition in which pods are evicted for memory.</summary>
    public const string MemoryPressure = "MemoryPressure";

    /// <summary>The same for disk.</summary>
    public const string DiskPressure = "DiskPressure";

    /// <summary>The same for process numbers.</summary>
    public const string PidPressure = "PIDPressure";

    /// <summary>The signals that a threshold may be set for.</summary>
    public static readonly IReadOnlyList<string> All = [Memory, NodeFs, ImageFs, Pid];

    /// <summary>The node condition of a signal.</summary>
    public static string ConditionOf(string signal) => signal switch
    {
        Memory or AllocatableMemory => MemoryPressure,
        Pid => PidPressure,
        _ => DiskPressure,
    };

    /// <summary>What is reclaimed for a signal.</summary>
    public static string ResourceOf(string signal) => signal switch
    {
        Memory or AllocatableMemory => "memory",
        Pid => "pids",
        _ => "ephemeral-storage",
    };
}
