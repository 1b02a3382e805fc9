using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;

namespace Emulator.Kubernetes.Kubelet.Eviction;

/// <summary>A kubelet's configuration of node-pressure eviction.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/apis/config/v1beta1/defaults_linux.go, without the inodes.</remarks>
public sealed record EvictionOptions
{
    /// <summary><c>evictionHard</c> when nothing is said.</summary>
    public static readonly IReadOnlyList<KeyValuePair<string, string>> DefaultHard =
    [
        KeyValuePair.Create(EvictionSignals.Memory, "100Mi"),
        KeyValuePair.Create(EvictionSignals.NodeFs, "10%"),
        KeyValuePair.Create(EvictionSignals.ImageFs, "15%"),
    ];

    /// <summary>When pods are evicted. By default <see cref="DefaultHard"/>.</summary>
    public IReadOnlyList<EvictionThreshold> Thresholds { get; init; } =
        ThresholdParser.Parse(DefaultHard, [], [], [], true, out _)!; // Constants that are right.

    /// <summary><c>evictionMaxPodGracePeriod</c>: seconds that a pod has to end when a soft threshold is met; default
    /// 0, which is a second.</summary>
    public long MaxPodGracePeriodSeconds { get; init; }

    /// <summary><c>evictionPressureTransitionPeriod</c>: how long a condition stays after its threshold was met last.
    /// Default 5 minutes.</summary>
    public SimDuration PressureTransitionPeriod { get; init; } = SimDuration.FromSeconds(300);

    /// <summary>What the node has of process numbers (<c>kernel.pid_max</c>). Default 4,194,304, as systemd sets
    /// it.</summary>
    public long PidMax { get; init; } = 4_194_304;

    /// <summary>What hard thresholds keep from pods: memory and disk.</summary>
    public ResourceList Reserved(ResourceList capacity) => ResourceList.Of(Thresholds
        .Where(t => t.Grace is null && t.Signal is EvictionSignals.Memory or EvictionSignals.NodeFs)
        .Select(t => KeyValuePair.Create(
            EvictionSignals.ResourceOf(t.Signal), t.Value.Of(capacity[EvictionSignals.ResourceOf(t.Signal)]))));
}
