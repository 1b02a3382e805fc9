using Emulator.Core.Canonical;

namespace Emulator.Engine.Distribution;

/// <summary>What a shard says when a window has ended: the barrier's message.</summary>
public sealed record WindowReport
{
    /// <summary>The window that ended; 0 for the start.</summary>
    public required long Window { get; init; }

    /// <summary>The time of the shard's next event, or <see cref="long.MaxValue"/>.</summary>
    public required long NextTime { get; init; }

    /// <summary>Messages delivered since the start.</summary>
    public required long Events { get; init; }

    /// <summary>What was sent to other shards, by receiver; tickets without events are left out.</summary>
    public required IReadOnlyList<(int To, BatchTicket Ticket)> Sent { get; init; }

    /// <summary>What the window journaled, as far as it is wanted.</summary>
    public ReadOnlyMemory<byte> Journal { get; init; }

    /// <summary>Calls made to grains since the start; 0 with local delivery.</summary>
    public long GrainCalls { get; init; }

    /// <summary>Batches that had not come when the window was to open: it did not. Null when it was run.</summary>
    public IReadOnlyList<BatchTicket>? Missing { get; init; }

    /// <summary>Why the run cannot go on, or null.</summary>
    public string? Failure { get; init; }

    /// <summary>Writes the report.</summary>
    public void Write(CanonicalWriter writer)
    {
        writer.Varint((ulong)Window);
        writer.Varint((ulong)NextTime);
        writer.Varint((ulong)Events);
        writer.Varint((ulong)Sent.Count);
        foreach ((int to, BatchTicket ticket) in Sent)
        {
            writer.Varint((ulong)to);
            WindowOrder.WriteTicket(writer, ticket);
        }

        writer.Bytes(Journal.Span);
        writer.Varint((ulong)GrainCalls);
        writer.Varint((ulong)(Missing?.Count ?? 0));
        foreach (BatchTicket ticket in Missing ?? [])
        {
            WindowOrder.WriteTicket(writer, ticket);
        }

        writer.String(Failure ?? "");
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static WindowReport Read(CanonicalReader reader)
    {
        long window = (long)reader.Varint();
        long next = (long)reader.Varint();
        long events = (long)reader.Varint();
        var sent = new (int, BatchTicket)[reader.Count()];
        for (int i = 0; i < sent.Length; i++)
        {
            sent[i] = (reader.Int32(), WindowOrder.ReadTicket(reader));
        }

        ReadOnlyMemory<byte> journal = reader.Bytes();
        long calls = (long)reader.Varint();
        var missing = new BatchTicket[reader.Count()];
        for (int i = 0; i < missing.Length; i++)
        {
            missing[i] = WindowOrder.ReadTicket(reader);
        }

        string failure = reader.String();
        return new WindowReport
        {
            Window = window,
            NextTime = next,
            Events = events,
            Sent = sent,
            Journal = journal,
            GrainCalls = calls,
            Missing = missing.Length == 0 ? null : missing,
            Failure = failure.Length == 0 ? null : failure,
        };
    }
}

/// <summary>What a shard's machines have come to, between windows.</summary>
/// <param name="Digests">Each machine's digest.</param>
/// <param name="Packets">Packets in the shard's queue and in its actors' own queues.</param>
public sealed record ShardTotals(IReadOnlyDictionary<string, ulong> Digests, long Packets);
