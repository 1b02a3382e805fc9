using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Linux.Netlink;

namespace Emulator.Kubernetes.Tests.Kubelet;

/// <summary>Expected: kubernetes pkg/kubelet/config/common.go and pkg/kubelet/pod/mirror_client.go.</summary>
public sealed class StaticPodTests
{
    private static readonly JsonObject Etcd = (JsonObject)JsonText.Parse("""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"etcd","namespace":"default"},
         "spec":{"containers":[{"name":"etcd","image":"etcd"}],"terminationGracePeriodSeconds":5}}
        """);

    private readonly KubeletRig _rig = new(o => o with { StaticPods = [Etcd] });

    [Fact]
    public void A_static_pod_runs_and_the_api_has_its_mirror()
    {
        _rig.Advance(2_000);
        ApiObject mirror = _rig.Pod("etcd-node-1")!; // It was made.
        Assert.Equal("Running", _rig.Phase("etcd-node-1"));
        string hash = mirror.Annotations["kubernetes.io/config.hash"]!;
        Assert.Equal(
            (hash, "file", 32),
            (mirror.Annotations["kubernetes.io/config.mirror"], mirror.Annotations["kubernetes.io/config.source"],
                hash.Length));
        Assert.NotEqual(hash, mirror.Uid);
        OwnerReference owner = Assert.Single(mirror.OwnerReferences);
        Assert.Equal(("Node", "node-1", true), (owner.Kind, owner.Name, owner.IsController));
        Assert.Contains(
            mirror.Spec.Find("tolerations")!.Items, // The kubelet adds one.
            t => t["operator"]?.AsString == "Exists" && t["effect"]?.AsString == "NoExecute");
        Assert.True(_rig.Cgroups.Tree.Contains($"/kubepods/besteffort/pod{hash}/etcd"));
    }

    [Fact]
    public void A_mirror_that_is_deleted_comes_back_and_the_pod_runs_on()
    {
        _rig.Advance(2_000);
        string before = _rig.Pod("etcd-node-1")!.Uid; // It was made.
        int starts = _rig.Starts().Count;
        _rig.Delete("etcd-node-1");
        _rig.Advance(2_000);
        Assert.NotEqual(before, _rig.Pod("etcd-node-1")!.Uid); // It is there again.
        Assert.Equal("Running", _rig.Phase("etcd-node-1"));
        Assert.Equal(starts, _rig.Starts().Count);
        Assert.DoesNotContain(_rig.Told, t => t.Message is TerminateProcess or KillProcess);
    }
}
