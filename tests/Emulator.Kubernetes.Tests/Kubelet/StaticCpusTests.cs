namespace Emulator.Kubernetes.Tests.Kubelet;

/// <summary>Expected: kubernetes pkg/kubelet/cm/cpumanager/policy_static.go (updateCPUsToReuse): what a pod's init
/// containers had is its containers' before anything else that is free.</summary>
public sealed class StaticCpusTests
{
    private const string Whole = ""","resources":{"limits":{"cpu":"2","memory":"1Mi"}}}""";

    /// <summary>Of 4 cores one stays shared: two and two do not fit beside each other.</summary>
    [Fact]
    public void A_pods_container_gets_the_cores_of_its_init_container()
    {
        var rig = new KubeletRig(o => o with { HasStaticCpus = true });
        rig.Put(
            "web", """{"name":"app","image":"app" """ + Whole,
            ""","initContainers":[{"name":"setup","image":"setup" """ + Whole + "]");
        rig.Until(100);
        Assert.Equal("Running", rig.Phase("web"));
        string pod = $"/kubepods/pod{rig.Pod("web")!.Uid}"; // It was put.
        Assert.Equal("1-2", rig.Cgroups.Tree.Read($"{pod}/app", "cpuset.cpus"));
        Assert.Equal("", rig.Cgroups.Tree.Read($"{pod}/setup", "cpuset.cpus"));
    }

    /// <summary>A sidecar runs on beside the containers.</summary>
    [Fact]
    public void A_sidecar_keeps_its_cores()
    {
        var rig = new KubeletRig(o => o with { HasStaticCpus = true });
        rig.Put(
            "web", """{"name":"app","image":"app" """ + Whole,
            ""","initContainers":[{"name":"proxy","image":"proxy","restartPolicy":"Always" """ + Whole + "]");
        rig.Until(100);
        string pod = $"/kubepods/pod{rig.Pod("web")!.Uid}"; // It was put.
        Assert.Equal("1-2", rig.Cgroups.Tree.Read($"{pod}/proxy", "cpuset.cpus"));
        Assert.Equal("", rig.Cgroups.Tree.Read($"{pod}/app", "cpuset.cpus"));
    }
}
