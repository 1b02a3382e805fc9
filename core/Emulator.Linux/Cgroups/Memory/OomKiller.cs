namespace Emulator.Linux.Cgroups.Memory;

/// <summary>Chooses whom the OOM killer takes.</summary>
/// <remarks>Source: Linux mm/oom_kill.c (oom_badness, select_bad_process, mem_cgroup_get_oom_group). Of two alike the
/// one that came later goes.</remarks>
internal static class OomKiller
{
    /// <summary>An oom_score_adj with which a process is never taken.</summary>
    public const int NeverKilled = -1_000;

    private const long PageBytes = 4_096;
    private const long AdjustScale = 1_000;

    /// <summary>Points of a process: its pages, and thousandths of all pages that it could have.</summary>
    public static long Badness(long bytes, int oomScoreAdjust, long limitBytes) =>
        (bytes / PageBytes) + (oomScoreAdjust * (limitBytes / PageBytes / AdjustScale));

    /// <summary>The process of most points at or below a cgroup; null when none may be killed.</summary>
    /// <param name="processes">All processes, the oldest first.</param>
    /// <param name="limited">The cgroup that is out of memory.</param>
    /// <param name="limitBytes">What it could have had.</param>
    /// <param name="now">What time it is.</param>
    public static MemoryProcess? Choose(
        IEnumerable<MemoryProcess> processes, MemoryGroup limited, long limitBytes, long now)
    {
        MemoryProcess? chosen = null;
        long most = long.MinValue;
        foreach (MemoryProcess process in processes)
        {
            if (process.OomScoreAdjust == NeverKilled || !process.Group.IsAtOrBelow(limited))
            {
                continue;
            }

            long points = Badness(process.Held.At(now), process.OomScoreAdjust, limitBytes);
            if (points >= most)
            {
                (chosen, most) = (process, points);
            }
        }

        return chosen;
    }

    /// <summary>The highest cgroup from the victim's up to the limited one that is killed as a whole; null for
    /// none.</summary>
    public static MemoryGroup? Together(MemoryProcess victim, MemoryGroup limited)
    {
        MemoryGroup? together = null;
        for (MemoryGroup? group = victim.Group; group is not null; group = group.Parent)
        {
            together = group.KillsTogether ? group : together;
            if (group == limited)
            {
                break;
            }
        }

        return together;
    }
}
