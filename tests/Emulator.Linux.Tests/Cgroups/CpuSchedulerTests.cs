using System.Text.Json;
using Emulator.Core.Time;
using Emulator.Linux.Cgroups.Cpu;

namespace Emulator.Linux.Tests.Cgroups;

/// <summary>Expected figures: weights and water-filling by hand, beside what a kernel did (Facts/cpu.json).</summary>
public sealed class CpuSchedulerTests
{
    private const long Forever = 1_000_000_000_000_000;

    [Theory]
    [InlineData("pinned_1024_512", "2/3 1/3")]
    [InlineData("pinned_2048_1024_512", "4/7 2/7 1/7")]
    [InlineData("pinned_k8s_100m_250m_besteffort", "102/360 256/360 2/360")]
    [InlineData("pinned_threads_dont_matter_1024x3threads_1024x1", "1/2 1/2")]
    [InlineData("nested_pinned", "4/9 2/9 3/9")]
    [InlineData("unpinned_2threads_each_2048_1024_512", "4/7 2/7 1/7")]
    [InlineData("unpinned_1thread_each_1024_512", "1/2 1/2")]
    [InlineData("unpinned_2threads_each_1024_512", "2/3 1/3")]
    [InlineData("unpinned_1thread_each_2048_1024_512", "3/6 2/6 1/6")]
    public void Busy_cgroups_share_as_on_a_real_kernel(string name, string exact)
    {
        JsonElement fact = CgroupFacts.Read("cpu.json", "shares").EnumerateArray()
            .Single(f => f.GetProperty("name").GetString() == name);
        int cores = fact.GetProperty("cores").GetInt32();
        var cpu = new CpuScheduler(new CpuOptions { Cores = cores });
        if (fact.TryGetProperty("weights", out JsonElement above))
        {
            foreach (JsonProperty group in above.EnumerateObject())
            {
                cpu.SetWeight(group.Name, group.Value.GetInt64(), SimTime.Zero);
            }
        }

        string[] paths = [.. fact.GetProperty("groups").EnumerateArray().Select(g => Burn(cpu, g))];
        SimTime end = Seconds(6);
        string[] shares = exact.Split(' ');
        for (int i = 0; i < paths.Length; i++)
        {
            long[] share = [.. shares[i].Split('/').Select(long.Parse)];
            long used = cpu.Stat(paths[i], end).Usage.Nanoseconds;
            Assert.Equal(6_000_000_000 * cores * share[0] / share[1], used);
            // The kernel's runs lie around the exact share, to 0.1 % of the whole.
            long perTenThousand = used / (600_000 * cores);
            Assert.InRange(
                perTenThousand, At(fact, "leastPerTenThousand", i) - 10, At(fact, "mostPerTenThousand", i) + 10);
        }
    }

    /// <summary>100m and 300m are 102 and 307 shares, weights 4 and 12; a BestEffort pod's is 1.</summary>
    [Fact]
    public void Requests_of_100m_and_300m_on_one_core_get_25_and_75_percent()
    {
        var cpu = new CpuScheduler(new CpuOptions { Cores = 1 });
        cpu.SetWeight("/a", ShareConversion.Weight(102), SimTime.Zero);
        cpu.SetWeight("/b", ShareConversion.Weight(307), SimTime.Zero);
        cpu.SetWeight("/best-effort", ShareConversion.Weight(2), SimTime.Zero);
        cpu.Enqueue("/a", Forever, SimTime.Zero);
        cpu.Enqueue("/b", Forever, SimTime.Zero);
        Assert.Equal(250_000_000, cpu.Stat("/a", Seconds(1)).Usage.Nanoseconds);
        Assert.Equal(750_000_000, cpu.Stat("/b", Seconds(1)).Usage.Nanoseconds);

        cpu.Enqueue("/best-effort", Forever, Seconds(1));
        Assert.Equal(250_000_000 + 4_000_000_000, cpu.Stat("/a", Seconds(18)).Usage.Nanoseconds);
        Assert.Equal(750_000_000 + 12_000_000_000, cpu.Stat("/b", Seconds(18)).Usage.Nanoseconds);
        Assert.Equal(1_000_000_000, cpu.Stat("/best-effort", Seconds(18)).Usage.Nanoseconds);
    }

    [Fact]
    public void A_group_borrows_what_others_leave_and_gives_it_back()
    {
        var cpu = new CpuScheduler(new CpuOptions { Cores = 1 });
        cpu.SetWeight("/g0", 1_024, SimTime.Zero);
        cpu.SetWeight("/g1", 512, SimTime.Zero);
        cpu.Enqueue("/g1", Forever, SimTime.Zero);
        long other = cpu.Enqueue("/g0", Forever, Seconds(3));
        Assert.Equal(3_000_000_000, cpu.Stat("/g1", Seconds(3)).Usage.Nanoseconds);
        Assert.True(cpu.Cancel(other, Seconds(6)));
        Assert.Equal(4_000_000_000, cpu.Stat("/g1", Seconds(6)).Usage.Nanoseconds);
        Assert.Equal(7_000_000_000, cpu.Stat("/g1", Seconds(9)).Usage.Nanoseconds);
        Assert.False(cpu.Cancel(other, Seconds(9)));
    }

