using Emulator.Core.Canonical;
using Emulator.Core.Time;
using Emulator.Engine.Distribution;
using Emulator.Engine.Execution;
using Emulator.Engine.Tests.Models;

namespace Emulator.Engine.Tests.Distribution;

public sealed class RemoteEngineTests
{
    private static readonly SimTime End = SimTime.Zero + SimDuration.FromMilliseconds(20);
    private static readonly SimTime Early = SimTime.Zero + SimDuration.FromMilliseconds(2);
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

        Assert.Equal((1, 2), (engine.RemoteStatistics.Recoveries, silos.Epochs));
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

    [Theory]
    [InlineData(0, "silo silo-1 does not answer.")]
    [InlineData(3, "silo silo-0 has not got what silo silo-1 says of window 0, and that one does not answer; the "
        + "network between the two is cut or slow.")]
    public void A_call_that_stays_away_halts_the_run_which_says_so_before_the_call_fails(int cutForOrders, string why)
    {
        LoopbackSilos silos = Silos(3, 3, cutForOrders: cutForOrders, heldSilo: 1);
        using RemoteEngine engine = Over(
            silos,
            TimeSpan.FromMilliseconds(20),
            notice =>
            {
                _notices.Add(notice);
                silos.Release();
            });

        engine.RunUntil(End);

        Assert.Equal([$"the run is halted at 0.000000000s: {why}", "the run goes on."], _notices);
        Assert.Equal((0, 1), (engine.RemoteStatistics.Recoveries, silos.Epochs));
        Assert.Equal(Alone(), engine.Digest);
        Assert.Null(_ledger.Check(engine.PacketsInFlight));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(14)]
    public void A_silence_while_all_shards_run_again_does_not_begin_that_anew(int order)
    {
        // Orders 1 to 3 start the shards, 4 to 6 run them to the first instant, in 7 to 9 the silo dies; 10 to 12 start
        // them again, 13 to 15 run them to the first instant again.
        LoopbackSilos silos = Silos(3, 3, dies: new() { [100] = 2 }, silent: [order]);
        using RemoteEngine engine = Over(silos);

        engine.RunUntil(Early);
        int notices = _notices.Count;
        engine.RunUntil(End);

        Assert.Equal(0, notices);

        Assert.Equal((1, 2), (engine.RemoteStatistics.Recoveries, silos.Epochs));
        Assert.Equal(4, _notices.Count);
        Assert.Equal("the run goes on.", _notices[3]);
        Assert.Equal(Alone(), engine.Digest);
        Assert.Null(_ledger.Check(engine.PacketsInFlight));
    }

    [Fact]
    public void Running_again_sends_no_journal_and_its_calls_count_too()
    {
        LoopbackSilos silos = Silos(3, 3);
        using RemoteEngine undisturbed = Over(silos);
        undisturbed.RunUntil(Early);
        (long early, int windows) = (undisturbed.RemoteStatistics.GrainCalls, silos.Windows);
        undisturbed.RunUntil(End);
        LoopbackSilos dying = Silos(3, 3, dies: new() { [windows + 10] = 1 });
        using RemoteEngine disturbed = Over(dying);

        disturbed.RunUntil(Early);
        disturbed.RunUntil(End);

        Assert.Equal((1, 2), (disturbed.RemoteStatistics.Recoveries, dying.Epochs));
        Assert.InRange(early, 1, undisturbed.RemoteStatistics.GrainCalls - 1);
        Assert.Equal(silos.JournalBytes, dying.JournalBytes);
        Assert.Equal(early + undisturbed.RemoteStatistics.GrainCalls, disturbed.RemoteStatistics.GrainCalls);
        Assert.Equal(undisturbed.Digest, disturbed.Digest);
    }

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
            engine.RunUntil(Early);
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
        HashSet<int>? silent = null, int cutForOrders = 0, int heldSilo = -1) =>
        new(
            new EngineOptions { Seed = 5, Shards = shards }, silos, StationCodec.Instance,
            run => StationModel.Populate(run.Add, run.DeclareWire))
        {
            Copies = copies,
            LosesFirst = losesFirst,
            DiesAtWindow = dies ?? [],
            SilentAtOrder = silent ?? [],
            CutForOrders = cutForOrders,
            HeldSilo = heldSilo,
        };

    private RemoteEngine Over(
        LoopbackSilos silos, TimeSpan? silenceAfter = null, Action<string>? notice = null)
    {
        EngineOptions options = silos.Options with { Projections = [_ledger] };
        RemoteEngine engine = new(options, silos, StationCodec.Instance, notice ?? _notices.Add)
        {
            SilenceAfter = silenceAfter ?? RemoteShards.SilenceMax,
        };
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
