namespace Emulator.Linux.Cgroups.Cpu;

/// <summary>Divides a machine's cores among the cgroups that have something to run.</summary>
/// <remarks>Generalised processor sharing down the tree: children share by weight, none gets more cores than it has
/// runnable tasks, and what one leaves goes to its siblings by weight. Source: the fair shares of Linux
/// kernel/sched/fair.c; placement on cores is left out.</remarks>
internal sealed class CpuSharing(CpuGroup root, int cores)
{
    private readonly List<CpuGroup> _pools = [];
    private long _pass;

    /// <summary>Groups with a quota that have tasks at or below them, as of the last pass.</summary>
    public List<CpuGroup> Limited { get; } = [];

    /// <summary>Sets the rate of every group that has tasks.</summary>
    /// <param name="busy">The groups with tasks of their own.</param>
    /// <param name="exclusive">Cores that belong to groups with cores of their own.</param>
    public void Divide(List<CpuGroup> busy, int exclusive)
    {
        _pass++;
        Limited.Clear();
        _pools.Clear();
        Enter(root);
        foreach (CpuGroup leaf in busy)
        {
            Count(leaf);
        }

        Give(root, Least(CpuRate.Of(cores - exclusive), root.Runnable));
        foreach (CpuGroup pool in _pools)
        {
            Give(pool, Least(CpuRate.Of(pool.ExclusiveCores), pool.Runnable));
            for (CpuGroup? above = pool.Parent; above is not null; above = above.Parent)
            {
                above.Rate = above.Rate.Plus(pool.Rate);
            }
        }
    }

    private void Count(CpuGroup leaf)
    {
        bool isBlocked = false;
        for (CpuGroup? group = leaf; group is not null; group = group.Parent)
        {
            if (group.Pass != _pass)
            {
                Enter(group);
            }

            isBlocked |= group.Bandwidth is { IsThrottled: true };
        }

        leaf.IsBlocked = isBlocked;
        int tasks = isBlocked ? 0 : leaf.OwnTasks;
        bool isShared = true;
        for (CpuGroup? group = leaf; tasks > 0 && isShared && group is not null; group = group.Parent)
        {
            isShared = group.ExclusiveCores == 0;
            if (group.Runnable == 0 && group.Parent is { } parent)
            {
                if (isShared)
                {
                    parent.Activate(group);
                }
                else
                {
                    _pools.Add(group);
                }
            }

            group.Runnable += tasks;
        }
    }

    private void Enter(CpuGroup group)
    {
        group.Enter(_pass);
        if (group.Bandwidth is not null)
        {
            Limited.Add(group);
        }
    }

    private static void Give(CpuGroup group, CpuRate rate)
    {
        group.Rate = rate;
        if (group.FirstActive is { NextActive: null } only)
        {
            Give(only, Least(rate, only.Runnable));
        }
        else if (group.FirstActive is { } first)
        {
            Divide(first, rate);
        }
    }

    private static void Divide(CpuGroup first, CpuRate rate)
    {
        long weights = 0;
        for (CpuGroup? child = first; child is not null; child = child.NextActive)
        {
            child.IsCapped = false;
            weights += child.Weight;
        }

        long taken = 0;
        bool again = true;
        while (again)
        {
            (long roundTaken, long roundWeights) = (taken, weights);
            again = false;
            for (CpuGroup? child = first; child is not null; child = child.NextActive)
            {
                if (!child.IsCapped
                    && CpuRate.ShareReaches(rate, roundTaken, child.Weight, roundWeights, child.Runnable))
                {
                    child.IsCapped = true;
                    taken += child.Runnable;
                    weights -= child.Weight;
                    again = weights > 0;
                }
            }
        }

        for (CpuGroup? child = first; child is not null; child = child.NextActive)
        {
            Give(
                child,
                child.IsCapped ? CpuRate.Of(child.Runnable) : CpuRate.Share(rate, taken, child.Weight, weights));
        }
    }

    private static CpuRate Least(CpuRate rate, int runnable) =>
        rate.Numerator >= (Int128)runnable * rate.Denominator ? CpuRate.Of(runnable) : rate;
}
