using Emulator.Core.Canonical;

namespace Emulator.Engine.Distribution;

/// <summary>
/// What a shard is told when a stretch begins: a series of windows that the shards run among themselves, without asking
/// where the run was started.
/// </summary>
public sealed record StretchOrder
{
    /// <summary>The run's epoch; an order of another is refused.</summary>
    public required int Epoch { get; init; }

    /// <summary>The stretch's number in the epoch; 0 starts the actors and runs nothing else.</summary>
    public required long Stretch { get; init; }

    /// <summary>Every event before this is run, in nanoseconds of virtual time, unless the stretch is full.</summary>
    public required long Until { get; init; }

    /// <summary>
    /// For each shard the least time of what comes to it from outside, or <see cref="long.MaxValue"/>.
    /// </summary>
    public required IReadOnlyList<long> InputTimes { get; init; }

    /// <summary>What comes from outside to this shard, as an event batch; empty for none.</summary>
    public ReadOnlyMemory<byte> Inputs { get; init; }

    /// <summary>What is wanted of the journal from now on; null when that has not changed.</summary>
    public JournalInterest? Interest { get; init; }

    /// <summary>Writes the order.</summary>
    public void Write(CanonicalWriter writer)
    {
        writer.Varint((ulong)Epoch);
        writer.Varint((ulong)Stretch);
        writer.Varint((ulong)Until);
        writer.Varint((ulong)InputTimes.Count);
        foreach (long time in InputTimes)
        {
            writer.Varint((ulong)time);
        }

        writer.Bytes(Inputs.Span);
        writer.Bool(Interest is not null);
        Interest?.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static StretchOrder Read(CanonicalReader reader)
    {
        int epoch = reader.Int32();
        long stretch = (long)reader.Varint();
        long until = (long)reader.Varint();
        var inputTimes = new long[reader.Count()];
        for (int i = 0; i < inputTimes.Length; i++)
        {
            inputTimes[i] = (long)reader.Varint();
        }

        return new StretchOrder
        {
            Epoch = epoch,
            Stretch = stretch,
            Until = until,
            InputTimes = inputTimes,
            Inputs = reader.Bytes(),
            Interest = reader.Bool() ? JournalInterest.Read(reader) : null,
        };
    }
}
