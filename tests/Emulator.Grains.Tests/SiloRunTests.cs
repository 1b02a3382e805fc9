using Emulator.Cluster.Building;
using Emulator.Cluster.Canonical;
using Emulator.Cluster.Manifests;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Engine.Distribution;
using Emulator.Engine.Execution;
using Emulator.Engine.Manifests;
using Emulator.Grains.Hosting;
using Emulator.Grains.Remote;
using Emulator.Grains.Runs;
using Orleans.TestingHost;

namespace Emulator.Grains.Tests;

/// <summary>A cluster's first five seconds on silos in this process, against the same in one engine.</summary>
public sealed class SiloRunTests
{
    private const string Documents = """
        apiVersion: emulator.dev/v1alpha1
        kind: Cluster
        metadata: {name: six}
        spec:
          zones: [a, b, c]
          nodes: 6
          links: {betweenZones: {latency: 500us, loss: 3%, duplicate: 2%}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 12
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: example.com/web:1, ports: [{containerPort: 80}]}]}
        """;

    private static readonly SimTime End = SimTime.Zero + SimDuration.FromSeconds(5);

    [Theory]
    [InlineData(1, 1, DeliveryMode.Grains)]
    [InlineData(2, 3, DeliveryMode.Grains)]
    [InlineData(2, 3, DeliveryMode.Local)]
    [InlineData(3, 4, DeliveryMode.Grains)]
    public async Task Silos_give_the_digest_of_one_process(short silos, int shards, DeliveryMode delivery)
    {
        await using TestCluster cluster = await Deploy(silos);
        var alone = new Ledger();
        var apart = new Ledger();
        using var one = new InProcessEngine(new EngineOptions { Seed = 3, Projections = [alone] });
        Populate(one);
        one.RunUntil(End);
        (ulong digest, long flight, long calls) = await Task.Run(() =>
        {
            using RemoteEngine many = Over(cluster.Client, shards, delivery, apart);
            many.RunUntil(End);
            return (many.Digest, many.PacketsInFlight, many.RemoteStatistics.GrainCalls);
        });

        Assert.Equal(one.Digest, digest);
        Assert.Equal(
            (alone.Originated, alone.Delivered, alone.Dropped), (apart.Originated, apart.Delivered, apart.Dropped));
        Assert.Null(apart.Check(flight));
        Assert.Equal(delivery == DeliveryMode.Grains ? one.Statistics.Events : 0, calls);
    }

    [Fact]
    public async Task A_run_goes_on_when_a_silo_is_killed_and_ends_with_its_digest()
    {
        await using TestCluster cluster = await Deploy(3);
        var ledger = new Ledger();
        using var one = new InProcessEngine(new EngineOptions { Seed = 3 });
        Populate(one);
        one.RunUntil(End);
        RemoteEngine many = Over(cluster.Client, 3, DeliveryMode.Grains, ledger);
        await Task.Run(() => many.RunUntil(SimTime.Zero + SimDuration.FromSeconds(2)));
        await cluster.KillSiloAsync(cluster.Silos[2]);

        await Task.Run(() => many.RunUntil(End));

        Assert.Equal(one.Digest, await Task.Run(() => many.Digest));
        Assert.True(many.RemoteStatistics.Recoveries > 0);
        Assert.Null(ledger.Check(await Task.Run(() => many.PacketsInFlight)));
        await Task.Run(many.Dispose);
    }

    private static async Task<TestCluster> Deploy(short silos)
    {
        var builder = new TestClusterBuilder(silos);
        builder.AddSiloBuilderConfigurator<Configurator>();
        TestCluster cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }

    private static RemoteEngine Over(IGrainFactory grains, int shards, DeliveryMode delivery, Ledger ledger)
    {
        var options = new EngineOptions { Seed = 3, Shards = shards, Projections = [ledger] };
        var description = new RunDescription
        {
            Run = Guid.NewGuid().ToString("N")[..12],
            Epoch = 0,
            Seed = 3,
            Shards = shards,
            Delivery = delivery,
            Version = RunDescription.ThisVersion,
            Documents = [.. ManifestReader.ReadText(Documents, "six.yaml").Documents
                .Select(d => JsonText.Write(d.Content))],
        };
        var engine = new RemoteEngine(
            options, new OrleansShardTransport(grains, description, _ => { }), new MessageCodec(), _ => { });
        Populate(engine);
        return engine;
    }

    private static void Populate(RunEngine engine)
    {
        List<ManifestError> errors = [];
        ClusterInput input = ClusterInput.From(ManifestReader.ReadText(Documents, "six.yaml").Documents, errors)
            ?? throw new InvalidOperationException(string.Join("; ", errors));
        BuiltCluster cluster = ClusterBuilder.Build(input, errors)
            ?? throw new InvalidOperationException(string.Join("; ", errors));
        cluster.AddTo(engine.Add, engine.DeclareWire);
    }

    private sealed class Configurator : ISiloConfigurator
    {
        public void Configure(ISiloBuilder siloBuilder) => siloBuilder.AddEmulator();
    }
}
