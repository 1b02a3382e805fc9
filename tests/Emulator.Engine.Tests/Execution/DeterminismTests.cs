using Emulator.Core.Time;
using Emulator.Engine.Execution;
using Emulator.Engine.Tests.Models;

namespace Emulator.Engine.Tests.Execution;

public class DeterminismTests
{
    private static readonly EngineOptions Lone = new() { Seed = 7 };

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 2)]
    [InlineData(4, 4)]
    [InlineData(7, 3)]
    public void Any_number_of_shards_and_threads_gives_one_digest_and_one_ledger(int shards, int threads)
    {
        using InProcessEngine lone = StationModel.Build(Lone).Run().Engine;
        StationModel model = StationModel.Build(Lone with { Shards = shards, Threads = threads });
        using InProcessEngine engine = model.Run().Engine;

        Assert.Equal(lone.Digest, engine.Digest);
        Assert.Equal(lone.Statistics.Events, engine.Statistics.Events);
        Assert.Null(model.Ledger.Check(engine.PacketsInFlight));
        Assert.True(model.Received > 500, $"the model moved only {model.Received} packets");
    }

    [Fact]
    public void Twenty_runs_on_several_threads_give_one_digest()
    {
        HashSet<ulong> digests = [];
        for (int i = 0; i < 20; i++)
        {
            using InProcessEngine engine = StationModel.Build(Lone with { Shards = 4, Threads = 3 }).Run().Engine;
            digests.Add(engine.Digest);
        }

        Assert.Single(digests);
    }

    [Fact]
    public void Another_seed_gives_another_digest()
    {
        using InProcessEngine one = StationModel.Build(Lone).Run().Engine;
        using InProcessEngine other = StationModel.Build(Lone with { Seed = 8 }).Run().Engine;

        Assert.NotEqual(one.Digest, other.Digest);
    }

    [Fact]
    public void Stopping_on_the_way_changes_nothing()
    {
        using InProcessEngine straight = StationModel.Build(Lone).Run().Engine;
        StationModel model = StationModel.Build(Lone with { Shards = 3, Threads = 2 });
        using InProcessEngine halting = model.Engine;
        for (long time = 333_333; time < 20_000_000; time += 333_333)
        {
            halting.RunUntil(new SimTime(time));
            Assert.Null(model.Ledger.Check(halting.PacketsInFlight));
        }

        model.Run();
        Assert.Equal(straight.Digest, halting.Digest);
    }

    [Fact]
    public void Idle_actors_change_nobodys_dice()
    {
        StationModel without = StationModel.Build(Lone).Run();
        StationModel with = StationModel.Build(Lone, withIdleActors: true).Run();

        Assert.Equal(without.Clerks.Select(clerk => clerk.Thrown), with.Clerks.Select(clerk => clerk.Thrown));
        without.Engine.Dispose();
        with.Engine.Dispose();
    }

    [Fact]
    public void Tracing_in_detail_changes_nothing()
    {
        CountDetails details = new();
        using InProcessEngine quiet = StationModel.Build(Lone).Run().Engine;
        using InProcessEngine traced = StationModel.Build(Lone with { Projections = [details] }).Run().Engine;

        Assert.True(details.Count > 0, "no detail was journaled");
        Assert.Equal(quiet.Digest, traced.Digest);
    }

    [Fact]
    public void One_zone_may_be_cut_into_several_shards()
    {
        using InProcessEngine lone = StationModel.Build(Lone, zones: 1).Run().Engine;
        using InProcessEngine engine = StationModel.Build(Lone with { Shards = 4, Threads = 2 }, zones: 1).Run().Engine;

        Assert.Equal(lone.Digest, engine.Digest);
        Assert.True(engine.Statistics.EventsByShard.All(events => events > 0), "a shard stood idle");
    }

    [Fact]
    public void A_condition_is_met_at_the_same_millisecond_on_any_number_of_shards()
    {
        (SimTime, int)[] stops = [.. ((int[])[1, 2, 4]).Select(shards =>
        {
            StationModel model = StationModel.Build(Lone with { Shards = shards, Threads = 2 });
            using InProcessEngine engine = model.Engine;
            Assert.True(engine.RunWhile(() => model.Received < 300, new SimTime(20_000_000)));
            return (engine.Now, model.Received);
        })];

        Assert.Equal(0, stops[0].Item1.Nanoseconds % 1_000_000);
        Assert.True(stops[0].Item2 >= 300);
        Assert.All(stops, stop => Assert.Equal(stops[0], stop));
    }

    [Fact]
    public void Comes_to_rest_at_the_same_time_on_any_number_of_shards()
    {
        long[] ends = [.. ((int[])[1, 3]).Select(shards =>
        {
            using InProcessEngine engine = StationModel.Build(Lone with { Shards = shards }).Engine;
            Assert.True(engine.RunToQuiescence(SimTime.Zero + SimDuration.FromSeconds(10)));
            Assert.Equal(0, engine.PacketsInFlight);
            return engine.Now.Nanoseconds;
        })];

        Assert.Equal(ends[0], ends[1]);
        Assert.Equal(0, ends[0] % 1_000_000);
    }

    private sealed class CountDetails : IJournalProjection
    {
        public int Count { get; private set; }

        public bool WantsDetail => true;

        public void Write(ReadOnlySpan<Core.Journal.JournalEntry> entries)
        {
            foreach (ref readonly Core.Journal.JournalEntry entry in entries)
            {
                Count += entry.Kind >= Core.Journal.JournalKind.FirstDetail ? 1 : 0;
            }
        }
    }
}
