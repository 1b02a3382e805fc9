using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Canonical;
using Emulator.Core.Documents;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;
using Emulator.Linux.Sockets;
using Emulator.Underlay;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Cluster.Tests.Canonical;

/// <summary>One message of each kind that is encoded, no property at its default where it can be helped.</summary>
internal static class SampleMessages
{
    public static readonly IActorDirectory Directory = new NamedActors();

    private static readonly ApiSession Session = new(0xDEAD_BEEF_0102_0304, 3);
    private static readonly ActorRef Node = Directory.Resolve("node-1", "node/node-1", "");
    private static readonly ActorRef Pod = Directory.Resolve("node-2", "pod/default/web-0", "uid-7");
    private static readonly ObjectKey Key = new("default", "web-0");

    private static readonly ApiObject Object = ApiObject.From((JsonObject)JsonText.Parse("""
        {"apiVersion": "apps/v1", "kind": "Deployment",
         "metadata": {"name": "web", "namespace": "default", "resourceVersion": "17", "labels": {"a": "b"}},
         "spec": {"replicas": 3, "paused": false, "x": null, "ratio": 1.50, "list": [1, "1", [], {}, true]}}
        """));

    private static readonly ListScope Scope = new(
        "default",
        LabelSelector.Of(
            new LabelRequirement("app", SelectorOperator.In, "a", "b"),
            new LabelRequirement("tier", SelectorOperator.DoesNotExist)),
        FieldSelector.Parse("spec.nodeName=node-1,metadata.name!=x"));

    private static readonly TcpSegment Tcp = new()
    {
        SourcePort = 40_000,
        DestinationPort = 80,
        SequenceNumber = 4_000_000_000,
        AcknowledgmentNumber = 17,
        Flags = TcpFlags.Ack | TcpFlags.Psh,
        Window = 502,
        Options = new TcpOptions
        {
            MaximumSegmentSize = 1_410,
            WindowScale = 7,
            SackPermitted = true,
            Timestamps = (1_000, 2_000),
            SackBlocks = [new SackBlock(1, 2), new SackBlock(3, 4)],
        },
        Data = Payload.FromText("GET / HTTP/1.1"),
    };

    private static readonly ExchangeRequest Request = new()
    {
        Kind = ExchangeKind.Http,
        Host = "cart.shop",
        Port = 8_080,
        LocalAddress = IPv4Address.From(10, 0, 0, 9),
        LocalPort = 4_242,
        Method = "POST",
        Path = "/a",
        HostHeader = "shop.example.com",
        Bytes = Payload.FromText("body"),
        ReplyLength = 77,
        TimeToLive = 9,
        PathMtuDiscovery = PathMtuDiscovery.Do,
        Timeout = SimDuration.FromMilliseconds(70),
        OnlyConnects = true,
        Label = "a probe",
        Flow = ulong.MaxValue,
    };

    public static readonly IReadOnlyDictionary<string, Message> All = new SortedDictionary<string, Message>(
        new[] { Frames(), Api(), Exchanges(), Configuration() }.SelectMany(family => family)
            .ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal);

    private static Dictionary<string, Message> Frames() => new()
    {
        ["udp"] = Frame(new UdpDatagram(53, 4_000, new FillerPayload(64)) { NoChecksum = true }),
        ["tcp"] = Frame(Tcp),
        ["bare tcp"] = Frame(Tcp with { Options = TcpOptions.None, Data = Payload.Empty }),
        ["echo"] = Frame(
            new IcmpMessage { Type = IcmpType.EchoRequest, Rest = 0x0001_0002, Data = new FillerPayload(56) }),
        ["icmp error"] = Frame(new IcmpMessage
        {
            Type = IcmpType.DestinationUnreachable, Code = 4, Rest = 1_450, Quoted = Packet(Tcp), QuotedLength = 28,
        }),
        ["fragment"] = Frame(new FragmentPayload(Tcp, 8, 16)),
        ["opaque"] = Frame(new OpaquePayload((IPProtocol)132, new byte[] { 1, 2, 3 }, 9)),
        ["vxlan"] = Frame(new UdpDatagram(40_001, 8_472, new VxlanPayload(1, (EthernetFrame)Frame(Tcp)))),
        ["arp"] = new EthernetFrame(new MacAddress(2), MacAddress.Broadcast, new ArpPacket(
            ArpOperation.Reply, new MacAddress(2), IPv4Address.From(10, 0, 0, 1), new MacAddress(0xFEFF_FFFF_FFFE),
            IPv4Address.From(10, 0, 0, 2)) { Identity = new PacketIdentity(5, 0, false) }),
    };

