using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Underlay;

namespace Emulator.Linux.NetDevices;

/// <summary>A machine's network card: the near end of a wire to a switch.</summary>
/// <remarks>In: frames from the wire. Out: frames onto the wire, which adds queueing, transmission and
/// latency.</remarks>
public sealed class Nic(int index, InterfaceName journalName, MacAddress mac, int mtu, ActorRef owner, Wire wire)
    : NetDevice(index, journalName, mac, mtu)
{
    /// <summary>The wire out.</summary>
    public Wire Wire { get; } = wire;

    /// <inheritdoc/>
    protected override ActorRef Owner => owner;

    /// <inheritdoc/>
    protected override void Send(EthernetFrame frame, long offset, Outbox outbox) =>
        Wire.Transmit(frame, offset, JournalName, outbox);
}
