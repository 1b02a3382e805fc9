using Emulator.Engine.Distribution;
using Emulator.Engine.Execution;
using Emulator.Engine.Tests.Models;

namespace Emulator.Engine.Tests.Distribution;

public sealed class ShardConductorTests
{
    [Fact]
    public async Task A_late_copy_of_an_old_order_changes_nothing_and_the_next_order_is_carried_out()
    {
        ShardConductor conductor = Alone();
        StretchReport start = await conductor.Run(Order(0, until: 0));
        StretchReport first = await conductor.Run(Order(1, until: 5_000_000));

        StretchReport late = await conductor.Run(Order(0, until: 0));
        StretchReport second = await conductor.Run(Order(2, until: 10_000_000));

        Assert.Same(first, late);
        Assert.Equal((null, null), (start.Failure, second.Failure));
        Assert.Equal((2, 10_000_000), (second.Stretch, second.Reached));
    }

    [Fact]
    public async Task An_order_that_is_not_the_next_fails_the_shard_for_good()
    {
        ShardConductor conductor = Alone();
        await conductor.Run(Order(0, until: 0));

        StretchReport skipped = await conductor.Run(Order(2, until: 5_000_000));

        Assert.Equal("Shard 0 is ordered to run stretch 2, and the next is 1.", skipped.Failure);
        Assert.Same(skipped, await conductor.Run(Order(1, until: 5_000_000)));
    }

    private static ShardConductor Alone()
    {
        var run = new HostedRun(1, new EngineOptions { Seed = 5, Shards = 1 }, [0], StationCodec.Instance);
        StationModel.Populate(run.Add, run.DeclareWire);
        HostedShard shard = run.Host(0);
        return new ShardConductor(shard, new OneProcess(shard));
    }

    private static StretchOrder Order(long stretch, long until) => new()
    {
        Epoch = 1,
        Stretch = stretch,
        Until = until,
        InputTimes = [long.MaxValue],
    };

    private sealed class OneProcess(HostedShard shard) : IShardSurroundings
    {
        public long GrainCalls => 0;

        public Task Deliver()
        {
            if (shard.Window == 0)
            {
                shard.Start();
            }

            shard.Run();
            return Task.CompletedTask;
        }

        public void Send(IReadOnlyList<OutgoingNotice> notices) => Assert.Empty(notices);

        public void AskFor(int shard, long window) => Assert.Fail($"Shard {shard} is asked for window {window}.");
    }
}
