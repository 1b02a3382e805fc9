using Emulator.Cluster.Building;
using Emulator.Cluster.Canonical;
using Emulator.Cluster.Manifests;
using Emulator.Cluster.Tests.Canonical;
using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Engine.Distribution;
using Emulator.Engine.Execution;
using Emulator.Engine.Inputs;
using Emulator.Engine.Manifests;
using Emulator.Engine.Tests.Distribution;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.ApiServer.Messages;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Cluster.Tests.Distribution;

/// <summary>
/// A cluster over three zones with lossy links whose pods are deleted, and made anew, in the middle of a run with
/// traffic. Recorded in one process; its input log is then played to silos that tell each other everything in bytes.
/// </summary>
public sealed class SilosClusterTests
{
    private const ulong Seed = 11;
    private static readonly SimTime Deletion = SimTime.Zero + SimDuration.FromSeconds(15);
    private static readonly SimTime End = SimTime.Zero + SimDuration.FromSeconds(50);
    private static readonly Lazy<(string Log, ulong Digest, long Events)> Recorded = new(Record);

    [Theory]
    [InlineData(2, 2)]
    [InlineData(4, 4)]
    public void Silos_that_play_a_recorded_run_have_its_digest_though_pods_come_and_go(int shards, int silos)
    {
        var codec = new CrossedMessages();
        var ledger = new Ledger();
        var options = new EngineOptions { Seed = Seed, Shards = shards, Projections = [ledger] };
        using var transport = new LoopbackSilos(options, silos, codec, run => Populate(run.Add, run.DeclareWire));
        using var engine = new RemoteEngine(options, transport, codec, notice => Assert.Fail(notice));
        Populate(engine.Add, engine.DeclareWire);

        engine.Replay(
            InputLog.Read(new StringReader(Recorded.Value.Log)), new CanonicalInputEncoding(codec, engine.Actors));
        engine.RunUntil(End);

        Assert.Equal(Recorded.Value.Digest, engine.Digest);
        Assert.Equal(Recorded.Value.Events, engine.Statistics.Events);
        Assert.Null(ledger.Check(engine.PacketsInFlight));
        Assert.Equal(
            [
                "ApiResponse", "CreateRequest", "DeleteRequest", "FragmentPayload", "IcmpMessage", "ListRequest",
                "PatchRequest", "RunExchange", "SessionPing", "StartProcess", "TcpSegment", "UdpDatagram",
                "WatchEvents", "WatchRequest",
            ],
            codec.Kinds);
    }

    private static (string Log, ulong Digest, long Events) Record()
    {
        var log = new StringWriter();
        var ledger = new Ledger();
        var inputs = new CanonicalInputEncoding(new MessageCodec(), SampleMessages.Directory);
        using var engine = new InProcessEngine(new EngineOptions
        {
            Seed = Seed, Projections = [ledger], InputLog = new InputLog(log, inputs),
        });
        BuiltCluster cluster = Populate(engine.Add, engine.DeclareWire);
        engine.RunUntil(Deletion);
        PodView[] before = Web(cluster);
        Ask(engine, cluster, before);
        engine.RunUntil(End);

        PodView[] after = Web(cluster);
        Assert.Equal((4, 4), (before.Length, after.Length));
        Assert.Empty(before.Select(p => p.Name).Intersect(after.Select(p => p.Name)));
        Assert.All(after, pod => Assert.Equal("Running", pod.Phase.ToString()));
        Assert.Null(ledger.Check(engine.PacketsInFlight));
        return (log.ToString(), engine.Digest, engine.Statistics.Events);
    }

    // A person deletes all pods of the Deployment, which makes others, and all the while there is traffic to them.
    private static void Ask(InProcessEngine engine, BuiltCluster cluster, PodView[] pods)
    {
        ActorRef api = cluster.ApiServer.Self;
        var person = new ActorRef("person", "", cluster.Nodes["node-6"].Machine);
        ActorRef client = engine.FindActorRef(cluster.Nodes["node-5"].Machine, "pod/default/client")
            ?? throw new InvalidOperationException("The client does not run yet.");
        engine.Inject(client, new StartProcess("named", new TrafficGenerator(
            new ExchangeRequest { Kind = ExchangeKind.Http, Host = "web.default.svc.cluster.local", Port = 80 },
            SimDuration.FromMilliseconds(50)) { CountMax = 200 }));
        for (int i = 0; i < pods.Length; i++)
        {
            engine.Inject(api, new SessionSegment(person, api, 200, new DeleteRequest(
                new ApiSession(1, 1), i + 1, ResourceTypes.Pods, new ObjectKey("default", pods[i].Name))));
        }

        engine.Inject(client, new RunExchange(new ExchangeRequest
        {
            Kind = ExchangeKind.Udp, Host = "web", Port = 9_000, Bytes = new FillerPayload(4_000), Flow = 77,
        }));
        engine.Inject(client, new RunExchange(new ExchangeRequest
        {
            Kind = ExchangeKind.Ping, Host = pods[1].PodIP!.Value.ToString(), Flow = 78, // It runs: it has an address.
        }));
    }

    private static PodView[] Web(BuiltCluster cluster) =>
    [
        .. cluster.ApiServer.All(ResourceTypes.Pods).Select(PodView.Of)
            .Where(p => p.Name.StartsWith("web-", StringComparison.Ordinal)),
    ];

    private static BuiltCluster Populate(
        Action<MachineRef, Actor, IEnumerable<Actor>> add, Action<MachineRef, MachineRef, long> declare)
    {
        string file = Path.Combine(AppContext.BaseDirectory, "Scenarios", "zones.yaml");
        ManifestSet read = ManifestReader.Read([file], TextReader.Null);
        List<ManifestError> errors = [.. read.Errors];
        ClusterInput? input = ClusterInput.From(read.Documents, errors);
        BuiltCluster cluster = (input is null ? null : ClusterBuilder.Build(input, errors))
            ?? throw new InvalidOperationException(string.Join("; ", errors));
        cluster.AddTo(add, declare);

        return cluster;
    }
}
