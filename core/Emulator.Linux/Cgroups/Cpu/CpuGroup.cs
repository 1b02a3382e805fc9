namespace Emulator.Linux.Cgroups.Cpu;

/// <summary>A cgroup as the scheduler sees it.</summary>
internal sealed class CpuGroup(string path, CpuGroup? parent)
{
    public string Path { get; } = path;

    public CpuGroup? Parent { get; } = parent;

    /// <summary>Groups directly below.</summary>
    public int ChildCount { get; set; }

    public long Weight { get; set; } = 100;

    public CpuBandwidth? Bandwidth { get; set; }

    /// <summary>Cores of its own; 0 means that it shares.</summary>
    public int ExclusiveCores { get; set; }

    /// <summary>The nearest group with a quota, this one or one above it; null where nothing limits it.</summary>
    public CpuGroup? Limiter { get; set; }

    /// <summary>CPU time that its own tasks used, and groups below it that are gone, in parts of nanoseconds.</summary>
    public Int128 OwnUsage { get; set; }

    /// <summary>Tasks in it and all below.</summary>
    public int TaskCount { get; set; }

    /// <summary>Its own tasks, the next to finish first.</summary>
    public SortedSet<CpuTask> Tasks { get; } = new(CpuTask.ByFinish);

    // What is asked at every event, beside the set so that nobody must go there.
    public int OwnTasks { get; private set; }

    /// <summary>The virtual time at which its first task is done.</summary>
    public Int128 FirstFinish { get; private set; }

    /// <summary>What one task that was always here would have had, in parts of nanoseconds.</summary>
    public Int128 Virtual { get; set; }

    /// <summary>How long its tasks could not run because it or a group above was throttled.</summary>
    public long BlockedNanoseconds { get; set; }

    /// <summary>Cores that it gets now, with all below.</summary>
    public CpuRate Rate { get; set; }

    // Since when its own tasks are served alike: at which rate, how many, and how much each has had since then. Work is
    // always computed from there, so that looking in between rounds nothing.
    public long Anchor { get; set; }

    public CpuRate AnchorRate { get; set; }

    public int AnchorTasks { get; set; }

    public Int128 Given { get; set; }

    // What one pass of CpuSharing works with.
    public long Pass { get; set; }

    public int Runnable { get; set; }

    public bool IsBlocked { get; set; }

    public bool IsCapped { get; set; }

    /// <summary>What was used below it since the last settling; for groups with a quota.</summary>
    public Int128 UsedSince { get; set; }

    // Its runnable children as a chain: no list that would have to be fetched from memory.
    public CpuGroup? FirstActive { get; private set; }

    public CpuGroup? NextActive { get; private set; }

    /// <summary>Begins a pass of <see cref="CpuSharing"/>: nobody below it is known to be runnable yet.</summary>
    public void Enter(long pass)
    {
        Pass = pass;
        Rate = CpuRate.Zero;
        Runnable = 0;
        FirstActive = null;
    }

    /// <summary>A child is runnable.</summary>
    public void Activate(CpuGroup child)
    {
        child.NextActive = FirstActive;
        FirstActive = child;
    }

    public void Add(CpuTask task)
    {
        FirstFinish = OwnTasks == 0 ? task.Finish : Int128.Min(FirstFinish, task.Finish);
        Tasks.Add(task);
        OwnTasks++;
    }

    public void Take(CpuTask task)
    {
        Tasks.Remove(task);
        OwnTasks--;
        FirstFinish = Tasks.Min?.Finish ?? 0;
    }

    public bool IsAtOrBelow(CpuGroup other)
    {
        CpuGroup? group = this;
        while (group is not null && group != other)
        {
            group = group.Parent;
        }

        return group is not null;
    }
}

/// <summary>Something that wants CPU time.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Group">Where it runs.</param>
/// <param name="Finish">The group's virtual time at which it is done.</param>
/// <param name="Started">When it came.</param>
/// <param name="BlockedBefore">The group's blocked time then.</param>
internal sealed record CpuTask(long Id, CpuGroup Group, Int128 Finish, long Started, long BlockedBefore)
{
    public static readonly IComparer<CpuTask> ByFinish = Comparer<CpuTask>.Create(static (left, right) =>
    {
        int finish = left.Finish.CompareTo(right.Finish);
        return finish != 0 ? finish : left.Id.CompareTo(right.Id);
    });
}
