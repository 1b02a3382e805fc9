using Emulator.Core.Addresses;
using Emulator.Kubernetes.KubeProxy;

namespace Emulator.Kubernetes.Tests.KubeProxy;

public sealed class ChainNamesTests
{
    private static readonly ServicePort Kubernetes = new()
    {
        Namespace = "default", Name = "kubernetes", PortName = "https", ClusterIP = new IPv4Address(1), Port = 443,
    };

    /// <summary>Expected values: chains of a real cluster, as in kube-proxy's documentation of iptables mode.</summary>
    [Fact]
    public void Names_are_prefix_and_hash_as_on_a_real_cluster()
    {
        var dns = new ServicePort
        {
            Namespace = "kube-system",
            Name = "kube-dns",
            PortName = "dns-tcp",
            ClusterIP = new IPv4Address(1),
            Port = 53,
        };
        var endpoint = new Endpoint(IPv4Address.Parse("172.16.0.11"), 6443);
        Assert.Equal("KUBE-SVC-NPX46M4PTMTKRN6Y", ChainNames.ClusterPolicy(Kubernetes));
        Assert.Equal("KUBE-SVL-NPX46M4PTMTKRN6Y", ChainNames.LocalPolicy(Kubernetes));
        Assert.Equal("KUBE-EXT-NPX46M4PTMTKRN6Y", ChainNames.External(Kubernetes));
        Assert.Equal("KUBE-FW-NPX46M4PTMTKRN6Y", ChainNames.LoadBalancerFirewall(Kubernetes));
        Assert.Equal("KUBE-SEP-23Y66C2VAJ3WDEMI", ChainNames.Endpoint(Kubernetes, endpoint));
        Assert.Equal("KUBE-SVC-ERIFXISQEP7F7OF4", ChainNames.ClusterPolicy(dns));
    }
}
