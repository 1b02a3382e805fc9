using Emulator.Cluster.Manifests;
using Emulator.Cluster.Spec;
using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Documents;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer;
using Emulator.Kubernetes.Kubelet;
using Emulator.Linux;

namespace Emulator.Cluster.Building;

/// <summary>Manifests and a topology in, actors out.</summary>
/// <remarks>
/// A machine for each switch, one for the control plane in the first zone, one for each node and each external host.
/// The
/// objects of the manifests are in the API server when the run starts, after those of the system and the addons.
/// </remarks>
public sealed class ClusterBuilder
{
    /// <summary>The name of the control plane's machine.</summary>
    public const string ControlPlaneName = "control-plane";

    private readonly ClusterSpec _spec;
    private readonly UnderlayPlan _underlay;
    private readonly List<ClusterMachine> _machines = [];
    private readonly SortedDictionary<string, ActorRef> _nodes = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, ActorRef> _externalHosts = new(StringComparer.Ordinal);

    private ClusterBuilder(ClusterSpec spec)
    {
        _spec = spec;
        _underlay = new UnderlayPlan(spec);
    }

    private long HopNanoseconds => _spec.Links.HopCost.Nanoseconds;

    /// <summary>Builds the cluster; null when the API server would refuse an object, which is appended.</summary>
    public static BuiltCluster? Build(ClusterInput input, List<ManifestError> errors)
    {
        ApiObject[] own = [.. SystemObjects.OfApiServer(input.Cluster), .. Addons.Of(input.Cluster)];
        var options = new ApiServerOptions { ServiceCidr = input.Cluster.ServiceCidr, InitialObjects = own };
        int before = errors.Count;
        AdmissionCheck.Check(options, [.. input.Objects, .. Mirrors(input.Cluster)], errors);
        return errors.Count > before ? null : new ClusterBuilder(input.Cluster).Build(options with
        {
            InitialObjects = [.. own, .. input.Objects.Select(o => o.Object)],
        });
    }

    /// <summary>What kubelets will show of their static pods, which the API must take too.</summary>
    private static IEnumerable<InputObject> Mirrors(ClusterSpec cluster) =>
        from node in cluster.Nodes
        from pod in node.StaticPods
        select new InputObject(StaticPodManifest.On(node.Name, (JsonObject)pod.Content), pod); // A Part is an object.

    private BuiltCluster Build(ApiServerOptions options)
    {
        HostActor controlPlane = Host(ControlPlaneName, _spec.Zones[0].Name, ControlPlaneName);
        var apiServer = new KubeApiServer(ActorOn(controlPlane, "api-server"), controlPlane.Self, options);
        Plug(controlPlane);
        IPv4Address? gateway = _spec.Zones[0].Gateway ?? _spec.Nodes[0].DefaultGateway;
        _machines.Add(new ClusterMachine(controlPlane.Self.Machine, controlPlane,
        [
            new NetworkSetup(
                ActorOn(controlPlane, "network-setup"), controlPlane.Self,
                BootMessages.OfControlPlane(_spec.ControlPlaneAddress, gateway)),
            apiServer,
            .. ControlPlane.Actors(controlPlane.Self, apiServer.Self),
        ]));
        var shared = new NodeShared(_spec, apiServer.Self);
        foreach (NodeSpec node in _spec.Nodes)
        {
            AddNode(node, shared);
        }

        foreach (ExternalHostSpec host in _spec.ExternalHosts)
        {
            AddExternalHost(host);
        }

        _underlay.Finish();
        return new BuiltCluster
        {
            Spec = _spec,
            Machines = [.. _underlay.Machines, .. _machines],
            Topology = _underlay.Topology,
            ApiServer = apiServer,
            Nodes = _nodes,
            ExternalHosts = _externalHosts,
        };
    }

    private void AddNode(NodeSpec node, NodeShared shared)
    {
        HostActor host = Host(node.Name, node.Zone, $"node/{node.Name}");
        _underlay.Plug(host, node.Zone, node.Interface, node.Mac, node.Mtu, node.Address.Address, node.SwitchPort);
        _nodes.Add(node.Name, host.Self);
        _machines.Add(new ClusterMachine(host.Self.Machine, host,
        [
            new NetworkSetup(ActorOn(host, $"network-setup/{node.Name}"), host.Self, BootMessages.OfNode(node)),
            .. shared.Actors(node, host.Self),
        ]));
    }

    private void AddExternalHost(ExternalHostSpec spec)
    {
        HostActor host = Host(spec.Name, UnderlayPlan.OutsideZone, $"external/{spec.Name}");
        _underlay.Plug(host, spec);
        _externalHosts.Add(spec.Name, host.Self);
        _machines.Add(new ClusterMachine(host.Self.Machine, host,
        [
            new NetworkSetup(ActorOn(host, $"network-setup/{spec.Name}"), host.Self, BootMessages.OfExternalHost(spec)),
        ]));
    }

    private void Plug(HostActor controlPlane)
    {
        IPv4Address address = _spec.ControlPlaneAddress.Address;
        _underlay.Plug(
            controlPlane, _spec.Zones[0].Name, "eth0", Reading.MacPlan.Nic(address), 1_500, address,
            new PortSpec("sw-cp", Reading.MacPlan.SwitchPort(address)));
    }

    private HostActor Host(string name, string zone, string actor) =>
        new(new ActorRef(actor, "", new MachineRef(name, zone)), name, HopNanoseconds);

    private static ActorRef ActorOn(HostActor host, string name) => new(name, "", host.Self.Machine);
}
