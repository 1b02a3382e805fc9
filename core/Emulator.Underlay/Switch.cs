using System.Diagnostics;
using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Underlay;

/// <summary>
/// A zone's Ethernet switch: learns who is where, forwards, floods. With a <see cref="Gateway"/> it routes too.
/// </summary>
/// <remarks>
/// Source: IEEE 802.1D section 7 (learning, ageing, flooding). Left out: spanning tree (switches are joined each with
/// each), VLANs.
/// A frame takes 1 µs from the port in to the port out. A frame for the port that it came from ends with
/// <c>BridgeNoPort</c>, as on a port without hairpin. Session segments are no frames: they go by the receiver's
/// machine,
/// through a table given at build.
/// In: frames and session segments from wires; <see cref="ChangeWire"/>.
/// Out: the same to the wires of other ports.
/// </remarks>
public sealed class Switch(ActorRef self) : Actor(self)
{
    /// <summary>From a port in to a port out.</summary>
    public const long SwitchingNanoseconds = 1_000;

    private readonly List<SwitchPort> _ports = [];
    private readonly SwitchFdb _fdb = new();
    private readonly Dictionary<MachineRef, int> _sessionPorts = [];
    private Gateway? _gateway;

    /// <summary>The ports in order of their numbers, from 1.</summary>
    public IReadOnlyList<SwitchPort> Ports => _ports;

    /// <summary>The number that the next port will have: what the peer's wire to this switch must name.</summary>
    public int NextPort => _ports.Count + 1;

    /// <summary>Adds a port, before the run.</summary>
    /// <param name="mac">The port's own address.</param>
    /// <param name="wire">The wire to the peer.</param>
    /// <param name="name">The port's name; null for <c>sw-</c> and the peer's machine name.</param>
    /// <param name="isTrunk">Whether the peer is another zone's switch.</param>
    /// <returns>The port's number.</returns>
    public int AddPort(MacAddress mac, Wire wire, string? name = null, bool isTrunk = false)
    {
        string machine = Self.Machine.Name;
        InterfaceName journalName = new(machine, machine, name ?? $"sw-{wire.Receiver.Machine.Name}");
        _ports.Add(new SwitchPort(NextPort, journalName, mac, wire, isTrunk));
        return _ports.Count;
    }

    /// <summary>Says behind which port a machine's sessions are to be found, before the run.</summary>
    public void RouteSessions(MachineRef machine, int port) => _sessionPorts[machine] = Port(port).Number;

    /// <summary>Makes the switch route between its own subnet and others, before the run.</summary>
    public void UseGateway(GatewayOptions options) => _gateway = new Gateway(this, options);

    /// <inheritdoc/>
    public override void Receive(Message message, int port, Outbox outbox)
    {
        switch (message)
        {
            case EthernetFrame frame:
                TakeFrame(frame, Port(port), outbox);
                break;
            case SessionSegment segment:
                ForwardSession(segment, outbox);
                break;
            case ChangeWire change:
                Port(change.Port).Wire.Change(change.Options, outbox);
                break;
            default:
                throw new UnreachableException($"{Self.Name}: a switch does not take {message}.");
        }
    }

    /// <summary>Sends a frame out of a port, one switching time from now.</summary>
    internal void Emit(EthernetFrame frame, int port, Outbox outbox)
    {
        SwitchPort to = _ports[port - 1];
        outbox.Hop(Self, to.JournalName, Direction.Out, frame, SwitchingNanoseconds);
        to.Wire.Transmit(frame, SwitchingNanoseconds, to.JournalName, outbox);
    }

    private SwitchPort Port(int number) => number >= 1 && number <= _ports.Count
        ? _ports[number - 1]
        : throw new ArgumentOutOfRangeException(
            nameof(number),
            number,
            $"{Self.Name} has ports 1 to {_ports.Count}; the wire names another as the receiver's port.");

    private void TakeFrame(EthernetFrame frame, SwitchPort ingress, Outbox outbox)
    {
        outbox.Hop(Self, ingress.JournalName, Direction.In, frame, 0);
        _fdb.Learn(frame.Source, ingress.Number, outbox.Now);
        if (_gateway is not null && _gateway.Takes(frame))
        {
            _gateway.Receive(frame, ingress.Number, outbox);
            return;
        }

        int egress = frame.Destination.IsGroup ? 0 : _fdb.Find(frame.Destination, outbox.Now);
        if (egress == 0)
        {
            Flood(frame, ingress, outbox);
        }
        else if (egress == ingress.Number)
        {
            outbox.Dropped(Self, frame.Payload, DropReason.BridgeNoPort, at: ingress.JournalName);
        }
        else
        {
            Emit(frame, egress, outbox);
        }
    }

    private void Flood(EthernetFrame frame, SwitchPort ingress, Outbox outbox)
    {
        int copies = 0;
        foreach (SwitchPort port in _ports)
        {
            copies += Floods(port, ingress) ? 1 : 0;
        }

        if (copies == 0)
        {
            outbox.Dropped(Self, frame.Payload, DropReason.BridgeNoPort, at: ingress.JournalName);
            return;
        }

        if (copies > 1)
        {
            outbox.Copied(Self, frame.Payload, copies - 1);
        }

        for (int i = _ports.Count - 1; i >= 0; i--) // The newest first, as a Linux bridge does.
        {
            if (Floods(_ports[i], ingress))
            {
                Emit(frame, _ports[i].Number, outbox);
            }
        }
    }

    /// <summary>
    /// Zones' switches are joined each with each. Where they bridge, what came over a trunk is not flooded into another
    /// (split horizon, RFC 4762 section 4.4), so no frame circles; where they route, nothing is flooded into a trunk.
    /// </summary>
    private bool Floods(SwitchPort port, SwitchPort ingress) =>
        port.Number != ingress.Number && (!port.IsTrunk || (_gateway is null && !ingress.IsTrunk));

    private void ForwardSession(SessionSegment segment, Outbox outbox)
    {
        MachineRef machine = segment.To.Machine;
        if (!_sessionPorts.TryGetValue(machine, out int port))
        {
            throw new InvalidOperationException(
                $"{Self.Name} has no way to {machine.Name} for the sessions of {segment.From.Name}; "
                + "call RouteSessions for every machine of the run.");
        }

        _ports[port - 1].Wire.Transmit(segment, outbox);
    }
}
