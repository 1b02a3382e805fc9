using Emulator.Cluster.Reading;
using Emulator.Cluster.Spec;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Engine.Manifests;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Kubelet;

namespace Emulator.Cluster.Tests.Reading;

/// <summary>Defaults: those of a KubeletConfiguration, inodes apart.</summary>
public sealed class KubeletReaderTests
{
    [Fact]
    public void Without_a_word_the_kubelets_own_thresholds_hold()
    {
        KubeletSpec kubelet = Read("nodes: 1").Kubelet;
        Assert.Equal(
            "allocatableMemory.available<100Mi, memory.available<100Mi, nodefs.available<10%, imagefs.available<15%",
            string.Join(", ", kubelet.Eviction.Thresholds));
        Assert.Equal(SimDuration.FromSeconds(300), kubelet.Eviction.PressureTransitionPeriod);
        Assert.Null(kubelet.PodPidsLimit);
    }

    [Fact]
    public void Thresholds_graces_and_what_is_reserved_are_read()
    {
        ClusterSpec spec = Read("""
            nodes: [{capacity: {memory: 4Gi, ephemeral-storage: 20Gi}, shutdownAt: 90s}]
            kubelet:
              evictionHard: {memory.available: 200Mi, pid.available: 100}
              evictionSoft: {nodefs.available: 20%}
              evictionSoftGracePeriod: {nodefs.available: 1m30s}
              evictionMinimumReclaim: {memory.available: 50Mi}
              evictionMaxPodGracePeriod: 60
              evictionPressureTransitionPeriod: 30s
              kubeReserved: {memory: 1Gi}
              systemReserved: {cpu: 500m}
              podPidsLimit: 1024
              shutdownGracePeriod: 30s
              shutdownGracePeriodCriticalPods: 10s
            """);
        Assert.Equal(
            "allocatableMemory.available<200Mi reclaim 50Mi, memory.available<200Mi reclaim 50Mi, "
            + "pid.available<100, nodefs.available<20% for 90s",
            string.Join(", ", spec.Kubelet.Eviction.Thresholds));
        Assert.Equal(
            (60, 30, 1_024),
            (spec.Kubelet.Eviction.MaxPodGracePeriodSeconds,
                spec.Kubelet.Eviction.PressureTransitionPeriod.Nanoseconds / 1_000_000_000,
                spec.Kubelet.PodPidsLimit));
        Assert.Equal(SimDuration.FromSeconds(90), spec.Nodes[0].ShutdownAt);
        ResourceList capacity = ResourceList.Of(
            KeyValuePair.Create("cpu", Quantity.Parse(spec.Nodes[0].Capacity.Cpu)),
            KeyValuePair.Create("memory", Quantity.Parse(spec.Nodes[0].Capacity.Memory)),
            KeyValuePair.Create("ephemeral-storage", Quantity.Parse(spec.Nodes[0].Capacity.EphemeralStorage)));
        NodeAllocatable reserved = spec.Kubelet.ReservedOf(capacity);
        Assert.Equal(
            "3500m 20Gi 2872Mi",
            $"{reserved.ForScheduling(capacity)["cpu"]} {reserved.ForScheduling(capacity)["ephemeral-storage"]} "
            + $"{reserved.ForScheduling(capacity)["memory"]}");
    }

    private static ClusterSpec Read(string spec)
    {
        ManifestSet read = ManifestReader.ReadText(
            "apiVersion: emulator.dev/v1alpha1\nkind: Cluster\nspec:\n  " + spec.Replace("\n", "\n  "), "cluster.yaml");
        var errors = new List<ManifestError>();
        ClusterSpec? cluster = ClusterSpecReader.Read(Assert.Single(read.Documents), errors);
        Assert.Empty(errors);
        return cluster!; // There was no error.
    }
}
