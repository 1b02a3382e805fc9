using System.Text.Json;
using Emulator.Core.Time;
using Emulator.Linux.Cgroups.Memory;

namespace Emulator.Linux.Tests.Cgroups;

/// <summary>Victims: what a kernel did (Facts/oom.json); instants and scores by arithmetic.</summary>
public sealed class MemoryControllerTests
{
    private const long Mebibyte = 1_048_576;
    private readonly MemoryController _memory = new(16_384 * Mebibyte);

    [Fact]
    public void The_oom_killer_takes_whom_a_real_kernel_took()
    {
        JsonElement cases = CgroupFacts.Read("oom.json", "cases");
        Assert.Equal(10, cases.GetArrayLength());
        Assert.All(cases.EnumerateArray(), c =>
        {
            var memory = new MemoryController(8_192 * Mebibyte);
            memory.SetMax("/kt", 64 * Mebibyte, SimTime.Zero);
            if (c.TryGetProperty("cacheMebibytes", out JsonElement cache))
            {
                memory.ChargeCache("/kt", cache.GetInt64() * Mebibyte, SimTime.Zero);
            }

            var killed = new List<int>();
            var ids = new List<long>();
            foreach (JsonElement process in c.GetProperty("processes").EnumerateArray())
            {
                ids.Add(memory.AddProcess("/kt", process.GetProperty("adj").GetInt32()));
                memory.Charge(ids[^1], 3_270_000 / 4, SimTime.Zero);
                Grow(memory, ids, process.GetProperty("grows").GetInt64(), killed);
            }

            Assert.Equal(c.GetProperty("killed").EnumerateArray().Select(k => k.GetInt32()), killed);
            MemoryStat stat = memory.Stat("/kt", SimTime.Zero);
            Assert.Equal(killed.Count, stat.Events.OomKill);
            Assert.True(stat.CurrentBytes <= 64 * Mebibyte, $"{c}");
        });
    }

    /// <summary>10 MiB held, 1 MiB/s leaked, 64 MiB allowed: one byte more than the limit is held at 54 s and one
    /// 1,048,576th of a second, 953.67 ns rounded up.</summary>
    [Fact]
    public void A_leak_is_killed_at_the_computed_instant()
    {
        _memory.SetMax("/pod", 64 * Mebibyte, SimTime.Zero);
        long process = _memory.AddProcess("/pod", 0);
        _memory.Charge(process, 10 * Mebibyte, SimTime.Zero);
        _memory.Leak(process, Mebibyte, SimTime.Zero);
        Assert.Equal(new SimTime(54_000_000_954), _memory.NextEvent);
        Assert.Equal(64 * Mebibyte, _memory.Stat("/pod", new SimTime(54_000_000_953)).CurrentBytes);
        _memory.Advance(new SimTime(54_000_000_954));
        Assert.True(_memory.TryTake(out OomKill kill));
        Assert.Equal(new OomKill(process, new SimTime(54_000_000_954), "/pod", "/pod"), kill);
        Assert.Null(_memory.NextEvent);
        Assert.Equal(0, _memory.Stat("/pod", new SimTime(54_000_000_954)).CurrentBytes);
    }

    [Fact]
    public void A_leak_that_changes_goes_on_from_where_it_was()
    {
        long process = _memory.AddProcess("/pod", 0);
        _memory.Leak(process, Mebibyte, SimTime.Zero);
        _memory.Leak(process, 3 * Mebibyte, Seconds(10));
        Assert.Equal(16 * Mebibyte, _memory.HeldBy(process, Seconds(12)));
        _memory.Leak(process, 0, Seconds(12));
        Assert.Equal(16 * Mebibyte, _memory.HeldBy(process, Seconds(100)));
    }

    [Fact]
    public void Page_cache_gives_way_before_anybody_is_killed()
    {
        _memory.SetMax("/pod", 64 * Mebibyte, SimTime.Zero);
        long process = _memory.AddProcess("/pod", 0);
        _memory.ChargeCache("/pod", 60 * Mebibyte, SimTime.Zero);
        _memory.Charge(process, 40 * Mebibyte, SimTime.Zero);
        MemoryStat stat = _memory.Stat("/pod", SimTime.Zero);
        Assert.Equal((40 * Mebibyte, 24 * Mebibyte), (stat.AnonymousBytes, stat.FileBytes));
        Assert.Equal(new MemoryEvents(1, 0, 0, 0), stat.Events);
    }