    private static Dictionary<string, Message> Api() => new()
    {
        ["segment"] = new SessionSegment(Node, Pod, 1_234, new SessionPing(Session, 9)),
        ["ping"] = new SessionPing(Session, 9),
        ["create"] = new CreateRequest(Session, 1, Object),
        ["get"] = new GetRequest(Session, 2, ResourceTypes.Pods, Key),
        ["list"] = new ListRequest(Session, 3, ResourceTypes.Pods, Scope),
        ["update"] = new UpdateRequest(Session, 4, Object, true),
        ["patch"] = new PatchRequest(
            Session, 5, ResourceTypes.Deployments, Key, PatchType.Strategic, JsonText.Parse("[{\"op\": \"x\"}]"), true),
        ["delete"] = new DeleteRequest(
            Session, 6, ResourceTypes.Pods, Key, 0, "uid", DeletePropagation.Foreground),
        ["plain delete"] = new DeleteRequest(Session, 7, ResourceTypes.Pods, Key),
        ["bind"] = new BindRequest(Session, 8, Key, "uid", "node-1"),
        ["watch"] = new WatchRequest(
            Session, 9, ResourceTypes.Pods, ListScope.All with { Labels = LabelSelector.Nothing }, new(99)),
        ["watch stop"] = new WatchStop(Session, 10, ResourceTypes.Pods, 9),
        ["closed"] = new SessionClosed(Session),
        ["response"] = new ApiResponse(Session, 11)
        {
            Object = Object,
            Items = [Object, Object],
            ResourceVersion = new ResourceVersion(1L << 40),
            ItemsBytes = 300,
        },
        ["refusal"] = new ApiResponse(Session, 12)
        {
            Error = ApiStatus.Invalid(
                ResourceTypes.Pods, "web-0", [new StatusCause("FieldValueInvalid", "spec.x", "is wrong")]),
        },
        ["watch events"] = new WatchEvents(Session, 7, [new WatchBatch(
            9,
            [
                new WatchEvent(WatchEventType.Modified, Object, new ResourceVersion(17)),
                new WatchEvent(WatchEventType.Bookmark, null, new ResourceVersion(18)),
            ],
            512)]),
    };

    private static Dictionary<string, Message> Exchanges() => new()
    {
        ["run exchange"] = new RunExchange(Request, Node, -4),
        ["exchange completed"] = new ExchangeCompleted(4, new ExchangeResult
        {
            Outcome = ExchangeOutcome.Unreachable,
            Latency = SimDuration.FromMicroseconds(17),
            Flow = 3,
            BytesSent = 4,
            BytesReceived = 5,
            Status = 503,
            Reply = Payload.FromText("no"),
            Local = new Endpoint(IPv4Address.From(10, 1, 1, 1), 1),
            Remote = new Endpoint(IPv4Address.From(10, 1, 1, 2), 2),
            ReplyTimeToLive = 61,
            Failure = new SocketFailure(
                SocketError.HostUnreachable, IcmpType.DestinationUnreachable, 4, IPv4Address.From(10, 9, 9, 9), 1_400),
            Problem = "it broke",
        }),
        ["traffic"] = new StartProcess("traffic/t", new TrafficGenerator(Request, SimDuration.FromMilliseconds(5))
        {
            StartOffset = SimDuration.FromMilliseconds(1),
            Duration = SimDuration.FromSeconds(9),
            CountMax = 12,
            IsOneWay = true,
            OutstandingMax = 7,
        }),
        ["sink"] = new StartProcess("sink", new Sink([53, 8_080])),
        ["kill"] = new KillProcess("sink"),
        ["dump"] = new Dump("ip route"),
    };

