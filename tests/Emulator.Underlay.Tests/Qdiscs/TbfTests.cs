using Emulator.Core.Journal;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Underlay.Tests.Qdiscs;

/// <summary>Departures computed by hand from tc-tbf(8)'s definition, and the same set-ups on a real kernel (6.18):
/// frames sent into one end of a veth pair with the tbf as its root qdisc, time-stamped at the other end.</summary>
public class TbfTests
{
    // Real kernel, in microseconds: 107 119 8163 16155 24149 32162 40168 48142 drop drop, and again 64 76 8094 16100
    // 24099 32099 40099 48100 drop drop. By hand: two frames use up the burst of 2,000; then one each 1,000 bytes at
    // 125,000 a second; six wait, which is the limit.
    [Fact]
    public void Lets_the_burst_through_and_then_paces()
    {
        var tbf = new Tbf(new TbfOptions { RateBytesPerSecond = 125_000, BurstBytes = 2_000, LimitBytes = 6_000 }, 0);

        Assert.Equal(
            [0, 0, 8_000, 16_000, 24_000, 32_000, 40_000, 48_000, null, null],
            Enumerable.Range(0, 10).Select(_ => Microseconds(tbf.Enqueue(1_000, 0))));
    }

    // Real kernel: 60 71 74 2016 4020 6014 8018 10014 12071 16070, and 1,500 bytes at 60,002 leave at 60,047. By hand:
    // the second bucket of 1,514 lets three go, the fourth lacks 486 bytes at 250,000 a second (1,944 us), the next go
    // at 2 ms each, until the burst of 3,000 and what has come since are used up at the ninth: 4,500 bytes are there
    // when 1,500 have come, at 12 ms.
    [Fact]
    public void A_peak_rate_empties_the_bucket_slowly()
    {
        long limit = TbfOptions.LimitOf(20_000_000, 125_000, 3_000, 250_000, 1_514);
        var tbf = new Tbf(
            new TbfOptions
            {
                RateBytesPerSecond = 125_000,
                BurstBytes = 3_000,
                LimitBytes = limit,
                PeakRateBytesPerSecond = 250_000,
                MtuBytes = 1_514,
            },
            0);

        Assert.Equal(5_500, limit);
        Assert.Equal(
            [0, 0, 0, 1_944, 3_944, 5_944, 7_944, 9_944, 12_000, 16_000],
            Enumerable.Range(0, 10).Select(_ => Microseconds(tbf.Enqueue(500, 0))));
        Assert.Equal(60_000, Microseconds(tbf.Enqueue(1_500, 60_000_000)));
    }

    // Real kernel: 1000 bytes dropped, 800 through, and after 3 ms 100, 800, 100 through at once.
    [Fact]
    public void A_limit_below_a_frames_length_drops_that_frame_always()
    {
        var tbf = new Tbf(new TbfOptions { RateBytesPerSecond = 1_000_000, BurstBytes = 1_600, LimitBytes = 900 }, 0);

        Assert.Equal(DropReason.QdiscDrop, tbf.Enqueue(1_000, 0).Drop);
        Assert.Equal(0, Microseconds(tbf.Enqueue(800, 0)));
        Assert.Equal(3_000, Microseconds(tbf.Enqueue(100, 3_000_000)));
        Assert.Equal(3_000, Microseconds(tbf.Enqueue(800, 3_000_000)));
        Assert.Equal(3_000, Microseconds(tbf.Enqueue(100, 3_000_000)));
        Assert.Equal(DropReason.QdiscDrop, tbf.Enqueue(1_000, 900_000_000).Drop);
    }

    // Real kernel: 1,501 bytes dropped; 300 bytes of 1,000 us leave at 2,472; 1,000 of 31,000 at 34,083, after 1,000
    // at 30,051.
    [Fact]
    public void A_frame_longer_than_the_burst_is_dropped_and_tokens_come_with_time()
    {
        var tbf = new Tbf(new TbfOptions { RateBytesPerSecond = 125_000, BurstBytes = 1_500, LimitBytes = 20_000 }, 0);

        Assert.Equal(0, Microseconds(tbf.Enqueue(1_500, 0)));
        Assert.Equal(DropReason.QdiscDrop, tbf.Enqueue(1_501, 0).Drop);
        Assert.Equal(2_400, Microseconds(tbf.Enqueue(300, 1_000_000)));
        Assert.Equal(30_000, Microseconds(tbf.Enqueue(1_000, 30_000_000)));
        Assert.Equal(34_000, Microseconds(tbf.Enqueue(1_000, 31_000_000)));
    }

    [Fact]
    public void Refuses_a_peak_rate_that_is_no_peak_by_name()
    {
        var options = new TbfOptions
        {
            RateBytesPerSecond = 100, BurstBytes = 100, LimitBytes = 100, PeakRateBytesPerSecond = 90, MtuBytes = 10,
        };

        Assert.Equal(
            "tbf: tbf with peakrate 90 and mtu 10; give a peak rate above the rate of 100 and an mtu above zero.",
            Assert.Throws<ArgumentException>(() => new Tbf(options, 0)).Message);
    }

    private static long? Microseconds(QdiscFate fate) =>
        fate.Drop == DropReason.None ? (fate.LeavesAt + 500) / 1_000 : null;
}
