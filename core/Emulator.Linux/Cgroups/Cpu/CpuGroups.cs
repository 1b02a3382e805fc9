using System.Diagnostics.CodeAnalysis;

namespace Emulator.Linux.Cgroups.Cpu;

/// <summary>The tree of cgroups as the scheduler sees it, by path.</summary>
internal sealed class CpuGroups
{
    private readonly Dictionary<string, CpuGroup> _groups = new(StringComparer.Ordinal);

    public CpuGroups() => _groups.Add(Root.Path, Root);

    /// <summary>The whole machine.</summary>
    public CpuGroup Root { get; } = new("/", null);

    public bool TryGet(string path, [NotNullWhen(true)] out CpuGroup? group) => _groups.TryGetValue(path, out group);

    /// <summary>A cgroup, made with those above it where it is not there.</summary>
    /// <exception cref="InvalidOperationException">One above it has tasks of its own.</exception>
    public CpuGroup Require(string path)
    {
        if (_groups.TryGetValue(path, out CpuGroup? group))
        {
            return group;
        }

        int slash = path.LastIndexOf('/');
        if (slash < 0 || slash == path.Length - 1)
        {
            throw new ArgumentException($"'{path}' is not a cgroup's path; write one such as /kubepods.", nameof(path));
        }

        CpuGroup parent = Require(slash == 0 ? Root.Path : path[..slash]);
        if (parent.Tasks.Count > 0)
        {
            throw new InvalidOperationException($"{parent.Path} has tasks: a cgroup below it ({path}) is refused.");
        }

        parent.ChildCount++;
        group = new CpuGroup(path, parent) { Limiter = parent.Limiter };
        _groups.Add(path, group);
        return group;
    }

    /// <summary>Takes out a cgroup that is not the root and has none below it.</summary>
    public void Remove(CpuGroup group)
    {
        group.Parent!.ChildCount--; // Not the root.
        group.Parent.OwnUsage += group.OwnUsage;
        _groups.Remove(group.Path);
    }

    /// <summary>What a group and all below it have used, in parts of nanoseconds.</summary>
    public Int128 UsageOf(CpuGroup group)
    {
        if (group.ChildCount == 0)
        {
            return group.OwnUsage;
        }

        Int128 parts = 0;
        foreach (CpuGroup other in _groups.Values)
        {
            parts += other.IsAtOrBelow(group) ? other.OwnUsage : 0;
        }

        return parts;
    }

    /// <summary>Quotas have changed: each group's nearest one is looked up again.</summary>
    public void FindLimiters()
    {
        foreach (CpuGroup group in _groups.Values)
        {
            CpuGroup? limiter = group;
            while (limiter is { Bandwidth: null })
            {
                limiter = limiter.Parent;
            }

            group.Limiter = limiter;
        }
    }
}
