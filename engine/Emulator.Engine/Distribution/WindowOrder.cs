using Emulator.Core.Canonical;

namespace Emulator.Engine.Distribution;

/// <summary>
/// A batch that a window produced for another shard: the receiver opens no window before it has come.
/// </summary>
/// <param name="From">The shard that sent it.</param>
/// <param name="Window">The window that produced it.</param>
/// <param name="Events">How many messages it holds.</param>
/// <param name="Packets">How many packets travel in them.</param>
/// <param name="LeastTime">When the first of them arrives, in nanoseconds of virtual time.</param>
public readonly record struct BatchTicket(int From, long Window, int Events, long Packets, long LeastTime);

/// <summary>What a shard is told when a window opens.</summary>
public sealed record WindowOrder
{
    /// <summary>The run's epoch; an order of another is refused.</summary>
    public required int Epoch { get; init; }

    /// <summary>The window's number, rising; a shard without work is left out of a window.</summary>
    public required long Window { get; init; }

    /// <summary>Every event before this is run, in nanoseconds of virtual time.</summary>
    public required long End { get; init; }

    /// <summary>The batches that must have come.</summary>
    public required IReadOnlyList<BatchTicket> Tickets { get; init; }

    /// <summary>Up to which window each shard has taken this one's batches, which need not be kept; -1 for
    /// none.</summary>
    public required IReadOnlyList<long> TakenBy { get; init; }

    /// <summary>What comes from outside, as an event batch; empty for none.</summary>
    public ReadOnlyMemory<byte> Inputs { get; init; }

    /// <summary>What is wanted of the journal from now on; null when that has not changed.</summary>
    public JournalInterest? Interest { get; init; }

    /// <summary>Writes the order.</summary>
    public void Write(CanonicalWriter writer)
    {
        writer.Varint((ulong)Epoch);
        writer.Varint((ulong)Window);
        writer.Varint((ulong)End);
        writer.Varint((ulong)Tickets.Count);
        foreach (BatchTicket ticket in Tickets)
        {
            WriteTicket(writer, ticket);
        }

        writer.Varint((ulong)TakenBy.Count);
        foreach (long taken in TakenBy)
        {
            writer.Varint((ulong)(taken + 1));
        }

        writer.Bytes(Inputs.Span);
        writer.Bool(Interest is not null);
        Interest?.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static WindowOrder Read(CanonicalReader reader)
    {
        int epoch = reader.Int32();
        long window = (long)reader.Varint();
        long end = (long)reader.Varint();
        var tickets = new BatchTicket[reader.Count()];
        for (int i = 0; i < tickets.Length; i++)
        {
            tickets[i] = ReadTicket(reader);
        }

        var taken = new long[reader.Count()];
        for (int i = 0; i < taken.Length; i++)
        {
            taken[i] = (long)reader.Varint() - 1;
        }

        return new WindowOrder
        {
            Epoch = epoch,
            Window = window,
            End = end,
            Tickets = tickets,
            TakenBy = taken,
            Inputs = reader.Bytes(),
            Interest = reader.Bool() ? JournalInterest.Read(reader) : null,
        };
    }

    internal static void WriteTicket(CanonicalWriter writer, in BatchTicket ticket)
    {
        writer.Varint((ulong)ticket.From);
        writer.Varint((ulong)ticket.Window);
        writer.Varint((ulong)ticket.Events);
        writer.Varint((ulong)ticket.Packets);
        writer.Varint((ulong)ticket.LeastTime);
    }

    internal static BatchTicket ReadTicket(CanonicalReader reader) => new(
        reader.Int32(), (long)reader.Varint(), reader.Int32(), (long)reader.Varint(),
        (long)reader.Varint());
}
