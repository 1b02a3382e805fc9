using Emulator.Client.Fuzzing.Frames;
using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Engine.Execution;
using Emulator.Linux;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Netlink;
using Emulator.Underlay;

namespace Emulator.Client.Fuzzing.Networks;

/// <summary>Builds a planned network into an engine: switches, machines, wires, and a source of frames on each node and
/// in each zone.</summary>
internal sealed class FuzzNetwork
{
    private const int Hop = 1_000;
    private const int Nic = 2;
    private const int BridgeIndex = 3;
    private const int TunnelIndex = 4;

    private readonly InProcessEngine _engine;
    private readonly NetworkPlan _plan;
    private readonly ulong _seed;
    private readonly int _framesEach;
    private readonly Topology _topology = new();
    private readonly List<(Switch Switch, List<GatewayHost> Hosts, Dictionary<int, int> Trunks)> _switches = [];
    private readonly List<FrameSource> _sources = [];

    /// <summary>Builds; nothing runs yet.</summary>
    public FuzzNetwork(InProcessEngine engine, NetworkPlan plan, ulong seed, int frames)
    {
        _engine = engine;
        _plan = plan;
        _seed = seed;
        _framesEach = Math.Max(1, frames / (plan.Zones.Count + plan.Hosts.Count(h => h.IsNode)));
        foreach (ZonePlan zone in plan.Zones)
        {
            var self = new ActorRef($"switch/{zone.Name}", "", new MachineRef($"sw-{zone.Name}", zone.Name));
            _switches.Add((new Switch(self), [], []));
        }

        JoinZones();
        foreach (HostPlan host in plan.Hosts)
        {
            AddHost(host);
        }

        for (int i = 0; i < plan.Zones.Count; i++)
        {
            AddRaw(i);
        }

        for (int i = 0; i < plan.Zones.Count; i++)
        {
            AddSwitch(i);
        }

        foreach (Wire wire in _topology.Wires)
        {
            engine.DeclareWire(wire.Sender.Machine, wire.Receiver.Machine, wire.LeastLatencyNanoseconds);
        }
    }

    /// <summary>The sources of frames.</summary>
    public IReadOnlyList<FrameSource> Sources => _sources;

    /// <summary>What makes the pods: sent when the nodes have their bridges.</summary>
    public IEnumerable<Step> Pods()
    {
        foreach (HostPlan node in _plan.Hosts.Where(h => h.IsNode))
        {
            ActorRef requester = SourceOf(node);
            foreach (PodPlan pod in node.Pods)
            {
                yield return new Step(
                    SetupMaker.NodesAt, node.Name, node.Actor, new CreateNamespace(pod.Name, PodPlan.Uid, requester));
            }
        }
    }

    /// <summary>A pod's veth pair, once its namespace is there. One end more leads to the node's source.</summary>
    public IEnumerable<(HostPlan Node, Message Message)> Veths()
    {
        foreach (HostPlan node in _plan.Hosts.Where(h => h.IsNode))
        {
            int number = 0;
            foreach (PodPlan pod in node.Pods)
            {
                MachineRef machine = _engine.FindMachine(node.Name)!; // The node was added above.
                if (_engine.FindActorRef(machine, pod.Actor) is { } netns)
                {
                    yield return (node, new AddVeth(
                        $"veth{number++}", pod.VethMac, pod.VethMtu, "cni0", pod.Hairpin, netns, "eth0", pod.Mac,
                        pod.Mtu));
                }
            }

            yield return (node, new AddVeth(
                "vethraw", new MacAddress(0x0600_0000_0000), node.PodMtu, "cni0", false, SourceOf(node), "eth0",
                new MacAddress(0x0600_0000_0001), node.PodMtu));
        }
    }

    private ActorRef SourceOf(HostPlan node) => _sources.Find(s => s.Self.Machine.Name == node.Name)!.Self;

    private void JoinZones()
    {
        for (int i = 0; i < _switches.Count; i++)
        {
            for (int j = i + 1; j < _switches.Count; j++)
            {
                Switch one = _switches[i].Switch;
                Switch other = _switches[j].Switch;
                Link link = _topology.Add(new Link(
                    new LinkEnd(one.Self, one.NextPort), new LinkEnd(other.Self, other.NextPort), _plan.Trunk));
                _switches[i].Trunks[j] = one.AddPort(_plan.Zones[i].Mac, link.AToB, isTrunk: true);
                _switches[j].Trunks[i] = other.AddPort(_plan.Zones[j].Mac, link.BToA, isTrunk: true);
            }
        }
    }

