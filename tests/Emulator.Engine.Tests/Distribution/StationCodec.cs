using Emulator.Core.Actors;
using Emulator.Core.Canonical;
using Emulator.Core.Packets;
using Emulator.Engine.Tests.Models;

namespace Emulator.Engine.Tests.Distribution;

/// <summary>The encoding of what crosses machines in the ring of stations: frames, and kicks from outside.</summary>
public sealed class StationCodec : IMessageCodec
{
    public static readonly StationCodec Instance = new();

    public int Version => 1;

    public void Write(CanonicalWriter writer, Message message)
    {
        writer.Bool(message is Kick);
        if (message is Kick kick)
        {
            writer.Varint((ulong)kick.Number);
        }
        else
        {
            FrameCodec.Write(writer, (EthernetFrame)message);
        }
    }

    public Message Read(CanonicalReader reader) =>
        reader.Bool() ? new Kick(reader.Int32()) : FrameCodec.ReadFrame(reader);

    public bool KnowsSubject(object subject) => false;

    public void WriteSubject(CanonicalWriter writer, object subject) => throw new NotSupportedException();

    public object ReadSubject(CanonicalReader reader) => throw new NotSupportedException();
}
