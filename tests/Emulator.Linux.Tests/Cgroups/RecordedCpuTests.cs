using System.Text.Json;
using Emulator.Core.Time;
using Emulator.Linux.Cgroups.Cpu;

namespace Emulator.Linux.Tests.Cgroups;

/// <summary>What a kernel's counters said (Facts/cpu.json) beside the model's exact figures. Recorded on a machine with
/// other jobs unless the case says that it was quiet: those take time from a group, and never give it any.</summary>
public sealed class RecordedCpuTests
{
    private const long Forever = 1_000_000_000_000_000;
    private const long HundredPercent = 10_000;

    [Fact]
    public void Quotas_give_what_a_kernel_gave()
    {
        JsonElement cases = CgroupFacts.Read("cpu.json", "quota");
        Assert.Equal(13, cases.GetArrayLength());
        Assert.All(cases.EnumerateArray(), fact =>
        {
            long quota = Number(fact, "quotaMicroseconds");
            long period = Number(fact, "periodMicroseconds");
            long threads = Number(fact, "threads");
            long periods = Number(fact, "periods");
            var cpu = new CpuScheduler(new CpuOptions { Cores = 2 });
            cpu.SetQuota(
                "/g", new CpuQuota(SimDuration.FromMicroseconds(quota), SimDuration.FromMicroseconds(period)),
                SimTime.Zero);
            for (int i = 0; i < threads; i++)
            {
                cpu.Enqueue("/g", Forever, SimTime.Zero);
            }

            CpuStat stat = cpu.Stat("/g", new SimTime(periods * period * 1_000));
            Assert.Equal(periods, stat.Periods);
            Assert.Equal(periods * quota * 1_000, stat.Usage.Nanoseconds);
            bool isScarce = quota < threads * period;
            Assert.Equal(isScarce ? periods : 0, stat.ThrottledPeriods);
            Compare(fact, quota * HundredPercent / period, stat, periods, isScarce);
        });
    }

    /// <summary>As many other jobs as make the two groups' part one core of two: 2/3 and 1/3 of it.</summary>
    [Theory]
    [InlineData("unpinned_1thread_each_1024_512_beside_other_jobs")]
    [InlineData("unpinned_2threads_each_1024_512_beside_other_jobs")]
    public void Cgroups_share_alike_what_other_jobs_leave(string name)
    {
        JsonElement fact = CgroupFacts.Read("cpu.json", "shares").EnumerateArray()
            .Single(f => f.GetProperty("name").GetString() == name);
        var cpu = new CpuScheduler(new CpuOptions { Cores = 2 });
        Burn(cpu, "/others", Number(fact, "otherJobs"), 2);
        foreach (JsonElement group in fact.GetProperty("groups").EnumerateArray())
        {
            Burn(cpu, group.GetProperty("path").GetString()!, Number(group, "shares"), Number(group, "threads"));
        }

        SimTime end = new(6_000_000_000);
        Assert.Equal(4_000_000_000, cpu.Stat("/g0", end).Usage.Nanoseconds);
        Assert.Equal(2_000_000_000, cpu.Stat("/g1", end).Usage.Nanoseconds);
        Assert.InRange(6_667, At(fact, "leastPerTenThousand", 0) - 10, At(fact, "mostPerTenThousand", 0) + 10);
        Assert.InRange(3_333, At(fact, "leastPerTenThousand", 1) - 10, At(fact, "mostPerTenThousand", 1) + 10);
    }

    [Fact]
    public void A_group_borrows_and_gives_back_as_on_a_real_kernel()
    {
        JsonElement fact = CgroupFacts.Read("cpu.json", "workConserving");
        var cpu = new CpuScheduler(new CpuOptions { Cores = 1 });
        cpu.SetWeight("/g0", 1_024, SimTime.Zero);
        Burn(cpu, "/g1", 512, 1);
        long alone = Used(cpu, 3);
        long other = cpu.Enqueue("/g0", Forever, new SimTime(3_000_000_000));
        long beside = Used(cpu, 6) - alone;
        cpu.Cancel(other, new SimTime(6_000_000_000));
        long after = Used(cpu, 9) - alone - beside;
        Assert.Equal((30_000, 10_000, 30_000), (alone, beside, after)); // Of three seconds each.
        // The kernel's groups were short of what the machine's other work took: at most 4 %.
        Assert.InRange(Number(fact, "alonePerTenThousand"), 9_600, alone / 3);
        Assert.InRange(Number(fact, "besidePerTenThousand"), 3_200, beside / 3);
        Assert.InRange(Number(fact, "afterPerTenThousand"), 9_600, after / 3);
    }

    private static void Compare(JsonElement fact, long cores, CpuStat stat, long periods, bool isScarce)
    {
        long measured = Number(fact, "coresPerTenThousand");
        // A tick of 4 ms overruns a quota of 1 ms; later periods pay, but the window ends before the last one has.
        long over = Number(fact, "quotaMicroseconds") < 2_000 ? 10 : 3;
        Assert.True(measured <= cores + (cores * over / 100), $"{fact}: more than {cores}");
        bool isStarved = cores > 10_000 && !fact.GetProperty("isQuiet").GetBoolean();
        if (isStarved)
        {
            return; // More than one core of two was not there beside the other jobs.
        }

        Assert.True(measured >= cores * 99 / 100, $"{fact}: less than {cores}");
        if (isScarce)
        {
            Assert.True(Number(fact, "throttledPeriods") * 100 >= periods * 92, $"{fact}");
            long throttled = stat.Throttled.Nanoseconds / 1_000 / periods;
            long least = fact.GetProperty("isQuiet").GetBoolean() ? throttled * 87 / 100 : 0;
            Assert.InRange(Number(fact, "throttledMicrosecondsPerPeriod"), least, throttled);
        }
    }

    private static void Burn(CpuScheduler cpu, string path, long weight, long threads)
    {
        cpu.SetWeight(path, weight, SimTime.Zero);
        for (int i = 0; i < threads; i++)
        {
            cpu.Enqueue(path, Forever, SimTime.Zero);
        }
    }

    /// <summary>What g1 has used by a second, in ten-thousandths of a second.</summary>
    private static long Used(CpuScheduler cpu, int second) =>
        cpu.Stat("/g1", new SimTime(second * 1_000_000_000L)).Usage.Nanoseconds / 100_000;

    private static long Number(JsonElement fact, string name) => fact.GetProperty(name).GetInt64();

    private static long At(JsonElement fact, string name, int index) => fact.GetProperty(name)[index].GetInt64();
}
