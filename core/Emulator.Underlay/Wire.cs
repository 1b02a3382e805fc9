using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Underlay;

/// <summary>One direction of a link between two machines, owned by the machine that sends.</summary>
public sealed class Wire(ActorRef sender, ActorRef receiver, int receiverPort, WireOptions options)
{
    /// <summary>What the wire is like now; faults replace it.</summary>
    public WireOptions Options { get; set; } = options;

    /// <summary>Who sends.</summary>
    public ActorRef Sender { get; } = sender;

    /// <summary>Who receives.</summary>
    public ActorRef Receiver { get; } = receiver;

    /// <summary>Sends a frame: it arrives at the receiver's port later, or ends here with a reason.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="offsetNanoseconds">Processing time at the sender since now: when the frame reaches the wire.</param>
    /// <param name="at">The sending interface, for the journal.</param>
    /// <param name="outbox">Where it goes.</param>
    public void Transmit(EthernetFrame frame, long offsetNanoseconds, InterfaceName at, Outbox outbox) =>
        outbox.Send(Receiver, frame, offsetNanoseconds + Options.LatencyNanoseconds, receiverPort);

    /// <summary>Sends a session segment, in order.</summary>
    public void Transmit(SessionSegment segment, Outbox outbox) =>
        outbox.Send(Receiver, segment, Options.LatencyNanoseconds, receiverPort);
}
