using Emulator.Core.Time;

namespace Emulator.Linux.Cgroups.Cpu;

/// <summary>A machine's processors, shared among cgroups: who has CPU time when, and when a task is done.</summary>
/// <remarks>
/// A state machine without messages: each call says what time it is, never less than the last call's, and first does
/// everything that was due until then. Computed at events only: see docs/decisions/0011. Tasks of one cgroup share
/// alike and run in leaves only, as cgroup v2's rule "no internal processes" has it. Left out: nice values, real-time
/// classes, placement on cores, the latency of being scheduled.
/// </remarks>
public sealed class CpuScheduler
{
    private readonly CpuOptions _options;
    private readonly CpuSharing _sharing;
    private readonly CpuGroups _groups = new();
    private readonly Dictionary<long, CpuTask> _tasks = [];
    private readonly List<CpuGroup> _busy = [];
    private readonly List<CpuTask> _done = [];
    private readonly Queue<CpuCompletion> _completed = new();
    private int _exclusive;
    private long _lastTask;
    private long _now;
    private long _next = long.MaxValue;

    /// <summary>Processors without work.</summary>
    /// <exception cref="ArgumentException">Less than one core, or a tick or its offset out of range.</exception>
    public CpuScheduler(CpuOptions options)
    {
        if (options.Cores < 1 || options.Tick < SimDuration.Zero || options.TickOffset < SimDuration.Zero
            || (options.TickOffset > SimDuration.Zero && options.TickOffset >= options.Tick))
        {
            throw new ArgumentException(
                $"{options}: give 1 core or more, a tick of 0 or more, and an offset below it.", nameof(options));
        }

        _options = options;
        _sharing = new CpuSharing(_groups.Root, options.Cores);
    }

    /// <summary>When something will happen of itself; null for never, while nothing changes.</summary>
    public SimTime? NextEvent => _next == long.MaxValue ? null : new SimTime(_next);

    /// <summary>Tasks that want CPU time.</summary>
    public int TaskCount => _tasks.Count;

    /// <summary>Does what is due until an instant, that instant included.</summary>
    public void Advance(SimTime now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(now.Nanoseconds, _now);
        while (_next <= now.Nanoseconds)
        {
            Settle(_next);
            Happen();
        }
    }

    /// <summary>Takes the next task that is done, in the order in which they were.</summary>
    public bool TryTake(out CpuCompletion completion) => _completed.TryDequeue(out completion);

    /// <summary>Gives a cgroup work.</summary>
    /// <param name="path">The cgroup; made if it is not there.</param>
    /// <param name="nanoseconds">CPU time wanted, 0 or more; it uses one core at most.</param>
    /// <param name="now">What time it is.</param>
    /// <returns>The task's number.</returns>
    /// <exception cref="InvalidOperationException">The cgroup has cgroups below it.</exception>
    public long Enqueue(string path, long nanoseconds, SimTime now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nanoseconds);
        Go(now);
        CpuGroup group = _groups.Require(path);
        if (group.ChildCount > 0)
        {
            throw new InvalidOperationException($"{path} has cgroups below it: run tasks in one of those.");
        }

        Int128 finish = group.Virtual + ((Int128)nanoseconds * CpuRate.PartsPerNanosecond);
        var task = new CpuTask(++_lastTask, group, finish, _now, group.BlockedNanoseconds);
        _tasks.Add(task.Id, task);
        if (group.Tasks.Count == 0)
        {
            _busy.Add(group);
        }

        group.Add(task);
        for (CpuGroup? above = group; above is not null; above = above.Parent)
        {
            if (above.TaskCount++ == 0 && above.Bandwidth is { } bandwidth)
            {
                Wake(bandwidth);
            }
        }