    [Fact]
    public void A_cgroup_that_is_killed_together_loses_all_but_the_protected()
    {
        _memory.SetMax("/pod/c", 64 * Mebibyte, SimTime.Zero);
        _memory.SetOomGroup("/pod/c", true);
        long small = _memory.AddProcess("/pod/c", 0);
        _memory.AddProcess("/pod/c", OomScoreNever);
        long large = _memory.AddProcess("/pod/c", 0);
        _memory.Charge(small, Mebibyte, SimTime.Zero);
        _memory.Charge(large, 64 * Mebibyte, SimTime.Zero);
        Assert.Equal([small, large], Killed());
        Assert.Equal(new MemoryEvents(1, 1, 2, 1), _memory.Stat("/pod", SimTime.Zero).Events);
    }

    /// <summary>A pod's own limit is passed by its containers together; the larger one dies.</summary>
    [Fact]
    public void A_limit_above_counts_all_below()
    {
        _memory.SetMax("/pod", 64 * Mebibyte, SimTime.Zero);
        long a = _memory.AddProcess("/pod/a", 0);
        long b = _memory.AddProcess("/pod/b", 0);
        _memory.Charge(a, 40 * Mebibyte, SimTime.Zero);
        _memory.Charge(b, 30 * Mebibyte, SimTime.Zero);
        Assert.Equal([a], Killed());
    }

    /// <summary>A node of 16 GiB: 4,194 pages a point. A burstable pod with 4 GiB requested (adj 750) that holds 9 GiB
    /// is taken before a BestEffort one (1,000) of 2 GiB, since it holds over 4 GiB (250 points) more; the
    /// guaranteed one (−997) is not.</summary>
    [Fact]
    public void A_machine_out_of_memory_kills_by_score()
    {
        long guaranteed = _memory.AddProcess("/kubepods/pod1", -997);
        long burstable = _memory.AddProcess("/kubepods/burstable/pod2", 750);
        long bestEffort = _memory.AddProcess("/kubepods/besteffort/pod3", 1_000);
        _memory.Charge(guaranteed, 6 * 1_024 * Mebibyte, SimTime.Zero);
        _memory.Charge(burstable, 9 * 1_024 * Mebibyte, SimTime.Zero);
        _memory.Charge(bestEffort, 2 * 1_024 * Mebibyte, SimTime.Zero);
        Assert.Equal([burstable], Killed());
    }

    [Fact]
    public void A_request_that_is_kept_protects_against_a_smaller_pod_without_one()
    {
        long burstable = _memory.AddProcess("/kubepods/burstable/pod2", 750);
        long bestEffort = _memory.AddProcess("/kubepods/besteffort/pod3", 1_000);
        _memory.Charge(burstable, 4 * 1_024 * Mebibyte, SimTime.Zero);
        _memory.Charge(bestEffort, 2 * 1_024 * Mebibyte, SimTime.Zero);
        _memory.Leak(bestEffort, 1_024 * Mebibyte, SimTime.Zero);
        _memory.Advance(Seconds(11));
        Assert.Equal([bestEffort], Killed());
    }

    [Fact]
    public void Nobody_to_kill_is_counted_and_not_tried_for_ever()
    {
        _memory.SetMax("/pod", Mebibyte, SimTime.Zero);
        long process = _memory.AddProcess("/pod", OomScoreNever);
        _memory.Leak(process, Mebibyte, SimTime.Zero);
        _memory.Advance(Seconds(10));
        Assert.Empty(Killed());
        Assert.Equal(new MemoryEvents(1, 1, 0, 0), _memory.Stat("/pod", Seconds(10)).Events);
        Assert.Equal(10 * Mebibyte, _memory.HeldBy(process, Seconds(10)));
    }

    private const int OomScoreNever = -1_000;

    private List<long> Killed()
    {
        var killed = new List<long>();
        while (_memory.TryTake(out OomKill kill))
        {
            killed.Add(kill.Process);
        }

        return killed;
    }

    private static void Grow(MemoryController memory, List<long> ids, long mebibytes, List<int> killed)
    {
        for (long held = 0; held < mebibytes && memory.HeldBy(ids[^1], SimTime.Zero) > 0; held += 8)
        {
            memory.Charge(ids[^1], Math.Min(8, mebibytes - held) * Mebibyte, SimTime.Zero);
            while (memory.TryTake(out OomKill kill))
            {
                killed.Add(ids.IndexOf(kill.Process));
            }
        }
    }

    private static SimTime Seconds(int seconds) => new(seconds * 1_000_000_000L);
}
