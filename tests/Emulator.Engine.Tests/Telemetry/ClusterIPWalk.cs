using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Engine.Tests.Telemetry;

/// <summary>
/// The journal of a TCP SYN from pod p1a on n1 to a Service whose endpoint is pod p2a on n2, across VXLAN, as a run
/// would write it. Hops, addresses and TTLs are those of Facts/walks.json, recorded from a Linux kernel; times are
/// made up.
/// </summary>
internal sealed class ClusterIPWalk
{
    public const ulong Flow = 0xF10;
    public const ulong Packet = 0xAC;
    public const string DnatRule = "-A KUBE-SEP-AAAA -p tcp -j DNAT --to-destination 10.244.2.2:8080";

    private static readonly MachineRef Node1 = new("n1", "zone-a");
    private static readonly MachineRef Node2 = new("n2", "zone-a");
    private static readonly MachineRef Switch = new("sw", "zone-a");
    private static readonly MacAddress PodMac = MacAddress.Parse("0a:58:0a:f4:01:02");
    private static readonly MacAddress GatewayMac = MacAddress.Parse("0a:58:0a:f4:01:01");
    private static readonly MacAddress Vtep1 = MacAddress.Parse("02:f1:00:00:00:01");
    private static readonly MacAddress Vtep2 = MacAddress.Parse("02:f1:00:00:00:02");
    private static readonly MacAddress Nic1 = MacAddress.Parse("02:00:00:00:4d:0b");
    private static readonly MacAddress Nic2 = MacAddress.Parse("02:00:00:00:4d:0c");

    private static readonly ActorRef Pod1 = new("pod/default/p1a", "1", Node1);
    private static readonly ActorRef Host1 = new("node/n1", "1", Node1);
    private static readonly ActorRef SwitchRoot = new("switch/sw", "1", Switch);
    private static readonly ActorRef Host2 = new("node/n2", "1", Node2);
    private static readonly ActorRef Pod2 = new("pod/default/p2a", "1", Node2);
    private readonly PacketIdentity _identity;
    private readonly ushort _port;

    public ClusterIPWalk(
        ulong flow = Flow, ulong packet = Packet, long startNanoseconds = 1_000_000, ushort port = 42011)
    {
        _port = port;
        _identity = new PacketIdentity(packet, flow, false);
        Outbox.Now = new Core.Time.SimTime(startNanoseconds);
    }

    public Outbox Outbox { get; } = new() { Journal = new JournalBuffer { Detail = true } };

    public ReadOnlySpan<JournalEntry> Entries => Outbox.Journal.Entries;

    public static IPv4Packet Syn(
        PacketIdentity identity, string destination, ushort port, byte timeToLive, ushort from = 42011) => new()
    {
        Identity = identity,
        Source = IPv4Address.Parse("10.244.1.2"),
        Destination = IPv4Address.Parse(destination),
        TimeToLive = timeToLive,
        DontFragment = true,
        Payload = new TcpSegment
        {
            SourcePort = from,
            DestinationPort = port,
            Flags = TcpFlags.Syn,
            Window = 64860,
            Options = new TcpOptions
            {
                MaximumSegmentSize = 1410, SackPermitted = true, Timestamps = (1, 0), WindowScale = 10,
            },
        },
    };

    /// <summary>From the pod to n1's netfilter, where the Service's address becomes the endpoint's.</summary>
    public ClusterIPWalk ToTranslation()
    {
        IPv4Packet sent = Syn(_identity, "10.96.0.60", 80, 64, _port);
        Outbox.Journal.Write(Exchange(JournalKind.ExchangeStarted, Pod1, "tcp connect 10.96.0.60:80"));
        Outbox.Originated(Pod1, sent);
        Hop(Pod1, "p1a", "eth0", Direction.Out, sent, PodMac, GatewayMac, 1_000);
        Hop(Host1, "n1", "vethp1a", Direction.In, sent, PodMac, GatewayMac, 2_000);
        Outbox.Detail(Host1, JournalKind.Hook, sent, null, 0);
        Outbox.Detail(Host1, JournalKind.Rule, sent, DnatRule, 0);
        Outbox.Detail(
            Host1, JournalKind.Nat, sent, sent, Pack("10.244.1.2", _port), Pack("10.244.2.2", 8080));
        Hop(Host1, "n1", "cni0", Direction.In, Translated(64), PodMac, GatewayMac, 3_000);
        return this;
    }

