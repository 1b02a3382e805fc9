using Emulator.Core.Actors;
using Emulator.Core.Canonical;
using Emulator.Engine.Execution;

namespace Emulator.Engine.Canonical;

/// <summary>Which batch of events it is.</summary>
/// <param name="Epoch">The run's epoch.</param>
/// <param name="From">The shard that produced it.</param>
/// <param name="To">The shard that takes it.</param>
/// <param name="Window">The window that produced it.</param>
public readonly record struct EventBatchHeader(int Epoch, int From, int To, long Window);

/// <summary>Events on their way from one shard to another.</summary>
/// <param name="Header">Which batch it is.</param>
/// <param name="Events">The events, in the order in which they were sent.</param>
public sealed record EventBatch(EventBatchHeader Header, IReadOnlyList<ScheduledEvent> Events);

/// <summary>Batches of events in the canonical encoding.</summary>
/// <remarks>
/// <code>
/// version | epoch | from | to | window | count | count x ( time - time before | step | sequence | port | sender |
/// to | message )
/// </code>
/// </remarks>
public static class EventBatchCodec
{
    /// <summary>Writes a batch.</summary>
    /// <param name="writer">Its buffer is used again; what was written before is gone.</param>
    /// <param name="header">Which batch it is.</param>
    /// <param name="events">The events.</param>
    /// <param name="codec">How messages are written.</param>
    public static byte[] Encode(
        CanonicalWriter writer, in EventBatchHeader header, IReadOnlyList<ScheduledEvent> events, IMessageCodec codec)
    {
        writer.Clear();
        writer.Varint((ulong)codec.Version);
        writer.Varint((ulong)header.Epoch);
        writer.Varint((ulong)header.From);
        writer.Varint((ulong)header.To);
        writer.Varint((ulong)header.Window);
        writer.Varint((ulong)events.Count);
        long time = 0;
        for (int i = 0; i < events.Count; i++)
        {
            ScheduledEvent scheduled = events[i];
            writer.Signed(scheduled.Time - time);
            time = scheduled.Time;
            writer.Varint(scheduled.Step);
            writer.Varint(scheduled.Sequence);
            writer.Signed(scheduled.Port);
            writer.Actor(scheduled.Sender);
            writer.Actor(scheduled.To);
            codec.Write(writer, scheduled.Message);
        }

        return writer.ToArray();
    }

    /// <summary>Reads a batch.</summary>
    /// <exception cref="FormatException">The bytes are no batch of this version.</exception>
    public static EventBatch Decode(ReadOnlyMemory<byte> bytes, IMessageCodec codec, IActorDirectory directory)
    {
        var reader = new CanonicalReader(bytes, directory);
        ulong version = reader.Varint();
        if (version != (ulong)codec.Version)
        {
            throw reader.Malformed($"the batch is of version {version}, this program reads {codec.Version}");
        }

        EventBatchHeader header = new(reader.Int32(), reader.Int32(), reader.Int32(), (long)reader.Varint());
        var events = new ScheduledEvent[reader.Count()];
        long time = 0;
        for (int i = 0; i < events.Length; i++)
        {
            ref ScheduledEvent scheduled = ref events[i];
            scheduled.Time = time += reader.Signed();
            scheduled.Step = (uint)reader.Varint();
            scheduled.Sequence = reader.Varint();
            scheduled.Port = (int)reader.Signed();
            ActorRef sender = reader.Actor();
            scheduled.Sender = sender;
            scheduled.SenderId = sender.Id.Value;
            scheduled.To = reader.Actor();
            scheduled.Message = codec.Read(reader);
        }

        return reader.Remaining == 0 ? new EventBatch(header, events)
            : throw reader.Malformed($"{reader.Remaining} bytes are left over");
    }
}
