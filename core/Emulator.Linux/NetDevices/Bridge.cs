using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Linux.NetDevices;

/// <summary>The bridge's own interface in its node (<c>cni0</c>): where routed packets enter and leave the
/// bridge.</summary>
/// <remarks>
/// In: frames that the bridge's actor passes up, as <see cref="BridgeVerdict"/> or <see cref="EthernetFrame"/>. Out:
/// frames to
/// the bridge's actor, at port 0.
/// </remarks>
public sealed class Bridge(
    int index, InterfaceName journalName, MacAddress mac, int mtu, ActorRef owner, ActorRef actor, long hopNanoseconds)
    : NetDevice(index, journalName, mac, mtu)
{
    /// <inheritdoc/>
    public override string Kind => "bridge";

    /// <summary>The actor that holds ports and FDB.</summary>
    public ActorRef Actor { get; } = actor;

    /// <summary>How many ports were ever added: the last port's number.</summary>
    public int LastPort { get; set; }

    /// <inheritdoc/>
    protected override ActorRef Owner => owner;

    /// <inheritdoc/>
    protected override void Send(EthernetFrame frame, long offset, Outbox outbox) =>
        outbox.Send(Actor, frame, offset + hopNanoseconds, BridgeActor.LocalPort);
}