    private static Dictionary<string, Message> Configuration() => new()
    {
        ["sysctl"] = new SetSysctl("net.ipv4.ip_forward", -1),
        ["set link"] = new SetLink("eth0", false, 1_400, true),
        ["set only mtu"] = new SetLink("eth0", Mtu: 1_400),
        ["delete link"] = new DeleteLink("eth0"),
        ["address"] = new AddAddress("eth0", IPv4Address.From(10, 0, 0, 3), 24, IPv4Address.From(10, 0, 0, 255)),
        ["route"] = new AddRoute(
            Cidr.Parse("10.1.0.0/16"), IPv4Address.From(10, 0, 0, 1), "eth0", IPv4Address.From(10, 0, 0, 3),
            RouteType.Unicast, 100, true),
        ["blackhole"] = new AddRoute(Cidr.Parse("10.2.0.0/16"), Type: RouteType.Blackhole),
        ["delete route"] = new DeleteRoute(Cidr.Parse("10.1.0.0/16"), 100),
        ["neighbour"] = new AddNeighbour(
            "eth0", IPv4Address.From(10, 0, 0, 1), new MacAddress(0x0A58_0AF4_0102), NeighbourState.Stale),
        ["delete neighbour"] = new DeleteNeighbour("eth0", IPv4Address.From(10, 0, 0, 1)),
        ["flush conntrack"] = new FlushConntrack(),
        ["flush fdb"] = new FlushBridgeFdb("cni0"),
        ["qdisc"] = new ReplaceQdisc("eth0", Tbf(), Netem(new FourStateLoss(new(1), new(2), new(3), new(4), new(5)))),
        ["no qdisc"] = new ReplaceQdisc("eth0", null, null),
        ["wire"] = new ChangeWire(3, new WireOptions
        {
            LatencyNanoseconds = 50_000,
            RateBitsPerSecond = 1_000_000_000,
            QueueLengthMax = 17,
            JitterNanoseconds = 5,
            Loss = new Ratio(1, 3),
            Duplicate = new Ratio(1, 7),
            Reorder = new Ratio(2, 9),
            ExtraDelayNanoseconds = 8,
            Netem = Netem(new GilbertElliottLoss(new(6), new(7), new(8), new(9))),
            Tbf = Tbf(),
            IsUp = false,
        }),
        ["wire with plain loss"] = new ChangeWire(0, new WireOptions
        {
            LatencyNanoseconds = 1, Netem = Netem(new RandomLoss(new(10), new(11))),
        }),
    };

    private static Message Frame(TransportPayload payload) =>
        new EthernetFrame(new MacAddress(0x0A58_0AF4_0101), new MacAddress(0x0A58_0AF4_0102), Packet(payload));

    private static IPv4Packet Packet(TransportPayload payload) => new()
    {
        Identity = new PacketIdentity(0x1122_3344_5566_7788, 0x99AA_BBCC_DDEE_FF00, true),
        Source = IPv4Address.From(10, 244, 1, 5),
        Destination = IPv4Address.From(10, 96, 0, 10),
        TimeToLive = 63,
        TypeOfService = 0x10,
        Identification = 0xABCD,
        DontFragment = true,
        MoreFragments = true,
        FragmentOffset = 8,
        Payload = payload,
    };

    private static TbfOptions Tbf() => new()
    {
        RateBytesPerSecond = 125_000, BurstBytes = 4_000, LimitBytes = 9_000, PeakRateBytesPerSecond = 250_000,
        MtuBytes = 1_600,
    };

    private static NetemOptions Netem(NetemLoss loss) => new()
    {
        DelayNanoseconds = 20,
        JitterNanoseconds = 3,
        DelayCorrelation = new(1),
        Distribution = DelayDistribution.Pareto,
        Loss = loss,
        Duplicate = new(2),
        DuplicateCorrelation = new(3),
        Corrupt = new(4),
        CorruptCorrelation = new(5),
        Reorder = new(6),
        ReorderCorrelation = new(7),
        Gap = 5,
        RateBytesPerSecond = 8,
        PacketOverhead = -4,
        CellSize = 53,
        CellOverhead = 5,
        Limit = 99,
        Slot = new NetemSlot(1, 2, 3, 4),
    };

    /// <summary>One reference a name, as a running engine has.</summary>
    private sealed class NamedActors : IActorDirectory
    {
        private readonly Dictionary<string, ActorRef> _actors = [];

        public ActorRef Resolve(string machine, string name, string incarnation)
        {
            string key = $"{machine}|{name}|{incarnation}";
            if (!_actors.TryGetValue(key, out ActorRef? actor))
            {
                actor = new ActorRef(name, incarnation, new MachineRef(machine, "zone"));
                _actors.Add(key, actor);
            }

            return actor;
        }
    }
}
