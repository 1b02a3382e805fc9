namespace Emulator.Core.Actors;

/// <summary>
/// Sent by the engine to a machine's root actor when a message arrives for an actor that has ended. The root ends
/// packets
/// with <c>DeviceGone</c> and resets sessions.
/// </summary>
/// <param name="To">Who is gone.</param>
/// <param name="Undelivered">What could not be delivered.</param>
public sealed record UndeliveredMessage(ActorRef To, Message Undelivered) : Message
{
    /// <inheritdoc/>
    public override int PacketCount => Undelivered.PacketCount;
}
