using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Linux.NetDevices;

/// <summary>The loopback device: what goes out comes in again, a hop later.</summary>
/// <remarks>
/// In: frames from the namespace's own IPv4 output. Out: the same frames, to the namespace's own input.
/// </remarks>
public sealed class Loopback(InterfaceName journalName, ActorRef owner, long hopNanoseconds)
    : NetDevice(1, journalName, MacAddress.Zero, 65_536)
{
    /// <inheritdoc/>
    public override bool NeedsNeighbour => false;

    /// <inheritdoc/>
    protected override ActorRef Owner => owner;

    /// <inheritdoc/>
    protected override void Send(EthernetFrame frame, long offset, Outbox outbox) =>
        outbox.Send(owner, frame, offset + hopNanoseconds, Index);
}
