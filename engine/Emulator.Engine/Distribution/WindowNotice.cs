using Emulator.Core.Canonical;

namespace Emulator.Engine.Distribution;

/// <summary>A batch that a window produced for another shard, as all shards are told of it.</summary>
/// <param name="To">The shard that takes it.</param>
/// <param name="Events">How many messages it holds.</param>
/// <param name="LeastTime">When the first of them arrives, in nanoseconds of virtual time.</param>
public readonly record struct BatchTicket(int To, int Events, long LeastTime);

/// <summary>
/// What a shard that had work in a window tells every other process when the window has ended: the barrier's message,
/// with the batches for that process' shards. No shard opens the next window before it has the notices of all that had
/// work in this one.
/// </summary>
/// <remarks>
/// <code>
/// epoch | from | window | next time | kept bytes | count x (to | events | least time) | count x (to | batch)
/// </code>
/// </remarks>
public sealed record WindowNotice
{
    /// <summary>The run's epoch.</summary>
    public required int Epoch { get; init; }

    /// <summary>The shard whose window has ended.</summary>
    public required int From { get; init; }

    /// <summary>The window; 0 is the start.</summary>
    public required long Window { get; init; }

    /// <summary>The time of the shard's next event, or <see cref="long.MaxValue"/>.</summary>
    public required long NextTime { get; init; }

    /// <summary>Bytes of journal and batches that the shard keeps until the stretch has ended.</summary>
    public required long KeptBytes { get; init; }

    /// <summary>All batches of the window, for whichever process.</summary>
    public required IReadOnlyList<BatchTicket> Tickets { get; init; }

    /// <summary>The batches for the shards of the process that is told.</summary>
    public required IReadOnlyList<(int To, ReadOnlyMemory<byte> Batch)> Batches { get; init; }

    /// <summary>The batch for a shard; empty where there is none.</summary>
    public ReadOnlyMemory<byte> BatchFor(int shard)
    {
        foreach ((int to, ReadOnlyMemory<byte> batch) in Batches)
        {
            if (to == shard)
            {
                return batch;
            }
        }

        return default;
    }

    /// <summary>The ticket of the batch for a shard; null where there is none.</summary>
    public BatchTicket? TicketFor(int shard)
    {
        foreach (BatchTicket ticket in Tickets)
        {
            if (ticket.To == shard)
            {
                return ticket;
            }
        }

        return null;
    }

    /// <summary>Writes the notice.</summary>
    public void Write(CanonicalWriter writer)
    {
        writer.Varint((ulong)Epoch);
        writer.Varint((ulong)From);
        writer.Varint((ulong)Window);
        writer.Varint((ulong)NextTime);
        writer.Varint((ulong)KeptBytes);
        writer.Varint((ulong)Tickets.Count);
        foreach (BatchTicket ticket in Tickets)
        {
            writer.Varint((ulong)ticket.To);
            writer.Varint((ulong)ticket.Events);
            writer.Varint((ulong)ticket.LeastTime);
        }

        writer.Varint((ulong)Batches.Count);
        foreach ((int to, ReadOnlyMemory<byte> batch) in Batches)
        {
            writer.Varint((ulong)to);
            writer.Bytes(batch.Span);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote; the batches are windows over the bytes.</summary>
    public static WindowNotice Read(CanonicalReader reader)
    {
        int epoch = reader.Int32();
        int from = reader.Int32();
        long window = (long)reader.Varint();
        long next = (long)reader.Varint();
        long kept = (long)reader.Varint();
        var tickets = new BatchTicket[reader.Count()];
        for (int i = 0; i < tickets.Length; i++)
        {
            tickets[i] = new BatchTicket(reader.Int32(), reader.Int32(), (long)reader.Varint());
        }

        var batches = new (int, ReadOnlyMemory<byte>)[reader.Count()];
        for (int i = 0; i < batches.Length; i++)
        {
            batches[i] = (reader.Int32(), reader.Bytes());
        }

        return new WindowNotice
        {
            Epoch = epoch,
            From = from,
            Window = window,
            NextTime = next,
            KeptBytes = kept,
            Tickets = tickets,
            Batches = batches,
        };
    }
}
