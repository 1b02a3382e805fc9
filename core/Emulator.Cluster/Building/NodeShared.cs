using Emulator.Cluster.Spec;
using Emulator.Core.Actors;
using Emulator.Kubernetes.Cni;
using Emulator.Kubernetes.KubeProxy;

namespace Emulator.Cluster.Building;

/// <summary>Makes the actors of nodes. What all nodes compute alike is computed once: rules, peers.</summary>
internal sealed class NodeShared
{
    private readonly ServiceRuleCache _rules;
    private readonly FlannelPeers _peers;

    /// <summary>What the nodes of a cluster share.</summary>
    public NodeShared(ClusterSpec spec)
    {
        _rules = new ServiceRuleCache(new KubeProxyOptions { ClusterCidr = spec.PodCidr });
        _peers = new FlannelPeers(new FlannelOptions
        {
            Network = spec.PodCidr,
            Backend = spec.Cni.Mode == CniMode.Vxlan ? FlannelBackend.Vxlan : FlannelBackend.HostGateway,
            Vni = spec.Cni.Vni,
            Port = spec.Cni.Port,
            UnderlayDevice = spec.Nodes[0].Interface,
            UnderlayMtu = spec.Nodes.Min(n => n.Mtu),
        });
    }

    /// <summary>The actors of a node, in the order in which they start.</summary>
    public IEnumerable<Actor> Actors(NodeSpec node, ActorRef host, ActorRef apiServer)
    {
        ActorRef Named(string name) => new($"{name}/{node.Name}", "", host.Machine);
        yield return new Flannel(Named("flanneld"), host, apiServer, node.Name, _peers, node.Vtep?.Mac);
        yield return new KubeProxy(Named("kube-proxy"), host, apiServer, node.Name, _rules);
    }
}
