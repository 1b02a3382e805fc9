using Emulator.Core.Journal;
using Emulator.Core.Randomness;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Underlay.Tests.Qdiscs;

/// <summary>The discipline as tc-netem(8) describes it; statistics against the theory of each model, with seeds that
/// make them exact and bounds of four standard deviations.</summary>
public class NetemTests
{
    private const long Millisecond = 1_000_000;
    private const string Name = "eth0";
    private static readonly Core.Actors.ActorId Owner = Frames.Root("node-1").Id;

    [Fact]
    public void Delays_each_frame_by_the_delay()
    {
        Netem netem = Make(new NetemOptions { DelayNanoseconds = 20 * Millisecond });

        Assert.Equal(20 * Millisecond, Leaves(netem, 100, 0));
        Assert.Equal(27 * Millisecond, Leaves(netem, 100, 7 * Millisecond));
    }

    // tabledist without a table: random % (2 * jitter) + delay - jitter, from the stream of this purpose.
    [Fact]
    public void Jitter_is_even_around_the_delay_and_comes_from_its_own_stream()
    {
        Netem netem = Make(
            new NetemOptions { DelayNanoseconds = 20 * Millisecond, JitterNanoseconds = 5 * Millisecond });
        RandomStream stream = RandomStream.For(7, Owner, "netem/delay/eth0");
        long sum = 0;
        for (int i = 0; i < 10_000; i++)
        {
            long expected = ((uint)(stream.NextUInt64() >> 32) % (10 * Millisecond)) + (15 * Millisecond);
            long delay = Leaves(netem, 100, i * 100L * Millisecond) - (i * 100L * Millisecond);
            Assert.Equal(expected, delay);
            sum += delay;
        }

        // Standard deviation of one: 10 ms / sqrt(12) = 2.887 ms, of the mean of 10,000: 28.9 us.
        Assert.InRange(sum / 10_000, (20 * Millisecond) - 115_000, (20 * Millisecond) + 115_000);
    }

    [Theory]
    [InlineData(DelayDistribution.Normal)]
    [InlineData(DelayDistribution.Pareto)]
    [InlineData(DelayDistribution.ParetoNormal)]
    public void Other_distributions_look_their_table_up(DelayDistribution distribution)
    {
        Netem netem = Make(new NetemOptions
        {
            DelayNanoseconds = 100 * Millisecond,
            JitterNanoseconds = 10 * Millisecond,
            Distribution = distribution,
        });
        short[] table = DistributionTable.Of(distribution)!; // None of these is uniform.
        RandomStream stream = RandomStream.For(7, Owner, "netem/delay/eth0");
        for (int i = 0; i < 1_000; i++)
        {
            short entry = table[(uint)(stream.NextUInt64() >> 32) % 4_096];
            long expected = (100 * Millisecond) + (10 * Millisecond * entry / 8_192);
            long now = i * 1_000L * Millisecond;

            // The kernel rounds the part below 8,192 ns by itself.
            Assert.InRange(Leaves(netem, 100, now) - now - expected, -1, 1);
        }
    }

    [Fact]
    public void A_delay_below_zero_is_none()
    {
        Netem netem = Make(new NetemOptions { DelayNanoseconds = 1, JitterNanoseconds = 10 * Millisecond });
        long[] delays = [.. Enumerable.Range(0, 1_000).Select(i => Leaves(netem, 100, i * 1_000L * Millisecond)
            - (i * 1_000L * Millisecond))];

        // Half of the draws lie below: 500, standard deviation 16.
        Assert.InRange(delays.Count(d => d == 0), 436, 564);
        Assert.True(delays.Min() >= 0);
    }

    [Fact]
    public void One_frame_in_a_hundred_is_lost()
    {
        Netem netem = Make(new NetemOptions { Loss = new RandomLoss(Percent(1), Probability.Never) });

        // 1,000 of 100,000, standard deviation 31.5.
        Assert.InRange(Lost(netem, 100_000).Count(isLost => isLost), 874, 1_126);
    }

