namespace Emulator.Linux.Cgroups.Memory;

/// <summary>A cgroup as the memory controller sees it.</summary>
internal sealed class MemoryGroup(string path, MemoryGroup? parent)
{
    public const long NoLimit = long.MaxValue;

    public string Path { get; } = path;

    public MemoryGroup? Parent { get; } = parent;

    public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

    /// <summary>memory.max in bytes; of the root the machine's RAM.</summary>
    public long Max { get; set; } = NoLimit;

    public bool KillsTogether { get; set; }

    /// <summary>What the processes at and below it hold.</summary>
    public MemoryLine Held { get; set; }

    /// <summary>Page cache charged to this cgroup itself.</summary>
    public long OwnCache { get; set; }

    /// <summary>Page cache of it and all below.</summary>
    public long Cache { get; set; }

    public MemoryEvents Events { get; set; }

    /// <summary>True while it is above its limit and nobody may be killed.</summary>
    public bool IsHopeless { get; set; }

    public bool IsAtOrBelow(MemoryGroup other)
    {
        MemoryGroup? group = this;
        while (group is not null && group != other)
        {
            group = group.Parent;
        }

        return group is not null;
    }
}

/// <summary>A process that holds memory.</summary>
internal sealed class MemoryProcess(long id, MemoryGroup group, int oomScoreAdjust)
{
    public long Id { get; } = id;

    public MemoryGroup Group { get; } = group;

    public int OomScoreAdjust { get; } = oomScoreAdjust;

    public MemoryLine Held { get; set; }
}

/// <summary>Bytes that grow with time: a straight line through all instants.</summary>
/// <param name="Base">At the start of the run, in billionths of a byte; may be negative.</param>
/// <param name="BytesPerSecond">How fast it grows.</param>
internal readonly record struct MemoryLine(Int128 Base, long BytesPerSecond)
{
    private const long Billion = 1_000_000_000;

    public static MemoryLine operator +(MemoryLine left, MemoryLine right) =>
        new(left.Base + right.Base, left.BytesPerSecond + right.BytesPerSecond);

    public static MemoryLine operator -(MemoryLine left, MemoryLine right) =>
        new(left.Base - right.Base, left.BytesPerSecond - right.BytesPerSecond);

    public static MemoryLine Bytes(long bytes) => new((Int128)bytes * Billion, 0);

    /// <summary>A line that is zero at an instant.</summary>
    public static MemoryLine From(long now, long bytesPerSecond) => new(-(Int128)bytesPerSecond * now, bytesPerSecond);

    /// <summary>Whole bytes at an instant, rounded down.</summary>
    public long At(long now) => (long)((Base + ((Int128)BytesPerSecond * now)) / Billion);

    /// <summary>The first instant at which it is more than some bytes; <see cref="long.MaxValue"/> for never.</summary>
    public long Passes(long bytes)
    {
        if (BytesPerSecond <= 0 || bytes == MemoryGroup.NoLimit)
        {
            return long.MaxValue;
        }

        // The first whole nanosecond at which one byte more is held in full.
        Int128 missing = (((Int128)bytes + 1) * Billion) - Base;
        Int128 time = (missing + BytesPerSecond - 1) / BytesPerSecond;
        return time > long.MaxValue ? long.MaxValue : (long)time;
    }
}
