using Emulator.Core.Time;

namespace Emulator.Linux.Cgroups.Memory;

/// <summary>A machine's memory: who holds how much, whose page cache is dropped, whom the OOM killer takes and
/// when.</summary>
/// <remarks>
/// A state machine without messages: each call says what time it is. What a process holds is bytes and a leak of bytes
/// a second, so the instant at which a limit is passed is one division: docs/decisions/0009. Source: Linux
/// Documentation/admin-guide/cgroup-v2.rst, mm/memcontrol.c, mm/oom_kill.c. A killed process' memory is free at once.
/// Left out: swap, kernel memory, the rounding to pages, memory.high's slowing, the protection of memory.min and
/// memory.low (page cache is dropped in the order of paths).
/// </remarks>
public sealed class MemoryController
{
    private readonly SortedDictionary<string, MemoryGroup> _groups = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, MemoryProcess> _processes = [];
    private readonly Queue<OomKill> _killed = new();
    private readonly MemoryGroup _root;
    private long _lastProcess;
    private long _next = long.MaxValue;

    /// <summary>A machine's memory.</summary>
    /// <param name="capacityBytes">Its RAM, above zero.</param>
    public MemoryController(long capacityBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacityBytes);
        _root = new MemoryGroup("/", null) { Max = capacityBytes };
        _groups.Add("/", _root);
    }

    /// <summary>When a leak will pass a limit; null for never, while nothing changes.</summary>
    public SimTime? NextEvent => _next == long.MaxValue ? null : new SimTime(_next);

    /// <summary>The machine's RAM in bytes.</summary>
    public long CapacityBytes => _root.Max;

    /// <summary>Kills what is due until an instant, that instant included.</summary>
    public void Advance(SimTime now)
    {
        while (_next <= now.Nanoseconds)
        {
            long due = _next;
            foreach (MemoryGroup group in Leaking().OrderByDescending(g => g.Depth).ToArray())
            {
                Relieve(group, due);
            }

            Plan(due);
        }
    }

    /// <summary>Takes the next process that was killed, in the order in which they were.</summary>
    public bool TryTake(out OomKill kill) => _killed.TryDequeue(out kill);

    /// <summary>Makes a cgroup and those above it, where they are not there.</summary>
    public void Create(string path) => Require(path);

    /// <summary>Removes a cgroup without any below it; its processes are forgotten.</summary>
    public void Remove(string path, SimTime now)
    {
        Advance(now);
        if (!_groups.TryGetValue(path, out MemoryGroup? group) || group == _root)
        {
            return;
        }

        foreach (MemoryProcess process in _processes.Values.Where(p => p.Group == group).ToArray())
        {
            Forget(process);
        }

        AddCache(group, -group.OwnCache);
        _groups.Remove(path);
        Plan(now.Nanoseconds);
    }

    /// <summary>Sets <c>memory.max</c> in bytes, null for none: what is above is dropped or killed at once. One that is
    /// not below the machine's RAM is none: a page is found before it is charged.</summary>
    public void SetMax(string path, long? bytes, SimTime now)
    {
        Advance(now);
        MemoryGroup group = Require(path);
        group.Max = bytes is { } limit && limit < _root.Max ? limit : MemoryGroup.NoLimit;
        Relieve(group, now.Nanoseconds);
        Plan(now.Nanoseconds);
    }

    /// <summary>Sets <c>memory.oom.group</c>.</summary>
    public void SetOomGroup(string path, bool killsTogether) => Require(path).KillsTogether = killsTogether;

    /// <summary>A process that holds nothing yet.</summary>
    /// <param name="path">Its cgroup.</param>
    /// <param name="oomScoreAdjust">−1,000 (never killed) to 1,000 (the first).</param>
    /// <returns>Its number.</returns>
    public long AddProcess(string path, int oomScoreAdjust)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(oomScoreAdjust, -1_000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oomScoreAdjust, 1_000);
        var process = new MemoryProcess(++_lastProcess, Require(path), oomScoreAdjust);
        _processes.Add(process.Id, process);
        return process.Id;
    }

    /// <summary>A process has ended: what it held is free.</summary>
    public void RemoveProcess(long process, SimTime now)
    {
        Advance(now);
        if (_processes.TryGetValue(process, out MemoryProcess? found))
        {
            Forget(found);
            Plan(now.Nanoseconds);
        }
    }

    /// <summary>A process takes memory, or gives it back (negative; never more than it holds). Nothing happens for one
    /// that is gone.</summary>
    public void Charge(long process, long bytes, SimTime now) => Change(
        process, p => MemoryLine.Bytes(Math.Max(bytes, -p.Held.At(now.Nanoseconds))), now);

    /// <summary>From now on a process takes so many bytes a second, 0 or more, in place of what it took.</summary>
    public void Leak(long process, long bytesPerSecond, SimTime now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytesPerSecond);
        Change(
            process, p => MemoryLine.From(now.Nanoseconds, bytesPerSecond - p.Held.BytesPerSecond), now);
    }

    /// <summary>Page cache comes in, as by reading files; what does not fit is dropped again.</summary>
    public void ChargeCache(string path, long bytes, SimTime now)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Advance(now);
        MemoryGroup group = Require(path);
        AddCache(group, bytes);
        RelieveUpwards(group, now.Nanoseconds);
        Plan(now.Nanoseconds);
    }

    /// <summary>A cgroup's figures; all zero for one that is not there.</summary>
    public MemoryStat Stat(string path, SimTime now)
    {
        Advance(now);
        if (!_groups.TryGetValue(path, out MemoryGroup? group))
        {
            return default;
        }

        // A leak pushes page cache out bit by bit; the events are counted when something else happens.
        long held = group.Held.At(now.Nanoseconds);
        return new MemoryStat(held, Math.Clamp(group.Max - held, 0, group.Cache), group.Events);
    }

    /// <summary>What a process holds in bytes; 0 for one that is gone.</summary>
    public long HeldBy(long process, SimTime now)
    {
        Advance(now);
        return _processes.TryGetValue(process, out MemoryProcess? found) ? found.Held.At(now.Nanoseconds) : 0;
    }

    /// <summary>When processes at or below a cgroup will hold more than some bytes, while nothing changes: now if they
    /// do already, null for never.</summary>
    public SimTime? PassesAt(string path, long bytes, SimTime now)
    {
        if (!_groups.TryGetValue(path, out MemoryGroup? group))
        {
            return null;
        }

        if (group.Held.At(now.Nanoseconds) > bytes)
        {
            return now;
        }

        long at = group.Held.Passes(bytes);
        return at == long.MaxValue ? null : new SimTime(Math.Max(at, now.Nanoseconds));
    }

    private IEnumerable<MemoryGroup> Leaking() =>
        _groups.Values.Where(g => g.Held.BytesPerSecond > 0 && g.Max != MemoryGroup.NoLimit);

    private void Change(long process, Func<MemoryProcess, MemoryLine> difference, SimTime now)
    {
        Advance(now);
        if (!_processes.TryGetValue(process, out MemoryProcess? found))
        {
            return;
        }

        RelieveUpwards(found.Group, now.Nanoseconds);
        Add(found, difference(found));
        RelieveUpwards(found.Group, now.Nanoseconds);
        Plan(now.Nanoseconds);
    }

    private void RelieveUpwards(MemoryGroup group, long now)
    {
        for (MemoryGroup? above = group; above is not null; above = above.Parent)
        {
            Relieve(above, now);
        }
    }

    // Brings a cgroup below its limit: by page cache first, then by kills.
    private void Relieve(MemoryGroup group, long now)
    {
        if (group.Max == MemoryGroup.NoLimit)
        {
            return;
        }

        if (group.Cache > 0 && group.Held.At(now) + group.Cache > group.Max)
        {
            Count(group, new MemoryEvents(1, 0, 0, 0));
            Drop(group, group.Held.At(now) + group.Cache - group.Max);
        }

        group.IsHopeless = false;
        while (group.Held.At(now) > group.Max && !group.IsHopeless)
        {
            Count(group, new MemoryEvents(1, 1, 0, 0));
            if (OomKiller.Choose(_processes.Values, group, group.Max, now) is { } victim)
            {
                Kill(victim, group, now);
            }
            else
            {
                group.IsHopeless = true;
            }
        }
    }

    private void Drop(MemoryGroup group, long bytes)
    {
        foreach (MemoryGroup cached in _groups.Values)
        {
            if (bytes <= 0)
            {
                return;
            }

            if (cached.OwnCache > 0 && cached.IsAtOrBelow(group))
            {
                long dropped = Math.Min(bytes, cached.OwnCache);
                AddCache(cached, -dropped);
                bytes -= dropped;
            }
        }
    }

    private void Kill(MemoryProcess victim, MemoryGroup limited, long now)
    {
        MemoryGroup? together = OomKiller.Together(victim, limited);
        if (together is not null)
        {
            Count(together, new MemoryEvents(0, 0, 0, 1));
        }

        MemoryProcess[] all = together is null
            ? [victim]
            : [.. _processes.Values.Where(
                p => p.Group.IsAtOrBelow(together) && p.OomScoreAdjust != OomKiller.NeverKilled)];
        foreach (MemoryProcess process in all)
        {
            Count(process.Group, new MemoryEvents(0, 0, 1, 0));
            Forget(process);
            _killed.Enqueue(new OomKill(process.Id, new SimTime(now), process.Group.Path, limited.Path));
        }
    }

    private void Forget(MemoryProcess process)
    {
        _processes.Remove(process.Id);
        Add(process, new MemoryLine(-process.Held.Base, -process.Held.BytesPerSecond));
    }

    private static void Add(MemoryProcess process, MemoryLine line)
    {
        process.Held += line;
        for (MemoryGroup? group = process.Group; group is not null; group = group.Parent)
        {
            group.Held += line;
        }
    }

    private static void AddCache(MemoryGroup group, long bytes)
    {
        group.OwnCache += bytes;
        for (MemoryGroup? above = group; above is not null; above = above.Parent)
        {
            above.Cache += bytes;
        }
    }

    private static void Count(MemoryGroup group, MemoryEvents more)
    {
        for (MemoryGroup? above = group; above is not null; above = above.Parent)
        {
            MemoryEvents all = above.Events;
            above.Events = new MemoryEvents(
                all.Max + more.Max, all.Oom + more.Oom, all.OomKill + more.OomKill,
                all.OomGroupKill + more.OomGroupKill);
        }
    }

    private void Plan(long now)
    {
        _next = long.MaxValue;
        if (_root.Held.BytesPerSecond == 0)
        {
            return;
        }

        foreach (MemoryGroup group in Leaking())
        {
            if (!group.IsHopeless)
            {
                _next = Math.Min(_next, Math.Max(now, group.Held.Passes(group.Max)));
            }
        }
    }

    private MemoryGroup Require(string path)
    {
        if (_groups.TryGetValue(path, out MemoryGroup? group))
        {
            return group;
        }

        int slash = path.LastIndexOf('/');
        if (slash < 0 || slash == path.Length - 1)
        {
            throw new ArgumentException($"'{path}' is not a cgroup's path; write one such as /kubepods.", nameof(path));
        }

        MemoryGroup parent = Require(slash == 0 ? "/" : path[..slash]);
        group = new MemoryGroup(path, parent);
        _groups.Add(path, group);
        return group;
    }
}