    // A Gilbert-Elliott chain with p = 1 %, r = 10 %, 1 - h = 70 %, 1 - k = 0.1 %: bad in p / (p + r) = 1/11 of the
    // time, lost 0.7/11 + 0.001 * 10/11 = 6.4545 %. Draws resemble each other by 1 - p - r = 0.89, so that the variance
    // of a count is (1 + 0.89) / (1 - 0.89) = 17.2 times a coin's at most.
    [Fact]
    public void The_Gilbert_Elliott_model_loses_what_its_theory_says()
    {
        Netem netem = Make(new NetemOptions
        {
            Loss = new GilbertElliottLoss(Percent(1), Percent(10), Percent(70), Probability.Of(new Ratio(1, 1_000))),
        });

        // 12,909 of 200,000; a coin's deviation 109.9, times 4.15: 456.
        Assert.InRange(Lost(netem, 200_000).Count(isLost => isLost), 12_909 - 1_824, 12_909 + 1_824);
    }

    // Gilbert's model: 1 - h = 1, 1 - k = 0. Bursts are geometric with mean 1/r.
    [Fact]
    public void Bursts_of_the_Gilbert_model_are_as_long_as_its_theory_says()
    {
        Netem netem = Make(new NetemOptions
        {
            Loss = new GilbertElliottLoss(Percent(2), Percent(25), Probability.Always, Probability.Never),
        });
        bool[] lost = Lost(netem, 200_000);
        int bursts = lost.Where((isLost, i) => isLost && (i == 0 || !lost[i - 1])).Count();

        // Mean 4, standard deviation sqrt(12) = 3.46; of the mean of some 3,700 bursts: 0.057.
        Assert.InRange(lost.Count(isLost => isLost) * 1_000 / bursts, 3_772, 4_228);
    }

    // loss state 5% 20%: good and burst only; lost p13 / (p13 + p31) = 20 %, bursts of mean 1 / p31 = 5.
    [Fact]
    public void The_four_state_model_loses_what_its_theory_says()
    {
        Netem netem = Make(new NetemOptions
        {
            Loss = new FourStateLoss(Percent(5), Percent(20), default, Probability.Always, default),
        });
        bool[] lost = Lost(netem, 200_000);
        int bursts = lost.Where((isLost, i) => isLost && (i == 0 || !lost[i - 1])).Count();

        // A coin's deviation 179, times sqrt(1.75 / 0.25) = 2.65: 473.
        Assert.InRange(lost.Count(isLost => isLost), 40_000 - 1_893, 40_000 + 1_893);

        // Mean 5, standard deviation sqrt(20) = 4.47; of the mean of some 8,000 bursts: 0.05.
        Assert.InRange(lost.Count(isLost => isLost) * 1_000 / bursts, 4_800, 5_200);
    }

    // loss state with p14 alone: single losses, never two in a row.
    [Fact]
    public void The_four_state_models_single_losses_stand_alone()
    {
        Netem netem = Make(new NetemOptions
        {
            Loss = new FourStateLoss(default, Probability.Always, default, Probability.Always, Percent(10)),
        });
        bool[] lost = Lost(netem, 100_000);

        Assert.DoesNotContain(Enumerable.Range(1, lost.Length - 1), i => lost[i] && lost[i - 1]);

        // A cycle is 1/p14 + 1 = 11 frames: 9,091.
        Assert.InRange(lost.Count(isLost => isLost), 9_091 - 364, 9_091 + 364);
    }

    [Fact]
    public void A_copy_leaves_first_and_is_not_copied_again()
    {
        Netem netem = Make(new NetemOptions { Duplicate = Probability.Always, DelayNanoseconds = 5 });
        QdiscVerdict verdict = netem.Enqueue(100, 10);

        var fate = new QdiscFate(DropReason.None, 15, null);
        Assert.Equal(new QdiscVerdict(fate, fate), verdict);
    }

    // netem_enqueue counts up for a copy and down for a loss.
    [Fact]
    public void Lost_and_copied_at_once_leaves_one_frame()
    {
        Netem netem = Make(new NetemOptions
        {
            Duplicate = Probability.Always,
            Loss = new RandomLoss(Probability.Always, Probability.Never),
        });

        Assert.Equal(new QdiscVerdict(new(DropReason.None, 10, null), null), netem.Enqueue(100, 10));
    }

    // Chi-square over 800 bits with 80,000 draws: 799 degrees of freedom, mean 799, standard deviation 40.
    [Fact]
    public void Corruption_flips_each_bit_as_often_as_any_other()
    {
        Netem netem = Make(new NetemOptions { Corrupt = Probability.Always });
        int[] counts = new int[800];
        for (int i = 0; i < 80_000; i++)
        {
            counts[netem.Enqueue(100, i).Frame.FlippedBit ?? -1]++;
        }

        long hundredfold = counts.Sum(count => (long)(count - 100) * (count - 100));
        Assert.InRange(hundredfold / 100, 639, 959);
    }

