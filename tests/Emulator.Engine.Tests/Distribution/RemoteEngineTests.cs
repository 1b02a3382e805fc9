using Emulator.Core.Canonical;
using Emulator.Core.Time;
using Emulator.Engine.Distribution;
using Emulator.Engine.Execution;
using Emulator.Engine.Tests.Models;

namespace Emulator.Engine.Tests.Distribution;

public sealed class RemoteEngineTests
{
    private static readonly SimTime End = SimTime.Zero + SimDuration.FromMilliseconds(20);
    private readonly List<string> _notices = [];
    private readonly Ledger _ledger = new();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    [InlineData(5, 4)]
    public void Shards_in_other_processes_have_the_digest_of_one_in_this(int shards, int silos)
    {
        using InProcessEngine alone = StationModel.Build(new EngineOptions { Seed = 5 }).Run().Engine;
        using RemoteEngine engine = Over(Silos(shards, silos));

        engine.RunUntil(End);

        Assert.Equal(alone.Digest, engine.Digest);
        Assert.Equal(alone.Statistics.Events, engine.Statistics.Events);
        Assert.Equal(alone.PacketsInFlight, engine.PacketsInFlight);
        Assert.Null(_ledger.Check(engine.PacketsInFlight));
        Assert.Empty(_notices);
    }

    [Fact]
    public void A_notice_that_comes_three_times_counts_once()
    {
        LoopbackSilos silos = Silos(3, 3, copies: 3);
        using RemoteEngine engine = Over(silos);

        engine.RunUntil(End);

        Assert.Equal(Alone(), engine.Digest);
        Assert.Equal((2 * silos.Sent) + (3 * silos.Resent), silos.Repeated); // A slow machine asks for some again.
    }

    [Fact]
    public void A_notice_that_is_lost_is_sent_again_before_the_next_window_opens()
    {
        LoopbackSilos silos = Silos(3, 3, losesFirst: true);
        using RemoteEngine engine = Over(silos);

        engine.RunUntil(End);

        Assert.Equal(Alone(), engine.Digest);
        Assert.Equal(silos.Sent, silos.Resent - silos.Repeated);
        Assert.Empty(_notices);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(40, 2)]
    [InlineData(83, 0)]
    [InlineData(121, 1)]
    public void A_run_in_which_a_silo_dies_ends_with_the_digest_that_it_would_have_had(int window, int silo)
    {
        LoopbackSilos silos = Silos(3, 3, dies: new() { [window] = silo });
        using RemoteEngine engine = Over(silos);

        engine.RunUntil(End);

        Assert.Equal(1, engine.RemoteStatistics.Recoveries);
        Assert.Equal(Alone(), engine.Digest);
        Assert.Null(_ledger.Check(engine.PacketsInFlight)); // Nothing was handed over twice, nothing was left out.
        Assert.Equal(2, _notices.Count);
    }

    [Theory]
    [InlineData(41)]
    [InlineData(97)]
    [InlineData(119)]
    public void A_silo_that_dies_with_a_notice_on_its_way_is_noticed(int window)
    {
        LoopbackSilos silos = Silos(3, 3, losesFirst: true, dies: new() { [window] = 1 });
        using RemoteEngine engine = Over(silos);

        engine.RunUntil(End);

        Assert.Equal(1, engine.RemoteStatistics.Recoveries);
        Assert.Equal(Alone(), engine.Digest);
        Assert.Null(_ledger.Check(engine.PacketsInFlight));
    }

    [Fact]
    public void Two_silos_may_die_the_second_while_all_shards_run_again()
    {
        LoopbackSilos silos = Silos(3, 3, dies: new() { [100] = 0, [160] = 2 });
        using RemoteEngine engine = Over(silos);

        engine.RunUntil(End);

        Assert.Equal(2, engine.RemoteStatistics.Recoveries);
        Assert.Equal(Alone(), engine.Digest);
        Assert.Null(_ledger.Check(engine.PacketsInFlight));
    }

    [Fact]
    public void A_silo_that_does_not_answer_halts_the_run_which_says_so_and_goes_on_when_it_does() =>
        AssertHaltsOnce(Silos(3, 3, silent: [5]), "^the run is halted at .*: silo-[012] does not answer\\.$");

    [Fact]
    public void Two_silos_cut_from_each_other_halt_the_run_which_names_both_and_goes_on_when_they_are_joined() =>
        AssertHaltsOnce(
            Silos(3, 3, cutForOrders: 9), "silo-[01] has not got what silo silo-[01] says of window 0; the network");

    [Fact]
    public void A_stretch_is_ordered_once_for_the_start_and_once_for_all_windows_after_it()
    {
        using RemoteEngine engine = Over(Silos(3, 3));

        engine.RunUntil(End);

        Assert.Equal(2, engine.RemoteStatistics.Stretches);
        Assert.True(engine.Statistics.Windows > 30, $"{engine.Statistics.Windows} windows");
    }

    [Fact]
    public void An_input_is_put_in_again_at_its_time_when_all_shards_run_again()
    {
        ulong Digest(Dictionary<int, int> dies)
        {
            using RemoteEngine engine = Over(Silos(3, 3, dies: dies));
            engine.RunUntil(SimTime.Zero + SimDuration.FromMilliseconds(2));
            InputTo(engine);
            engine.RunUntil(End);
            return engine.Digest;
        }

        ulong undisturbed = Digest([]);

        Assert.NotEqual(Alone(), undisturbed);
        Assert.Equal(undisturbed, Digest(new() { [100] = 1 }));
    }

    private static void InputTo(RemoteEngine engine) => engine.Inject(
        engine.FindActorRef(engine.FindMachine("node-4")!, "node/node-4")!, new Kick(77)); // Both are in the model.

    private static ulong Alone()
    {
        using InProcessEngine alone = StationModel.Build(new EngineOptions { Seed = 5 }).Run().Engine;
        return alone.Digest;
    }

    private static LoopbackSilos Silos(
        int shards, int silos, int copies = 1, bool losesFirst = false, Dictionary<int, int>? dies = null,
        HashSet<int>? silent = null, int cutForOrders = 0) =>
        new(
            new EngineOptions { Seed = 5, Shards = shards }, silos, StationCodec.Instance,
            run => StationModel.Populate(run.Add, run.DeclareWire))
        {
            Copies = copies,
            LosesFirst = losesFirst,
            DiesAtWindow = dies ?? [],
            SilentAtOrder = silent ?? [],
            CutForOrders = cutForOrders,
        };

    private RemoteEngine Over(LoopbackSilos silos)
    {
        EngineOptions options = silos.Options with { Projections = [_ledger] };
        RemoteEngine engine = new(options, silos, StationCodec.Instance, _notices.Add);
        StationModel.Populate(engine.Add, engine.DeclareWire);
        return engine;
    }

    private void AssertHaltsOnce(LoopbackSilos silos, string why)
    {
        using RemoteEngine engine = Over(silos);

        engine.RunUntil(End);

        Assert.Equal(Alone(), engine.Digest);
        Assert.Equal(0, engine.RemoteStatistics.Recoveries);
        Assert.Equal(2, _notices.Count);
        Assert.Matches(why, _notices[0]);
        Assert.Equal("the run goes on.", _notices[1]);
        Assert.Null(_ledger.Check(engine.PacketsInFlight));
    }
}