        Divide();
        return task.Id;
    }

    /// <summary>Takes a task away; false when it is done or was never there.</summary>
    public bool Cancel(long task, SimTime now)
    {
        Go(now);
        if (!_tasks.TryGetValue(task, out CpuTask? found))
        {
            return false;
        }

        Leave(found);
        Divide();
        return true;
    }

    /// <summary>Sets <c>cpu.weight</c> (or v1's <c>cpu.shares</c>): 1 or more, default 100.</summary>
    public void SetWeight(string path, long weight, SimTime now)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(weight, 1);
        Go(now);
        _groups.Require(path).Weight = weight;
        Divide();
    }

    /// <summary>Sets <c>cpu.max</c>; null for no limit. The period's quota is full again and the grid of periods starts
    /// now; counters go on.</summary>
    public void SetQuota(string path, CpuQuota? quota, SimTime now)
    {
        Go(now);
        CpuGroup group = _groups.Require(path);
        CpuBandwidth? before = group.Bandwidth;
        group.Bandwidth = quota is not { } q
            ? null
            : new CpuBandwidth(q.Quota.Nanoseconds, q.Period.Nanoseconds, q.Burst.Nanoseconds, _now);
        group.UsedSince = 0;
        if (before is not null)
        {
            group.Bandwidth?.Inherit(before);
        }

        _groups.FindLimiters();
        Divide();
    }

    /// <summary>Gives a cgroup cores of its own, which leave the shared pool; 0 puts it back there.</summary>
    /// <returns>False, and nothing is done, when no core would be left to share.</returns>
    public bool SetExclusiveCores(string path, int cores, SimTime now)
    {
        Go(now);
        CpuGroup group = _groups.Require(path);
        int all = _exclusive - group.ExclusiveCores + cores;
        if (cores < 0 || group == _groups.Root || all >= _options.Cores)
        {
            return false;
        }

        (group.ExclusiveCores, _exclusive) = (cores, all);
        Divide();
        return true;
    }

    /// <summary>Makes a cgroup and those above it, where they are not there.</summary>
    public void Create(string path) => _groups.Require(path);

    /// <summary>Removes a cgroup without any below it; its tasks are cancelled. Its usage stays counted
    /// above.</summary>
    public void Remove(string path, SimTime now)
    {
        Go(now);
        if (!_groups.TryGet(path, out CpuGroup? group) || group == _groups.Root)
        {
            return;
        }

        if (group.ChildCount > 0)
        {
            throw new InvalidOperationException($"{path} has cgroups below it: remove those first.");
        }

        foreach (CpuTask task in group.Tasks.ToArray())
        {
            Leave(task);
        }

        _exclusive -= group.ExclusiveCores;
        _groups.Remove(group);
        Divide();
    }

    /// <summary>A cgroup's figures; all zero for one that is not there. Looking changes nothing.</summary>
    public CpuStat Stat(string path, SimTime now)
    {
        Advance(now);
        if (!_groups.TryGet(path, out CpuGroup? group))
        {
            return default;
        }

        Int128 since = SinceSettling(group, now.Nanoseconds);
        var usage = new SimDuration((long)((_groups.UsageOf(group) + since) / CpuRate.PartsPerNanosecond));
        if (group.Bandwidth?.Copy() is not { } bandwidth)
        {
            return new CpuStat(usage, 0, 0, SimDuration.Zero, 0, SimDuration.Zero);
        }

        if (group.TaskCount == 0)
        {
            bandwidth.Rest(now.Nanoseconds);
        }
        else
        {
            bandwidth.Advance(now.Nanoseconds, since, Math.Min(group.TaskCount, _options.Cores));
        }

        return new CpuStat(
            usage, bandwidth.Periods, bandwidth.ThrottledPeriods, new SimDuration(bandwidth.ThrottledNanoseconds),
            bandwidth.Bursts, new SimDuration(bandwidth.BurstNanoseconds));
    }

    // Before a change: what was due, and all work until now.
    private void Go(SimTime now)
    {
        Advance(now);
        Settle(now.Nanoseconds);
    }

    // Rates did not change since the last settling: all work since then is known.
    private void Settle(long now)
    {
        long elapsed = now - _now;
        if (elapsed == 0)
        {
            return;
        }

        foreach (CpuGroup leaf in _busy)
        {
            if (leaf.IsBlocked)
            {
                leaf.BlockedNanoseconds += elapsed;
                continue;
            }

            Int128 each = Each(leaf, now);
            leaf.Given += each;
            leaf.Virtual += each;
            Int128 parts = each * leaf.AnchorTasks;
            leaf.OwnUsage += parts;
            for (CpuGroup? limited = leaf.Limiter; limited is not null; limited = limited.Parent?.Limiter)
            {
                limited.UsedSince += parts;
            }
        }

        foreach (CpuGroup limited in _sharing.Limited)
        {
            // It has a quota: only those are listed. A throttled group may hold fewer tasks than cores.
            limited.Bandwidth!.Advance(now, limited.UsedSince, Math.Min(limited.TaskCount, _options.Cores));
            limited.UsedSince = 0;
        }

        _now = now;
    }

    // What each task of a group has had since the last settling.
    private static Int128 Each(CpuGroup leaf, long now) => leaf.IsBlocked
        ? 0
        : (leaf.AnchorRate.Served(now - leaf.Anchor) / leaf.AnchorTasks) - leaf.Given;

    private Int128 SinceSettling(CpuGroup group, long now)
    {
        Int128 parts = 0;
        foreach (CpuGroup leaf in _busy)
        {
            parts += leaf.IsAtOrBelow(group) ? Each(leaf, now) * leaf.AnchorTasks : 0;
        }

        return parts;
    }

    // Everything that is due now: tasks that are done, then groups whose quota is spent.
    private void Happen()
    {
        _done.Clear();
        foreach (CpuGroup leaf in _busy)
        {
            if (!leaf.IsBlocked && leaf.FirstFinish <= leaf.Virtual)
            {
                _done.AddRange(leaf.Tasks.TakeWhile(t => t.Finish <= leaf.Virtual));
            }
        }

        _done.Sort(static (left, right) => left.Id.CompareTo(right.Id));
        foreach (CpuTask task in _done)
        {
            Refund(task);
            Leave(task);
            _completed.Enqueue(new CpuCompletion(
                task.Id, new SimTime(task.Started), new SimTime(_now),
                new SimDuration(task.Group.BlockedNanoseconds - task.BlockedBefore)));
        }

        Divide();
    }

    private static void Refund(CpuTask task)
    {
        Int128 above = task.Group.Virtual - task.Finish;
        task.Group.OwnUsage -= above;
        for (CpuGroup? limited = task.Group.Limiter; limited is not null; limited = limited.Parent?.Limiter)
        {
            limited.Bandwidth!.Return(above); // A limiter has a quota.
        }
    }

    private void Leave(CpuTask task)
    {
        _tasks.Remove(task.Id);
        task.Group.Take(task);
        for (CpuGroup? above = task.Group; above is not null; above = above.Parent)
        {
            above.TaskCount--;
        }

        if (task.Group.Tasks.Count == 0)
        {
            _busy.Remove(task.Group);
            task.Group.IsBlocked = false;
            task.Group.AnchorTasks = 0;
        }
    }

    private void Wake(CpuBandwidth bandwidth)
    {
        bandwidth.Rest(_now);
        if (bandwidth.IsSpent)
        {
            bandwidth.Throttle(); // A group that wakes without quota waits for the period's end at once.
        }
    }

    private void Divide()
    {
        ThrottleSpent();
        _sharing.Divide(_busy, _exclusive);
        _next = long.MaxValue;
        foreach (CpuGroup leaf in _busy)
        {
            if (leaf.IsBlocked)
            {
                leaf.AnchorTasks = 0;
                continue;
            }

            if (leaf.AnchorTasks != leaf.OwnTasks || !leaf.AnchorRate.IsSameAs(leaf.Rate))
            {
                (leaf.Anchor, leaf.AnchorRate, leaf.AnchorTasks) = (_now, leaf.Rate, leaf.OwnTasks);
                leaf.Given = 0;
            }

            // What is missing is counted from the anchor.
            Int128 missing = (leaf.FirstFinish - leaf.Virtual + leaf.Given) * leaf.AnchorTasks;
            Consider(Math.Max(_now, After(leaf.Anchor, leaf.Rate.TimeFor(missing))));
        }

        foreach (CpuGroup limited in _sharing.Limited)
        {
            Consider(limited.Bandwidth!.NextEvent(
                limited.Rate, _options.Tick.Nanoseconds, _options.TickOffset.Nanoseconds)); // See Settle.
        }
    }

    private void ThrottleSpent()
    {
        long tick = _options.Tick.Nanoseconds;
        bool isTick = tick == 0 || (_now - _options.TickOffset.Nanoseconds) % tick == 0;
        if (!isTick)
        {
            return;
        }

        foreach (CpuGroup limited in _sharing.Limited)
        {
            if (limited is { TaskCount: > 0, Bandwidth: { IsSpent: true, IsThrottled: false } bandwidth })
            {
                bandwidth.Throttle();
            }
        }
    }

    private void Consider(long time) => _next = Math.Min(_next, time);

    private static long After(long time, long nanoseconds) =>
        nanoseconds > long.MaxValue - time ? long.MaxValue : time + nanoseconds;
}
