using Emulator.Client.Fuzzing.Rules;
using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;
using Emulator.Underlay;

namespace Emulator.Client.Fuzzing.Networks;

/// <summary>Draws what happens while frames fly: exchanges of well-formed traffic, changes of links, rules, settings
/// and tables, pods that are deleted, listings.</summary>
internal sealed class ChangeMaker(NetworkPlan plan, ulong seed)
{
    /// <summary>When the first may happen.</summary>
    public const int FirstAt = 6;

    private static readonly string[] Listings =
    [
        "ip addr", "ip link", "ip -br link", "ip route", "ip neigh", "bridge fdb", "iptables-save", "conntrack -L",
        "sysctl -a", "ip route get 10.244.0.2", "ip route get 10.99.0.1",
    ];

    private static readonly int[] Sizes = [0, 1, 64, 1_000, 1_472, 3_000, 20_000];

    private readonly Dice _dice = new(seed, "changes");
    private readonly TableMaker _tables = new(new Dice(seed, "new tables"), plan);

    // A pod's veth goes with it, so that nothing may be asked of it afterwards.
    private readonly bool _deletesPods = new Dice(seed, "deletes pods").OneIn(2);
    private readonly WireMaker _wires = new(new Dice(seed, "new wires"));
    private readonly SysctlMaker _sysctls = new(new Dice(seed, "new sysctls"));

    /// <summary>The steps up to a time, in the order of their times.</summary>
    public IReadOnlyList<Step> Steps(int untilMilliseconds)
    {
        List<Step> steps = [];
        for (int i = _dice.Between(2, 6); i > 0; i--)
        {
            (HostPlan host, string actor) = Namespace();
            steps.Add(new Step(FirstAt, host.Name, actor, new StartProcess($"client{i}", Traffic())));
        }

        for (int i = _dice.Below(8); i > 0; i--)
        {
            steps.Add(Change(_dice.Between(FirstAt, Math.Max(FirstAt, untilMilliseconds))));
        }

        return [.. steps.OrderBy(s => s.AtMilliseconds)];
    }

    private TrafficGenerator Traffic()
    {
        ExchangeKind kind = _dice.Pick([ExchangeKind.Http, ExchangeKind.Tcp, ExchangeKind.Udp, ExchangeKind.Ping]);
        bool toService = _dice.OneIn(2);
        Endpoint service = _dice.Pick(plan.Services);
        int size = _dice.Pick(Sizes);
        return new TrafficGenerator(
            new ExchangeRequest
            {
                Kind = kind,
                Host = (toService ? service.Address : _dice.Pick(plan.Addresses)).ToString(),
                Port = toService ? service.Port : _dice.Pick<ushort>([7, 53, 80, 8_080]),
                Bytes = new FillerPayload(size),
                ReplyLength = kind == ExchangeKind.Tcp ? size : 0,
                Timeout = SimDuration.FromMilliseconds(_dice.Between(1, 3_000)),
                TimeToLive = _dice.OneIn(6) ? (byte)_dice.Between(1, 4) : (byte)0,
            },
            SimDuration.FromMicroseconds(_dice.Between(100, 5_000)))
        {
            CountMax = _dice.Between(1, 30),
            IsOneWay = kind == ExchangeKind.Udp && _dice.OneIn(2),
            OutstandingMax = _dice.Between(1, 20),
        };
    }

    private Step Change(int at)
    {
        HostPlan host = _dice.Pick(plan.Hosts);
        Message message = _dice.Below(12) switch
        {
            0 => new SetLink("eth0", Up: _dice.OneIn(2)),
            1 => new SetLink("eth0", Mtu: _dice.Pick([68, 576, 1_400, 9_000])),
            2 => _tables.Table(_dice.Pick(Enum.GetValues<Linux.Netfilter.TableName>())),
            3 => new FlushConntrack(),
            4 => new DeleteConntrack(
                IPProtocol.Udp, _dice.Pick(plan.Addresses), _dice.OneIn(2) ? (ushort)53 : null, null),
            5 => _sysctls.One(),
            6 => new ChangeWire(2, _wires.Impaired(host.ToSwitch)),
            7 => new AnnounceAddress("eth0", host.Address),
            8 => new AddRoute(Cidr.Host(_dice.Pick(plan.Addresses)), Type: RouteType.Blackhole),
            9 => new DeleteRoute(Cidr.All),
            _ => new Dump(_dice.Pick(Listings)),
        };
        return host.IsNode && _dice.OneIn(2) ? NodeChange(at, host) : new Step(at, host.Name, host.Actor, message);
    }

    private Step NodeChange(int at, HostPlan node)
    {
        PodPlan pod = _dice.Pick(node.Pods);
        string veth = $"veth{_dice.Below(node.Pods.Count)}";
        Message message = _dice.Below(10) switch
        {
            0 or 1 when _deletesPods => new DeleteNamespace(pod.Name, PodPlan.Uid),
            0 => new ReplaceQdisc(veth, null, _wires.Netem()),
            1 => new SetLink(veth, Up: _dice.OneIn(2), Hairpin: _dice.OneIn(2)),
            2 => new FlushBridgeFdb("cni0"),
            3 => new AnnounceAddress("cni0", node.PodCidr.At(1)),
            4 => new SetLink("cni0", Up: _dice.OneIn(2), Mtu: _dice.OneIn(2) ? 400 : null),
            5 => new SetLink("flannel.1", Up: _dice.OneIn(2)),
            6 => new ReplaceQdisc("cni0", _wires.Tbf(), null),
            7 => new DeleteNeighbour("cni0", pod.Address),
            8 => new DeleteFdbEntry("flannel.1", _dice.Pick(plan.Macs)),
            _ => new Dump(_dice.Pick(Listings)),
        };
        return _dice.OneIn(5)
            ? new Step(at, node.Name, pod.Actor, _dice.OneIn(2) ? new KillProcess("server") : _sysctls.One())
            : new Step(at, node.Name, node.Actor, message);
    }

    private (HostPlan Host, string Actor) Namespace()
    {
        HostPlan host = _dice.Pick(plan.Hosts);
        return host.Pods.Count > 0 && !_dice.OneIn(3) ? (host, _dice.Pick(host.Pods).Actor) : (host, host.Actor);
    }
}
