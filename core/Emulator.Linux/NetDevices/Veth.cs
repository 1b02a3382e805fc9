using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Linux.NetDevices;

/// <summary>The end of a veth pair that is inside a pod; the other end is a port of the node's bridge.</summary>
/// <remarks>
/// In: frames from the bridge's actor. Out: frames to the bridge's actor, at the port that the other end is.
/// </remarks>
public sealed class Veth(
    int index, InterfaceName journalName, MacAddress mac, int mtu, ActorRef owner, ActorRef bridge, int bridgePort,
    int peerIndex, long hopNanoseconds) : NetDevice(index, journalName, mac, mtu)
{
    /// <summary>The other end's ifindex in the node.</summary>
    public int PeerIndex { get; } = peerIndex;

    /// <inheritdoc/>
    public override string Kind => "veth";

    /// <summary>Tells the bridge at the other end that this one went up or down.</summary>
    internal void TellCarrier(bool hasCarrier, Outbox outbox) =>
        outbox.Send(bridge, new SetPortCarrier(bridgePort, PeerIndex, hasCarrier));

    /// <inheritdoc/>
    protected override ActorRef Owner => owner;

    /// <inheritdoc/>
    protected override void Send(EthernetFrame frame, long offset, Outbox outbox) =>
        outbox.Send(bridge, frame, offset + hopNanoseconds, bridgePort);
}
