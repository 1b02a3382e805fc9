using Emulator.Cluster.Canonical;
using Emulator.Core.Actors;
using Emulator.Engine.Distribution;
using Emulator.Engine.Execution;
using Emulator.Grains.Actors;
using Emulator.Grains.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Emulator.Grains.Tests;

/// <summary>An actor that ends while another of its name is born, each with a grain.</summary>
public sealed class SuccessorTests
{
    private const long Millisecond = 1_000_000;

    [Fact]
    public async Task An_actor_born_in_the_window_in_which_its_namesake_ends_keeps_its_grain()
    {
        await using TestCluster cluster = await Deploy();
        IServiceProvider silo = Assert.IsType<InProcessSiloHandle>(cluster.Primary).SiloHost.Services;
        var keeper = new Keeper(new ActorRef("keeper", "", new MachineRef("machine", "zone")));
        var run = new HostedRun(1, new EngineOptions { Seed = 1, Shards = 1 }, [0], new MessageCodec());
        run.Add(keeper.Self.Machine, keeper, []);
        HostedShard shard = run.Host(0);
        var conductor = new ShardConductor(
            shard, new Carried(shard, silo.GetRequiredService<ActorRegistrar>()));

        await conductor.Run(Order(0, until: 0));
        StretchReport report = await conductor.Run(Order(1, until: 100 * Millisecond));

        Assert.Null(report.Failure);
        Assert.Equal((1, 2), (keeper.First.Received, keeper.Second.Received));
    }

    private static async Task<TestCluster> Deploy()
    {
        var builder = new TestClusterBuilder(initialSilosCount: 1);
        builder.AddSiloBuilderConfigurator<Configurator>();
        TestCluster cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }

    private static StretchOrder Order(long stretch, long until) => new()
    {
        Epoch = 1,
        Stretch = stretch,
        Until = until,
        InputTimes = [long.MaxValue],
    };

    private sealed record Step(int Number) : Message;

    private sealed class Worker(ActorRef self) : Actor(self)
    {
        public int Received { get; private set; }

        public override void Receive(Message message, int port, Outbox outbox) => Received++;
    }

    /// <summary>Windows last ten milliseconds: each step is in one of its own.</summary>
    private sealed class Keeper(ActorRef self) : Actor(self)
    {
        public Worker First { get; } = new(new ActorRef("pod/default/web-0", "1", self.Machine));

        public Worker Second { get; } = new(new ActorRef("pod/default/web-0", "2", self.Machine));

        public override void OnStart(Outbox outbox)
        {
            outbox.Spawn(First);
            for (int i = 1; i <= 3; i++)
            {
                outbox.Send(Self, new Step(i), i * 30 * Millisecond);
            }
        }

        public override void Receive(Message message, int port, Outbox outbox)
        {
            var step = (Step)message;
            if (step.Number == 2)
            {
                outbox.End(First.Self);
                outbox.Spawn(Second);
            }

            outbox.Send(step.Number == 1 ? First.Self : Second.Self, step);
        }
    }

    /// <summary>What the shard's grain does, without the grain.</summary>
    private sealed class Carried : IShardSurroundings
    {
        private readonly HostedShard _shard;
        private readonly GrainCarrier _carrier;
        private readonly List<Actor> _ended = [];

        public Carried(HostedShard shard, ActorRegistrar registrar)
        {
            _shard = shard;
            _carrier = new GrainCarrier(shard, "run/1", registrar);
            shard.Ended = _ended.Add;
        }

        public long GrainCalls => _carrier.Calls;

        public async Task Deliver()
        {
            if (_shard.Window == 0)
            {
                _shard.Start();
            }
            else
            {
                await _carrier.Run();
            }

            ActorRegistrar.Release(_ended.Select(_shard.HandleOf));
            _ended.Clear();
        }

        public void Send(IReadOnlyList<OutgoingNotice> notices) => Assert.Empty(notices);

        public void AskFor(int shard, long window) => Assert.Fail($"Shard {shard} is asked for window {window}.");
    }

    private sealed class Configurator : ISiloConfigurator
    {
        public void Configure(ISiloBuilder siloBuilder) => siloBuilder.AddEmulator();
    }
}