    private void AddHost(HostPlan plan)
    {
        var machine = new MachineRef(plan.Name, _plan.Zones[plan.Zone].Name);
        var host = new HostActor(new ActorRef(plan.Actor, "", machine), plan.Name, Hop);
        Wire wire = Plug(host.Self, Nic, plan.Zone, plan.Address, plan.Mac, plan.ToSwitch, plan.FromSwitch);
        host.AddNic("eth0", plan.Mac, plan.Mtu, wire);
        List<Actor> others = [];
        if (plan.IsNode)
        {
            var self = new ActorRef($"source/{plan.Name}", "", machine);
            var source = new FrameSource(self, _plan, Doors(plan, host), null, null, _seed, _framesEach);
            _sources.Add(source);
            others.Add(source);
        }

        _engine.Add(machine, host, others);
    }

    private static List<Door> Doors(HostPlan plan, HostActor host)
    {
        var bridge = new ActorRef($"bridge/{plan.Name}/cni0", "", host.Self.Machine);
        List<Door> doors =
        [
            new Door(host.Self, Nic, plan.Mac, 6), new Door(host.Self, BridgeIndex, plan.BridgeMac, 2),
            new Door(host.Self, TunnelIndex, plan.VtepMac, 2), new Door(host.Self, 1, MacAddress.Zero, 1),
            new Door(bridge, BridgeActor.LocalPort, plan.Pods[0].Mac, 2),
            new Door(bridge, plan.Pods.Count + 1, plan.BridgeMac, 4), new Door(bridge, 99, plan.BridgeMac, 1),
        ];
        for (int i = 0; i < plan.Pods.Count; i++)
        {
            PodPlan pod = plan.Pods[i];
            doors.Add(new Door(bridge, i + 1, plan.BridgeMac, 5));
            doors.Add(new Door(new ActorRef(pod.Actor, PodPlan.Uid, host.Self.Machine), Nic, pod.Mac, 3));
        }

        return doors;
    }

    private void AddRaw(int zone)
    {
        ZonePlan plan = _plan.Zones[zone];
        var self = new ActorRef($"source/{plan.Name}", "", new MachineRef($"raw-{plan.Name}", plan.Name));
        Wire wire = Plug(self, 1, zone, plan.RawAddresses[0], plan.RawMac, plan.FromRaw, plan.ToRaw);
        foreach (IPv4Address further in plan.RawAddresses.Skip(1))
        {
            _switches[zone].Hosts.Add(new GatewayHost(further, plan.RawMac, _switches[zone].Hosts[^1].Port));
        }

        MacAddress neighbour = _plan.Hosts.FirstOrDefault(h => h.Zone == zone)?.Mac ?? plan.Mac;
        Door[] doors = [new Door(null, 0, neighbour, 2), new Door(null, 0, plan.Mac, 1)];
        var source = new FrameSource(self, _plan, doors, wire, plan, _seed, _framesEach);
        _sources.Add(source);
        _engine.Add(self.Machine, source, []);
    }

    private Wire Plug(
        ActorRef self, int port, int zone, IPv4Address address, MacAddress mac, WireOptions to, WireOptions from)
    {
        (Switch actor, List<GatewayHost> hosts, _) = _switches[zone];
        Link link = _topology.Add(new Link(
            new LinkEnd(self, port), new LinkEnd(actor.Self, actor.NextPort), to, from));
        int number = actor.AddPort(new MacAddress(mac.Value | 0x0400_0000_0000), link.BToA);
        hosts.Add(new GatewayHost(address, mac, number));
        return link.AToB;
    }

    private void AddSwitch(int zone)
    {
        (Switch actor, List<GatewayHost> hosts, Dictionary<int, int> trunks) = _switches[zone];
        if (_plan.IsRouted)
        {
            // Pods' blocks too, by way of their nodes: so that a zone's router carries what host-gw sends.
            actor.UseGateway(new GatewayOptions
            {
                Address = _plan.Zones[zone].Gateway,
                Mac = _plan.Zones[zone].Mac,
                Subnet = _plan.Zones[zone].Subnet,
                Hosts = hosts,
                Routes =
                [
                    .. trunks.Select(t => new GatewayRoute(_plan.Zones[t.Key].Subnet, t.Value, _plan.Zones[t.Key].Mac)),
                    .. _plan.Hosts.Where(h => h.IsNode).Select(h => h.Zone == zone
                        ? new GatewayRoute(h.PodCidr, hosts.Find(x => x.Address == h.Address).Port, h.Mac)
                        : new GatewayRoute(h.PodCidr, trunks[h.Zone], _plan.Zones[h.Zone].Mac)),
                ],
            });
        }

        _engine.Add(actor.Self.Machine, actor, []);
    }
}
