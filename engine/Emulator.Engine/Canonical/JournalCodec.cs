using Emulator.Core.Canonical;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Engine.Canonical;

/// <summary>Journal entries in the canonical encoding, for projections in another process.</summary>
/// <remarks>
/// Rules, routes and the like arrive as the text that they describe themselves with, and one object stays one object
/// within a batch; names of interfaces and whatever else has no text of its own arrive as they print.
/// </remarks>
public static class JournalCodec
{
    private const byte Nothing = 0;
    private const byte Frame = 1;
    private const byte Packet = 2;
    private const byte Text = 3;
    private const byte Described = 4;
    private const byte Known = 5;

    /// <summary>Begins a batch.</summary>
    public static void Begin(CanonicalWriter writer, IMessageCodec codec)
    {
        writer.Clear();
        writer.Varint((ulong)codec.Version);
    }

    /// <summary>Appends an entry to a batch.</summary>
    /// <param name="writer">Where the batch is written.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="withPacket">Whether a frame or packet that it is about is written too.</param>
    /// <param name="codec">How what messages hold is written.</param>
    public static void Write(CanonicalWriter writer, in JournalEntry entry, bool withPacket, IMessageCodec codec)
    {
        writer.Byte((byte)entry.Kind);
        writer.Byte((byte)((byte)entry.Direction | (entry.IsReply ? 4 : 0) | (entry.Interface is null ? 0 : 8)));
        writer.Byte((byte)entry.Reason);
        writer.Varint((ulong)entry.TimeNanoseconds);
        writer.Actor(entry.Actor);
        if (entry.Interface is InterfaceName at)
        {
            writer.Interface(at);
        }

        writer.Fixed64(entry.Packet);
        writer.Fixed64(entry.Flow);
        writer.Signed(entry.A);
        writer.Signed(entry.B);
        writer.Varint((ulong)entry.Length);
        WriteSubject(writer, entry.Subject, withPacket, codec);
    }

    /// <summary>Reads a batch.</summary>
    /// <exception cref="FormatException">The bytes are no batch of this version.</exception>
    public static JournalEntry[] Decode(ReadOnlyMemory<byte> bytes, IMessageCodec codec, IActorDirectory directory)
    {
        var reader = new CanonicalReader(bytes, directory);
        ulong version = reader.Varint();
        if (version != (ulong)codec.Version)
        {
            throw reader.Malformed($"the journal is of version {version}, this program reads {codec.Version}");
        }

        List<JournalEntry> entries = [];
        while (reader.Remaining > 0)
        {
            var kind = (JournalKind)reader.Byte();
            byte flags = reader.Byte();
            entries.Add(new JournalEntry
            {
                Kind = kind,
                Direction = (Direction)(flags & 3),
                IsReply = (flags & 4) != 0,
                Reason = (DropReason)reader.Byte(),
                TimeNanoseconds = (long)reader.Varint(),
                Actor = reader.Actor(),
                Interface = (flags & 8) != 0 ? reader.Interface() : null,
                Packet = reader.Fixed64(),
                Flow = reader.Fixed64(),
                A = reader.Signed(),
                B = reader.Signed(),
                Length = reader.Int32(),
                Subject = ReadSubject(reader, codec),
            });
        }

        return [.. entries];
    }

    private static void WriteSubject(CanonicalWriter writer, object? subject, bool withPacket, IMessageCodec codec)
    {
        switch (subject)
        {
            case EthernetFrame frame when withPacket:
                writer.Byte(Frame);
                writer.Shared(frame, FrameCodec.Write);
                break;
            case NetworkPacket packet when withPacket:
                writer.Byte(Packet);
                writer.Shared(packet, FrameCodec.Write);
                break;
            case string text:
                writer.Byte(Text);
                writer.Name(text);
                break;
            case null or EthernetFrame or NetworkPacket:
                writer.Byte(Nothing);
                break;
            case not null when codec.KnowsSubject(subject):
                writer.Byte(Known);
                codec.WriteSubject(writer, subject);
                break;
            case IDescribed described:
                writer.Byte(Described);
                writer.Shared(described, static (to, its) => to.Name(its.Describe()));
                break;
            default:
                writer.Byte(Text);
                writer.Name(subject.ToString() ?? "");
                break;
        }
    }

    private static object? ReadSubject(CanonicalReader reader, IMessageCodec codec) => reader.Byte() switch
    {
        Nothing => null,
        Frame => reader.Shared(FrameCodec.ReadFrame),
        Packet => reader.Shared(FrameCodec.ReadPacket),
        Text => reader.Name(),
        Described => reader.Shared(static from => new DescribedText(from.Name())),
        Known => codec.ReadSubject(reader),
        byte other => throw reader.Malformed($"{other} is no kind of subject"),
    };

    /// <summary>What something in another process says of itself.</summary>
    private sealed class DescribedText(string text) : IDescribed
    {
        public string Describe() => text;
    }
}
