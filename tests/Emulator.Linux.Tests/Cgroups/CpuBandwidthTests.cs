using Emulator.Core.Time;
using Emulator.Linux.Cgroups.Cpu;

namespace Emulator.Linux.Tests.Cgroups;

/// <summary>Quotas. Expected figures by arithmetic of quota and period; of the ticks, recorded runs of Linux 6.18 with
/// HZ=250: 20 ms of 100 ms ran 23, 19, 19, 19 ms, 50 of 100 50.7 ms, 2 of 10 3.9 and paused 16.1, 1 of 100 paused
/// 396 after 4.</summary>
public sealed class CpuBandwidthTests
{
    private const long Forever = 1_000_000_000_000_000;
    private const long Millisecond = 1_000_000;

    /// <summary>20 ms in each of four periods and the last 20 in the fifth; throttled 80 ms four times.</summary>
    [Theory]
    [InlineData(0, 420, 320)]
    [InlineData(50, 370, 270)]
    [InlineData(80, 340, 240)]
    [InlineData(90, 420, 320)]
    public void A_limit_of_200m_makes_100_ms_of_work_take_what_the_periods_say(
        int startsAt, int takes, int throttled)
    {
        CpuScheduler cpu = Limited(20, 100);
        cpu.Enqueue("/g", 100 * Millisecond, At(startsAt));
        cpu.Advance(At(1_000));
        Assert.True(cpu.TryTake(out CpuCompletion done));
        Assert.Equal(takes * Millisecond, (done.Finished - done.Started).Nanoseconds);
        Assert.Equal(throttled * Millisecond, done.Throttled.Nanoseconds);
    }

    /// <summary>The kernel recorded 55 of 55 periods throttled, 79.1 ms each with one thread, 175 with two.</summary>
    [Theory]
    [InlineData(20, 100, 1, 55, 55 * 80)]
    [InlineData(20, 100, 2, 55, 55 * 180)]
    [InlineData(50, 100, 1, 55, 55 * 50)]
    [InlineData(150, 100, 2, 55, 55 * 50)]
    [InlineData(200, 100, 2, 0, 0)]
    [InlineData(100, 100, 1, 0, 0)]
    public void Busy_groups_are_throttled_in_every_period_by_what_is_above_the_quota(
        int quota, int period, int threads, int throttledPeriods, int throttledMilliseconds)
    {
        CpuScheduler cpu = Limited(quota, period);
        for (int i = 0; i < threads; i++)
        {
            cpu.Enqueue("/g", Forever, SimTime.Zero);
        }

        CpuStat stat = cpu.Stat("/g", At(5_500));
        Assert.Equal(55, stat.Periods);
        Assert.Equal(throttledPeriods, stat.ThrottledPeriods);
        Assert.Equal(throttledMilliseconds * Millisecond, stat.Throttled.Nanoseconds);
        Assert.Equal(55 * quota * Millisecond, stat.Usage.Nanoseconds);
    }

    [Theory]
    [InlineData(20, 100, 3, "23 19 19 19 23")]
    [InlineData(50, 100, 3, "51 51 51 47 51")]
    [InlineData(2, 10, 0, "4 4 4 4 4")]
    [InlineData(1, 100, 0, "4 4 4 4 4")]
    public void Ticks_let_a_group_overrun_and_later_periods_pay(int quota, int period, int offset, string runs)
    {
        CpuScheduler cpu = Limited(quota, period, tick: 4, offset);
        cpu.Enqueue("/g", Forever, SimTime.Zero);
        Assert.Equal(runs, string.Join(' ', Runs(cpu, 5)));
    }

    [Theory]
    [InlineData(2, 10, 4, 20)]
    [InlineData(1, 100, 4, 400)]
    public void An_overrun_of_more_than_a_quota_skips_periods(int quota, int period, int run, int distance)
    {
        CpuScheduler cpu = Limited(quota, period, tick: 4);
        cpu.Enqueue("/g", Forever, SimTime.Zero);
        Assert.Equal(At(run), cpu.NextEvent);
        cpu.Advance(At(run));
        Assert.Equal(At(distance), cpu.NextEvent);
        Assert.Equal(10L * run * Millisecond, cpu.Stat("/g", At(10 * distance)).Usage.Nanoseconds);
    }

