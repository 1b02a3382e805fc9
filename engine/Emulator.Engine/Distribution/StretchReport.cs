using Emulator.Core.Canonical;

namespace Emulator.Engine.Distribution;

/// <summary>What a shard says when a stretch has ended, or when it does not get on with it.</summary>
public sealed record StretchReport
{
    /// <summary>The stretch; 0 is the start.</summary>
    public required long Stretch { get; init; }

    /// <summary>The last window of which this shard has done its part, and told the others if there was any.</summary>
    public required long Window { get; init; }

    /// <summary>
    /// Whether the stretch has not ended: it takes long, or notices are missing. The same order goes on with it.
    /// </summary>
    public bool IsUnfinished { get; init; }

    /// <summary>Of an unfinished stretch: the shards whose notices of <see cref="Window"/> have not come.</summary>
    public IReadOnlyList<int> MissingFrom { get; init; } = [];

    /// <summary>Everything before this has happened, in all shards alike.</summary>
    public long Reached { get; init; }

    /// <summary>The time of the shard's next event, or <see cref="long.MaxValue"/>.</summary>
    public long NextTime { get; init; }

    /// <summary>Windows of the stretch in which this shard had work.</summary>
    public long BusyWindows { get; init; }

    /// <summary>Batches that the stretch produced for other shards.</summary>
    public long Batches { get; init; }

    /// <summary>Messages in them.</summary>
    public long Messages { get; init; }

    /// <summary>Messages delivered since the start of the epoch.</summary>
    public long Events { get; init; }

    /// <summary>Calls made to grains since the start of the epoch; 0 with local delivery.</summary>
    public long GrainCalls { get; init; }

    /// <summary>What the stretch journaled, as far as it is wanted.</summary>
    public ReadOnlyMemory<byte> Journal { get; init; }

    /// <summary>How many of the journal's entries each window has that has any, by rising window.</summary>
    public IReadOnlyList<(long Window, int Entries)> JournalWindows { get; init; } = [];

    /// <summary>Why the run cannot go on, or null.</summary>
    public string? Failure { get; init; }

    /// <summary>Writes the report.</summary>
    public void Write(CanonicalWriter writer)
    {
        writer.Varint((ulong)Stretch);
        writer.Varint((ulong)Window);
        writer.Bool(IsUnfinished);
        writer.Varint((ulong)MissingFrom.Count);
        foreach (int shard in MissingFrom)
        {
            writer.Varint((ulong)shard);
        }

        writer.Varint((ulong)Reached);
        writer.Varint((ulong)NextTime);
        writer.Varint((ulong)BusyWindows);
        writer.Varint((ulong)Batches);
        writer.Varint((ulong)Messages);
        writer.Varint((ulong)Events);
        writer.Varint((ulong)GrainCalls);
        writer.Bytes(Journal.Span);
        writer.Varint((ulong)JournalWindows.Count);
        foreach ((long window, int entries) in JournalWindows)
        {
            writer.Varint((ulong)window);
            writer.Varint((ulong)entries);
        }

        writer.String(Failure ?? "");
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static StretchReport Read(CanonicalReader reader)
    {
        long stretch = (long)reader.Varint();
        long window = (long)reader.Varint();
        bool isUnfinished = reader.Bool();
        var missing = new int[reader.Count()];
        for (int i = 0; i < missing.Length; i++)
        {
            missing[i] = reader.Int32();
        }

        var report = new StretchReport
        {
            Stretch = stretch,
            Window = window,
            IsUnfinished = isUnfinished,
            MissingFrom = missing,
            Reached = (long)reader.Varint(),
            NextTime = (long)reader.Varint(),
            BusyWindows = (long)reader.Varint(),
            Batches = (long)reader.Varint(),
            Messages = (long)reader.Varint(),
            Events = (long)reader.Varint(),
            GrainCalls = (long)reader.Varint(),
            Journal = reader.Bytes(),
        };
        var windows = new (long, int)[reader.Count()];
        for (int i = 0; i < windows.Length; i++)
        {
            windows[i] = ((long)reader.Varint(), reader.Int32());
        }

        string failure = reader.String();
        return report with { JournalWindows = windows, Failure = failure.Length == 0 ? null : failure };
    }
}

/// <summary>What a shard's machines have come to, between stretches.</summary>
/// <param name="Digests">Each machine's digest.</param>
/// <param name="Packets">Packets in the shard's queue and in its actors' own queues.</param>
public sealed record ShardTotals(IReadOnlyDictionary<string, ulong> Digests, long Packets);
