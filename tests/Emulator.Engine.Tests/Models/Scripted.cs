using Emulator.Core.Actors;

namespace Emulator.Engine.Tests.Models;

/// <summary>A message with a number.</summary>
public sealed record Note(int Number) : Message;

/// <summary>A message that carries packets.</summary>
public sealed record Parcel(int Packets) : Message
{
    public override int PacketCount => Packets;
}

/// <summary>An actor that does what the test says, and remembers what it was told.</summary>
public sealed class Scripted(
    ActorRef self, Action<Scripted, Message, Outbox>? onMessage = null, Action<Scripted, Outbox>? onStart = null)
    : Actor(self)
{
    public List<(long Time, Message Message)> Told { get; } = [];

    public int Held { get; set; }

    public override int HeldPackets => Held;

    public override void OnStart(Outbox outbox) => onStart?.Invoke(this, outbox);

    public override void Receive(Message message, int port, Outbox outbox)
    {
        Told.Add((outbox.Now.Nanoseconds, message));
        onMessage?.Invoke(this, message, outbox);
    }
}