    /// <summary>A quiet second saves up the burst of 30 ms: 50 ms run, then 20 a period.</summary>
    [Fact]
    public void Unused_quota_is_kept_up_to_the_burst()
    {
        var cpu = new CpuScheduler(new CpuOptions { Cores = 1 });
        cpu.SetQuota("/g", new CpuQuota(Ms(20), Ms(100), Ms(30)), SimTime.Zero);
        cpu.Enqueue("/g", 70 * Millisecond, At(1_000));
        cpu.Advance(At(2_000));
        Assert.True(cpu.TryTake(out CpuCompletion done));
        Assert.Equal(At(1_120), done.Finished);
        CpuStat stat = cpu.Stat("/g", At(2_000));
        Assert.Equal((1, 30 * Millisecond), (stat.Bursts, stat.BurstTime.Nanoseconds));
    }

    /// <summary>Two threads use all of two cores' quota: nothing of it is a burst, whenever one looks.</summary>
    [Fact]
    public void Without_a_burst_nothing_counts_as_one()
    {
        CpuScheduler cpu = Limited(200, 100, cores: 3);
        long third = 0;
        for (int i = 0; i < 40; i++)
        {
            third = i % 2 == 0 ? cpu.Enqueue("/h", Forever, At((i * 33) + 1)) : third;
            _ = i % 2 == 0 ? cpu.Enqueue("/g", 77_777_777, At((i * 33) + 2)) : 0;
            _ = i % 2 == 1 && cpu.Cancel(third, At((i * 33) + 1));
        }

        Assert.Equal(0, cpu.Stat("/g", At(5_000)).Bursts);
    }

    /// <summary>The timer sees two ends of periods after the last use and stops.</summary>
    [Fact]
    public void Idle_periods_are_not_counted()
    {
        CpuScheduler cpu = Limited(20, 100);
        cpu.Enqueue("/g", 10 * Millisecond, At(1_000));
        Assert.Equal(2 + 2, cpu.Stat("/g", At(60_000)).Periods);
        Assert.Null(cpu.NextEvent);
    }

    [Fact]
    public void A_group_below_its_quota_has_no_events_of_its_own()
    {
        CpuScheduler cpu = Limited(50, 100, cores: 1);
        cpu.Enqueue("/h", Forever, SimTime.Zero);
        cpu.Enqueue("/g", Forever, SimTime.Zero);
        Assert.Equal(new SimTime(2 * Forever), cpu.NextEvent);
        Assert.Equal(50, cpu.Stat("/g", At(5_000)).Periods);
    }

    [Fact]
    public void What_a_throttled_group_leaves_goes_to_others()
    {
        CpuScheduler cpu = Limited(20, 100, cores: 1);
        cpu.Enqueue("/g", Forever, SimTime.Zero);
        cpu.Enqueue("/h", Forever, SimTime.Zero);
        Assert.Equal(800 * Millisecond, cpu.Stat("/h", At(1_000)).Usage.Nanoseconds);
    }

    /// <summary>A pod of two containers: its quota of 30 ms stops both, though neither has used 20.</summary>
    [Fact]
    public void A_quota_above_stops_all_below()
    {
        var cpu = new CpuScheduler(new CpuOptions { Cores = 2 });
        cpu.SetQuota("/pod", new CpuQuota(Ms(30), Ms(100)), SimTime.Zero);
        cpu.SetQuota("/pod/a", new CpuQuota(Ms(20), Ms(100)), SimTime.Zero);
        cpu.Enqueue("/pod/a", Forever, SimTime.Zero);
        cpu.Enqueue("/pod/b", Forever, SimTime.Zero);
        Assert.Equal(150 * Millisecond, cpu.Stat("/pod/a", At(1_000)).Usage.Nanoseconds);
        Assert.Equal(10, cpu.Stat("/pod", At(1_000)).ThrottledPeriods);
        Assert.Equal(0, cpu.Stat("/pod/a", At(1_000)).ThrottledPeriods);
    }

    private static IEnumerable<long> Runs(CpuScheduler cpu, int count)
    {
        long used = 0;
        for (int i = 0; i < count; i++)
        {
            SimTime stop = cpu.NextEvent!.Value; // It is busy and has a quota.
            cpu.Advance(stop);
            long now = cpu.Stat("/g", stop).Usage.Nanoseconds;
            yield return (now - used) / Millisecond;
            used = now;
            cpu.Advance(cpu.NextEvent!.Value); // Likewise.
        }
    }

    private static CpuScheduler Limited(int quota, int period, int tick = 0, int offset = 0, int cores = 2)
    {
        var cpu = new CpuScheduler(new CpuOptions { Cores = cores, Tick = Ms(tick), TickOffset = Ms(offset) });
        cpu.SetQuota("/g", new CpuQuota(Ms(quota), Ms(period)), SimTime.Zero);
        return cpu;
    }

    private static SimDuration Ms(int milliseconds) => SimDuration.FromMilliseconds(milliseconds);

    private static SimTime At(int milliseconds) => new(milliseconds * Millisecond);
}
