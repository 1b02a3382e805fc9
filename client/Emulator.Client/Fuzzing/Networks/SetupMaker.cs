using Emulator.Client.Fuzzing.Rules;
using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Client.Fuzzing.Networks;

/// <summary>Says how a network's kernels are configured before the first frame: addresses, routes and loops of them,
/// neighbours, sysctls, rules, queueing disciplines, servers.</summary>
internal sealed class SetupMaker(NetworkPlan plan, ulong seed)
{
    /// <summary>When nodes are configured; 2 ms later their pods are there.</summary>
    public const int NodesAt = 1;

    /// <summary>When pods are configured.</summary>
    public const int PodsAt = 4;

    private static readonly Cidr LoopBlock = Cidr.Parse("10.99.0.0/16");
    private static readonly Cidr UnderlayBlock = Cidr.Parse("172.16.0.0/16");

    private readonly Dice _dice = new(seed, "setup");
    private readonly TableMaker _tables = new(new Dice(seed, "tables"), plan);
    private readonly WireMaker _qdiscs = new(new Dice(seed, "qdiscs"));
    private readonly SysctlMaker _sysctls = new(new Dice(seed, "sysctls"));
    private readonly List<Step> _steps = [];

    /// <summary>The steps, in the order of their times.</summary>
    public IReadOnlyList<Step> Steps()
    {
        foreach (HostPlan host in plan.Hosts)
        {
            Host(host);
        }

        bool hasEcho = false;
        foreach (HostPlan host in plan.Hosts)
        {
            // Port 7 answers once only: two such servers would talk to each other for ever, as real ones did.
            Serve(host.Name, host.Actor, hasEcho ? [] : [7]);
            hasEcho = true;
            foreach (PodPlan pod in host.Pods)
            {
                Pod(host, pod);
            }
        }

        return _steps;
    }

    private void Host(HostPlan host)
    {
        Cidr subnet = plan.IsRouted ? plan.Zones[host.Zone].Subnet : UnderlayBlock;
        At(host, new AddAddress("eth0", host.Address, subnet.Length, subnet.Last));
        At(host, new AddRoute(Cidr.All, plan.Zones[host.Zone].Gateway, "eth0"));
        if (host.IsNode)
        {
            Node(host);
        }

        foreach (SetSysctl set in _sysctls.Some(isNode: host.IsNode))
        {
            At(host, set);
        }

        Routes(host);
        foreach (ReplaceTable table in _tables.Tables())
        {
            At(host, table);
        }

        if (_dice.OneIn(4))
        {
            At(host, Qdisc(host.IsNode ? _dice.Pick(["eth0", "cni0", "flannel.1"]) : "eth0"));
        }
    }

    private void Node(HostPlan node)
    {
        At(node, new AddBridge("cni0", node.BridgeMac, node.PodMtu));
        At(node, new AddAddress("cni0", node.PodCidr.At(1), node.PodCidr.Length, node.PodCidr.Last));
        At(node, new AddVxlan("flannel.1", node.VtepMac, node.PodMtu, 1, node.Address, plan.VxlanPort));
        At(node, new AddAddress("flannel.1", node.PodCidr.Address, 32));
        At(node, _tables.SpareTunnels());
        At(node, plan.IsVxlan
            ? new ReplacePeers("flannel.1", 1, PeerEncapsulation.Vxlan, plan.Peers, node.PodCidr)
            : new ReplacePeers("eth0", 0, PeerEncapsulation.None, plan.Peers, node.PodCidr));
    }

    private void Routes(HostPlan host)
    {
        // All send this block on to another: a packet to it goes in circles until its TTL is used up.
        HostPlan other = _dice.Pick(plan.Hosts);
        if (other != host)
        {
            At(host, new AddRoute(LoopBlock, other.Address, "eth0", OnLink: true));
        }

        for (int i = _dice.Below(4); i > 0; i--)
        {
            IPv4Address to = _dice.Pick(plan.Addresses);
            int length = _dice.OneIn(2) ? 32 : 24;
            var block = new Cidr(new IPv4Address(to.Value & Cidr.MaskOf(length)), length);
            switch (_dice.Below(6))
            {
                case 0:
                    At(host, new AddRoute(block, Type: RouteType.Blackhole));
                    break;
                case 1:
                    At(host, new AddRoute(block, Type: RouteType.Unreachable, Metric: _dice.Below(3)));
                    break;
                case 2:
                    At(host, new AddRoute(block, Type: RouteType.Prohibit));
                    break;
                case 3:
                    At(host, new AddRoute(block, other.Address, "eth0", host.Address, Metric: 5, OnLink: true));
                    break;
                case 4:
                    At(host, new AddNeighbour("eth0", to, _dice.Pick(plan.Macs), (NeighbourState)_dice.Below(7)));
                    break;
                default:
                    if (host.IsNode)
                    {
                        // Machines only: a tunnel that ends behind itself gives its packets a new TTL at each turn, and
                        // where they are cut as well they would soon be too many for any memory, as on a real host.
                        At(host, new AddFdbEntry("flannel.1", _dice.Pick(plan.Macs), other.Address));
                    }

                    break;
            }
        }
    }

    private void Pod(HostPlan node, PodPlan pod)
    {
        To(PodsAt, node.Name, pod.Actor, new AddAddress("eth0", pod.Address, 24, node.PodCidr.Last));
        To(PodsAt, node.Name, pod.Actor, new AddRoute(Cidr.All, node.PodCidr.At(1), "eth0"));
        foreach (SetSysctl set in _sysctls.Some(isNode: false))
        {
            To(PodsAt, node.Name, pod.Actor, set);
        }

        if (_dice.OneIn(4))
        {
            foreach (ReplaceTable table in _tables.Tables())
            {
                To(PodsAt, node.Name, pod.Actor, table);
            }
        }

        if (_dice.OneIn(6))
        {
            To(PodsAt, node.Name, pod.Actor, Qdisc("eth0"));
        }

        Serve(node.Name, pod.Actor, []);
    }

    private void Serve(string machine, string actor, IReadOnlyList<ushort> echo)
    {
        To(PodsAt, machine, actor, new StartProcess("server", new EchoServer(actor, [80, 443, 8_080], echo)));
        To(PodsAt, machine, actor, new StartProcess("sink", new Sink([53, 80, 8_080])));
    }

    private ReplaceQdisc Qdisc(string device) => new(
        device, _dice.OneIn(3) ? _qdiscs.Tbf() : null, _dice.OneIn(4) ? null : _qdiscs.Netem());

    private void At(HostPlan host, NetlinkMessage message) => To(NodesAt, host.Name, host.Actor, message);

    private void To(int milliseconds, string machine, string actor, Message message) =>
        _steps.Add(new Step(milliseconds, machine, actor, message));
}
