using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Linux.NetDevices;

/// <summary>The end of a veth pair that is in the node: shown by <c>ip link</c>, worked by the bridge's
/// actor.</summary>
/// <remarks>In and out: nothing passes here; see <see cref="BridgeActor"/>.</remarks>
public sealed class BridgePort(
    int index, InterfaceName journalName, MacAddress mac, int mtu, ActorRef owner, int number, ActorRef peerNamespace,
    string master) : NetDevice(index, journalName, mac, mtu)
{
    /// <inheritdoc/>
    public override string Kind => "veth";

    /// <summary>The port's number at the bridge, from 1.</summary>
    public int Number { get; } = number;

    /// <summary>The namespace at the other end.</summary>
    public ActorRef PeerNamespace { get; } = peerNamespace;

    /// <summary>The bridge that it is a port of.</summary>
    public string Master { get; } = master;

    /// <summary>Whether a frame may go back out of the port that it came in by.</summary>
    public bool Hairpin { get; set; }

    /// <inheritdoc/>
    protected override ActorRef Owner => owner;

    /// <inheritdoc/>
    protected override void Send(EthernetFrame frame, long offset, Outbox outbox) =>
        throw new InvalidOperationException(
            $"{JournalName}: a bridge port has no address and sends nothing of its own.");
}
