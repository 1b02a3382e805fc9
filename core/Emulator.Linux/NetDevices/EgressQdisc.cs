using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Underlay;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Linux.NetDevices;

/// <summary>What an actor sends itself for a frame that waits in a device's queueing discipline: its turn has
/// come.</summary>
/// <param name="Frame">The frame.</param>
public sealed record QdiscDeparture(EthernetFrame Frame) : Message
{
    /// <inheritdoc/>
    public override int PacketCount => 1;
}

/// <summary>The root queueing discipline of a device: a token bucket, a netem, or a netem below a token
/// bucket.</summary>
/// <remarks>
/// A waiting frame is a message under way to the device's own actor. It is seen at the device when it leaves, not
/// before, as by a capture on Linux. In: frames that the device was asked to send. Out: <see cref="QdiscDeparture"/> at
/// the device's number; drops (<c>QdiscDrop</c>, <c>LinkLoss</c>, checksums) and copies to the journal.
/// </remarks>
internal sealed class EgressQdisc : IShapedEnd
{
    private readonly ActorRef _owner;
    private readonly int _number;
    private readonly FrameShaper _shaper;

    /// <summary>For a device of an actor.</summary>
    /// <param name="owner">The actor that the device belongs to.</param>
    /// <param name="device">The device's name, for its dice.</param>
    /// <param name="number">Its number there: what <see cref="QdiscDeparture"/> comes with.</param>
    public EgressQdisc(ActorRef owner, string device, int number)
    {
        (_owner, _number) = (owner, number);
        _shaper = new FrameShaper(owner, device, this);
    }

    /// <summary>What <c>tc qdisc</c> calls the root.</summary>
    public string Name => _shaper.Tbf is not null ? "tbf" : _shaper.Netem is not null ? "netem" : "noqueue";

    /// <summary>Whether frames pass it by: it was deleted. It stays, so that one that comes later has new
    /// dice.</summary>
    public bool IsNone => _shaper is { Tbf: null, Netem: null };

    /// <summary><c>tc qdisc replace</c>.</summary>
    public void Replace(TbfOptions? tbf, NetemOptions? netem) => _shaper.Adopt(tbf, netem);

    /// <summary>Takes a frame.</summary>
    public void Enqueue(EthernetFrame frame, long offset, InterfaceName at, Outbox outbox) =>
        _shaper.Shape(frame, outbox.Now.Nanoseconds + offset, at, outbox);

    void IShapedEnd.Launch(EthernetFrame frame, long departure, Outbox outbox) =>
        outbox.Send(_owner, new QdiscDeparture(frame), departure - outbox.Now.Nanoseconds, _number);
}
