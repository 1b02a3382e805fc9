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

    /// <summary>Source: kubernetes pkg/kubelet/config/common.go (tryDecodeSinglePod): a limit is a request
    /// too.</summary>
    [Fact]
    public void A_manifest_gets_the_defaults_that_the_api_gives()
    {
        var rig = new KubeletRig(o => o with { StaticPods = [Manifest("""
            {"metadata":{"name":"etcd"},"spec":{"containers":[
             {"name":"etcd","image":"etcd","resources":{"limits":{"cpu":"1","memory":"1Gi"}}}]}}
            """)] });
        rig.Advance(2_000);
        string hash = rig.Pod("etcd-node-1")!.Annotations["kubernetes.io/config.hash"]!; // It was made.
        Assert.True(rig.Cgroups.Tree.Contains($"/kubepods/pod{hash}/etcd"));
    }

    [Fact]
    public void A_mirror_that_the_api_refuses_is_told_and_the_pod_runs()
    {
        var rig = new KubeletRig(o => o with { StaticPods = [Manifest("""
            {"metadata":{"name":"etcd","namespace":"shop"},"spec":{"containers":[{"name":"etcd","image":"etcd"}]}}
            """)] });
        rig.Advance(2_000);
        Assert.Single(rig.Starts());
        Assert.Equal(
            ["FailedMirrorPod 1 Mirror of pod shop/etcd-node-1 is refused: namespaces \"shop\" not found"],
            rig.Events("node-1"));
    }

    /// <summary>A mirror is its Node's: the garbage collector takes one whose Node is gone.</summary>
    [Fact]
    public void Without_its_node_a_mirror_does_not_come_back_and_with_a_new_one_it_does()
    {
        _rig.Advance(2_000);
        ApiObject node = _rig.Node;
        _rig.DeleteNode();
        _rig.Advance(2_000);
        Assert.Null(_rig.Pod("etcd-node-1"));

        _rig.Put(new ApiObject(ResourceTypes.Nodes, JsonObject.Of(
            ("metadata", JsonObject.Of(("name", "node-1"))), ("spec", node.Spec))));
        _rig.Advance(2_000);
        Assert.NotEqual(node.Uid, _rig.Node.Uid);
        OwnerReference owner = Assert.Single(_rig.Pod("etcd-node-1")!.OwnerReferences); // It is there again.
        Assert.Equal(_rig.Node.Uid, owner.Uid);
        Assert.Equal("Running", _rig.Phase("etcd-node-1"));
    }

    private static JsonObject Manifest(string json) => (JsonObject)JsonText.Parse(json);
}