    // tc-netem(8): "reorder 100% gap 5" sends every 5th at once.
    [Fact]
    public void With_a_gap_each_fifth_frame_overtakes()
    {
        Netem netem = Make(new NetemOptions
        {
            DelayNanoseconds = 10 * Millisecond,
            Reorder = Probability.Always,
            Gap = 5,
        });

        Assert.Equal(
            [10, 10, 10, 10, 0, 10, 10, 10, 10, 0],
            Enumerable.Range(0, 10).Select(_ => Leaves(netem, 100, 0) / Millisecond));
    }

    // tc-netem(8): "reorder 25%" sends a quarter at once.
    [Fact]
    public void A_quarter_overtakes_without_a_gap()
    {
        Netem netem = Make(new NetemOptions { DelayNanoseconds = 10, Reorder = Percent(25), Limit = 1_000_000 });

        // 2,500, standard deviation 43.
        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => Leaves(netem, 100, 0) == 0), 2_327, 2_673);
    }

    // tc-netem(8)'s own example of ATM: cells of 48 bytes with 5 more each. 100 + 20 bytes fill three: 159 bytes.
    [Fact]
    public void A_rate_counts_overhead_and_cells_and_frames_wait_for_each_other()
    {
        Netem netem = Make(new NetemOptions
        {
            RateBytesPerSecond = 1_000_000,
            PacketOverhead = 20,
            CellSize = 48,
            CellOverhead = 5,
        });

        Assert.Equal([159_000, 318_000, 1_159_000], [Leaves(netem, 100, 0), Leaves(netem, 100, 10),
            Leaves(netem, 100, 1_000_000)]);
    }

    // The time that a frame waits for the one before counts as its delay.
    [Fact]
    public void With_a_rate_only_the_first_of_a_burst_has_the_whole_delay()
    {
        Netem netem = Make(new NetemOptions { RateBytesPerSecond = 1_000_000, DelayNanoseconds = 5 * Millisecond });

        Assert.Equal([6, 7, 8], Enumerable.Range(0, 3).Select(_ => Leaves(netem, 1_000, 0) / Millisecond));
    }

    [Fact]
    public void More_than_the_limit_are_dropped_until_one_has_left()
    {
        Netem netem = Make(new NetemOptions { DelayNanoseconds = 10, Limit = 2 });
        Leaves(netem, 100, 0);
        Leaves(netem, 100, 5);

        Assert.Equal(DropReason.QdiscDrop, netem.Enqueue(100, 9).Frame.Drop);
        Assert.Equal(20, Leaves(netem, 100, 10));
    }

    // Slots every 10 ms with two frames each. The slot at the start lies before the first frame is due, so it is given
    // up, and the next is 10 ms later.
    [Fact]
    public void Slots_let_so_many_go_at_a_time()
    {
        Netem netem = Make(new NetemOptions { Slot = new NetemSlot(10 * Millisecond, 10 * Millisecond, Packets: 2) });

        Assert.Equal([10, 10, 20, 20, 30], Enumerable.Range(0, 5).Select(_ => Leaves(netem, 100, 1) / Millisecond));
    }

    [Fact]
    public void Slots_let_so_many_bytes_go_at_a_time()
    {
        Netem netem = Make(new NetemOptions { Slot = new NetemSlot(10 * Millisecond, 10 * Millisecond, Bytes: 250) });

        Assert.Equal([10, 10, 10, 20], Enumerable.Range(0, 4).Select(_ => Leaves(netem, 100, 1) / Millisecond));
    }

    [Fact]
    public void Reordering_without_a_delay_is_refused_by_name() => Assert.Equal(
        "eth0: reordering needs a delay that frames can skip; give a delay.",
        Assert.Throws<ArgumentException>(() => Make(new NetemOptions { Reorder = Percent(1) })).Message);

    private static Probability Percent(uint percent) => Probability.Of(new Ratio(percent, 100));

    private static Netem Make(NetemOptions options) => new(options, 7, Owner, Name);

    private static long Leaves(Netem netem, int length, long now)
    {
        QdiscVerdict verdict = netem.Enqueue(length, now);
        Assert.Equal((DropReason.None, (QdiscFate?)null), (verdict.Frame.Drop, verdict.Copy));
        return verdict.Frame.LeavesAt;
    }

    private static bool[] Lost(Netem netem, int frames) =>
        [.. Enumerable.Range(0, frames).Select(i => netem.Enqueue(100, i).Frame.Drop == DropReason.LinkLoss)];
}