    /// <summary>The rest of the way, to the endpoint's socket; reply and end of the exchange are left out.</summary>
    public ClusterIPWalk ToDelivery()
    {
        ToTranslation();
        Outbox.Detail(Host1, JournalKind.Route, Translated(63), "10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink");
        Hop(Host1, "n1", "flannel.1", Direction.Out, Translated(63), Vtep1, Vtep2, 4_000);
        Outbox.Detail(Host1, JournalKind.Tunnel, Translated(63), "vxlan encap vni 1 to 192.168.77.12");
        Hop(Host1, "n1", "eth0", Direction.Out, Tunnelled(), Nic1, Nic2, 5_000);
        Hop(SwitchRoot, "sw", "sw-n1", Direction.In, Tunnelled(), Nic1, Nic2, 55_000);
        Hop(SwitchRoot, "sw", "sw-n2", Direction.Out, Tunnelled(), Nic1, Nic2, 56_000);
        Hop(Host2, "n2", "eth0", Direction.In, Tunnelled(), Nic1, Nic2, 106_000);
        Hop(Host2, "n2", "flannel.1", Direction.In, Translated(63), Vtep1, Vtep2, 107_000);
        MacAddress gateway = MacAddress.Parse("0a:58:0a:f4:02:01");
        MacAddress pod = MacAddress.Parse("0a:58:0a:f4:02:02");
        Hop(Host2, "n2", "cni0", Direction.Out, Translated(62), gateway, pod, 108_000);
        Hop(Host2, "n2", "vethp2a", Direction.Out, Translated(62), gateway, pod, 109_000);
        Hop(Pod2, "p2a", "eth0", Direction.In, Translated(62), gateway, pod, 110_000);
        Outbox.Delivered(Pod2, Translated(62), 111_500);
        return this;
    }

    /// <summary>A rule ends the packet on n1, right after its translation.</summary>
    public ClusterIPWalk Drop(DropReason reason, string rule)
    {
        Outbox.Dropped(Host1, Translated(64), reason, rule, offsetNanoseconds: 3_500);
        return this;
    }

    /// <summary>The exchange ends: 0 is success.</summary>
    public ClusterIPWalk End(long outcome, object result, long latencyNanoseconds = 0)
    {
        Outbox.Journal.Write(Exchange(JournalKind.ExchangeEnded, Pod1, result, outcome, latencyNanoseconds, 200_000));
        return this;
    }

    public static long Pack(string address, ushort port) => ((long)IPv4Address.Parse(address).Value << 16) | port;

    private IPv4Packet Translated(byte timeToLive) => Syn(_identity, "10.244.2.2", 8080, timeToLive, _port);

    private IPv4Packet Tunnelled()
    {
        var inner = new EthernetFrame(Vtep1, Vtep2, Translated(63));
        return new IPv4Packet
        {
            Identity = _identity,
            Source = IPv4Address.Parse("192.168.77.11"),
            Destination = IPv4Address.Parse("192.168.77.12"),
            Payload = new UdpDatagram(39371, 8472, new VxlanPayload(1, inner)) { NoChecksum = true },
        };
    }

    private void Hop(
        ActorRef actor, string netns, string name, Direction direction, IPv4Packet packet,
        MacAddress source, MacAddress destination, long offset)
    {
        var at = new InterfaceName(netns, actor.Machine.Name, name);
        Outbox.Hop(actor, at, direction, new EthernetFrame(source, destination, packet), offset);
    }

    private JournalEntry Exchange(
        JournalKind kind, ActorRef actor, object subject, long outcome = 0, long latency = 0, long offset = 0) => new()
    {
        TimeNanoseconds = Outbox.Now.Nanoseconds + offset,
        Actor = actor,
        Kind = kind,
        Subject = subject,
        Flow = _identity.Flow,
        A = outcome,
        B = latency,
    };
}