    /// <summary>Three tasks of 10, 20 and 30 ms on one core: at 30 ms the first is done (10 each), at 50 the second,
    /// at 60 the third.</summary>
    [Fact]
    public void Tasks_of_one_group_share_alike_and_end_when_arithmetic_says()
    {
        var cpu = new CpuScheduler(new CpuOptions { Cores = 1 });
        foreach (int milliseconds in new[] { 30, 10, 20 })
        {
            cpu.Enqueue("/g", milliseconds * 1_000_000L, SimTime.Zero);
        }

        Assert.Equal([(2L, 30L), (3L, 50L), (1L, 60L)], Completions(cpu, Seconds(1)));
        Assert.Equal(60_000_000, cpu.Stat("/g", Seconds(1)).Usage.Nanoseconds);
    }

    [Fact]
    public void A_task_uses_one_core_at_most_and_an_idle_machine_waits_for_nothing()
    {
        var cpu = new CpuScheduler(new CpuOptions { Cores = 4 });
        cpu.Enqueue("/g", 10_000_000, SimTime.Zero);
        Assert.Equal(new SimTime(10_000_000), cpu.NextEvent);
        cpu.Advance(Seconds(1));
        Assert.Null(cpu.NextEvent);
    }

    /// <summary>Three thirds of a core: each ends at the first whole nanosecond after 100/3 × 3.</summary>
    [Fact]
    public void Shares_that_do_not_divide_lose_nothing()
    {
        var cpu = new CpuScheduler(new CpuOptions { Cores = 1 });
        foreach (string path in new[] { "/a", "/b", "/c" })
        {
            cpu.Enqueue(path, 100_000_001, SimTime.Zero);
        }

        cpu.Advance(new SimTime(300_000_002));
        Assert.False(cpu.TryTake(out _));
        cpu.Advance(new SimTime(300_000_003));
        Assert.True(cpu.TryTake(out CpuCompletion done));
        Assert.Equal(new SimTime(300_000_003), done.Finished);
        Assert.Equal(0, cpu.TaskCount);
        Assert.Equal(300_000_003, cpu.Stat("/", Seconds(1)).Usage.Nanoseconds);
    }

    /// <summary>The static CPU manager's cores: the pool of 4 has 2 left for the others.</summary>
    [Fact]
    public void Exclusive_cores_leave_the_shared_pool()
    {
        var cpu = new CpuScheduler(new CpuOptions { Cores = 4 });
        Assert.True(cpu.SetExclusiveCores("/pods/guaranteed", 2, SimTime.Zero));
        Assert.False(cpu.SetExclusiveCores("/pods/other", 2, SimTime.Zero));
        for (int i = 0; i < 4; i++)
        {
            cpu.Enqueue("/pods/shared", Forever, SimTime.Zero);
        }

        cpu.Enqueue("/pods/guaranteed", Forever, SimTime.Zero);
        Assert.Equal(2_000_000_000, cpu.Stat("/pods/shared", Seconds(1)).Usage.Nanoseconds);
        Assert.Equal(1_000_000_000, cpu.Stat("/pods/guaranteed", Seconds(1)).Usage.Nanoseconds);
        Assert.Equal(3_000_000_000, cpu.Stat("/pods", Seconds(1)).Usage.Nanoseconds);
    }

    /// <summary>Looking, and what happens elsewhere on cores that are free, must not move an end.</summary>
    [Fact]
    public void Looking_in_between_changes_nothing()
    {
        static SimTime End(int looks)
        {
            var cpu = new CpuScheduler(new CpuOptions { Cores = 2 });
            cpu.SetQuota("/a", new CpuQuota(new(66_666_667), new(100_000_000)), SimTime.Zero);
            cpu.SetWeight("/b", 37, SimTime.Zero);
            for (int i = 0; i < 3; i++)
            {
                cpu.Enqueue("/a", 777_777_777, SimTime.Zero);
                cpu.Enqueue("/b", 555_555_555, SimTime.Zero);
            }

            for (int i = 1; i <= looks; i++)
            {
                _ = cpu.Stat("/a", new SimTime(i * 1_234_567L));
            }

            cpu.Advance(Seconds(60));
            CpuCompletion last = default;
            while (cpu.TryTake(out CpuCompletion done))
            {
                last = done;
            }

            return last.Finished;
        }

        Assert.Equal(End(0), End(1_000));
        Assert.True(End(0) > Seconds(3));
    }

    [Fact]
    public void A_removed_cgroup_takes_its_tasks_along()
    {
        var cpu = new CpuScheduler(new CpuOptions { Cores = 1 });
        cpu.Enqueue("/pod/c", Forever, SimTime.Zero);
        cpu.Remove("/pod/c", Seconds(1));
        Assert.Equal(0, cpu.TaskCount);
        Assert.Null(cpu.NextEvent);
        Assert.Equal(1_000_000_000, cpu.Stat("/pod", Seconds(1)).Usage.Nanoseconds);
    }

    private static List<(long Task, long Milliseconds)> Completions(CpuScheduler cpu, SimTime until)
    {
        cpu.Advance(until);
        var list = new List<(long, long)>();
        while (cpu.TryTake(out CpuCompletion done))
        {
            list.Add((done.Task, done.Finished.Nanoseconds / 1_000_000));
        }

        return list;
    }

    private static string Burn(CpuScheduler cpu, JsonElement group)
    {
        string path = group.GetProperty("path").GetString()!; // Each has one.
        cpu.SetWeight(path, group.GetProperty("shares").GetInt64(), SimTime.Zero);
        for (int i = 0; i < group.GetProperty("threads").GetInt32(); i++)
        {
            cpu.Enqueue(path, Forever, SimTime.Zero);
        }

        return path;
    }

    private static long At(JsonElement fact, string name, int index) => fact.GetProperty(name)[index].GetInt64();

    private static SimTime Seconds(int seconds) => new(seconds * 1_000_000_000L);
}
