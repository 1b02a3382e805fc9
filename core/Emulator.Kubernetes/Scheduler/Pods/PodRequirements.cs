using Emulator.Core.Documents;

namespace Emulator.Kubernetes.Scheduler.Pods;

/// <summary>All that scheduling needs to know of a pod's spec, parsed once and shared by all pods of one
/// template.</summary>
public sealed class PodRequirements
{
    /// <summary>What a container without a cpu request counts as in scores, in thousandths of a core: 100.</summary>
    public const long DefaultMilliCpuRequest = 100;

    /// <summary>What a container without a memory request counts as in scores, in bytes: 200 MiB.</summary>
    public const long DefaultMemoryRequestBytes = 200L * 1024 * 1024;

    private static readonly ResourceAmounts NonZero =
        ResourceAmounts.Empty.With("cpu", DefaultMilliCpuRequest).With("memory", DefaultMemoryRequestBytes);

    private PodRequirements(JsonValue spec)
    {
        ResourceAmounts requests = PodResources.Requests(spec);
        ResourceAmounts scored = PodResources.Requests(spec, NonZero);
        MilliCpu = requests["cpu"];
        MemoryBytes = requests["memory"];
        EphemeralStorageBytes = requests["ephemeral-storage"];
        ScoredMilliCpu = scored["cpu"];
        ScoredMemoryBytes = scored["memory"];
        Extended = [.. requests.Amounts.ToArray().Where(a => IsExtended(a.Name))];
        NodeAffinity = NodeAffinityRequirements.Parse(spec);
        Tolerations = Toleration.ParseAll(spec["tolerations"]);
        HostPorts = HostPort.ParseAll(spec);
        Unsupported = UnsupportedPodFields.In(spec);
    }

    /// <summary>Requested cpu in thousandths of a core.</summary>
    public long MilliCpu { get; }

    /// <summary>Requested memory in bytes.</summary>
    public long MemoryBytes { get; }

    /// <summary>Requested ephemeral storage in bytes.</summary>
    public long EphemeralStorageBytes { get; }

    /// <summary>Cpu as scores count it, thousandths of a core.</summary>
    public long ScoredMilliCpu { get; }

    /// <summary>Memory as scores count it, bytes.</summary>
    public long ScoredMemoryBytes { get; }

    /// <summary>Requested extended resources and huge pages.</summary>
    public ResourceAmount[] Extended { get; }

    /// <summary>Whether nothing at all is requested.</summary>
    public bool RequestsNothing =>
        MilliCpu == 0 && MemoryBytes == 0 && EphemeralStorageBytes == 0 && Extended.Length == 0;

    /// <summary>Which nodes the pod must and would rather be on.</summary>
    public NodeAffinityRequirements NodeAffinity { get; }

    /// <summary>Which taints it bears.</summary>
    public Toleration[] Tolerations { get; }

    /// <summary>Which ports of the node it takes.</summary>
    public HostPort[] HostPorts { get; }

    /// <summary>Fields that bear on scheduling and are not honoured.</summary>
    public IReadOnlyList<string> Unsupported { get; }

    /// <summary>Reads a pod's spec.</summary>
    public static PodRequirements Parse(JsonValue spec) => new(spec);

    /// <summary>Whether another pod would book the same on a node.</summary>
    public bool BooksLike(PodRequirements other) =>
        ReferenceEquals(this, other)
        || (MilliCpu == other.MilliCpu
            && MemoryBytes == other.MemoryBytes
            && EphemeralStorageBytes == other.EphemeralStorageBytes
            && ScoredMilliCpu == other.ScoredMilliCpu
            && ScoredMemoryBytes == other.ScoredMemoryBytes
            && Extended.AsSpan().SequenceEqual(other.Extended)
            && HostPorts.AsSpan().SequenceEqual(other.HostPorts));

    private static bool IsExtended(string name) =>
        name is not ("cpu" or "memory" or "ephemeral-storage" or "storage" or "pods");
}
