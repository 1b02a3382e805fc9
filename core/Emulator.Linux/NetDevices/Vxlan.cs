using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Linux.Netlink;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.NetDevices;

/// <summary>A VXLAN tunnel endpoint (<c>flannel.1</c>): frames in UDP datagrams to the node that its FDB
/// names.</summary>
/// <remarks>
/// In: frames from the node's IPv4 output; datagrams from its IPv4 input, at <see cref="Decapsulate"/>. Out: UDP
/// datagrams to the
/// node's IPv4 output (50 bytes longer); frames to its IPv4 input. The outer source port is a hash of the inner flow,
/// the
/// same both ways for UDP and ICMP. A datagram whose own way leads into the tunnel ends with <c>RecursionLimit</c>: at
/// once where its route says so (Linux: ELOOP), after eight turns where a rule changed its way.
/// Source: RFC 7348. Not modelled: learning, multicast groups.
/// </remarks>
public sealed class Vxlan : NetDevice
{
    private const int PortFirst = 32_768;
    private const uint PortCount = 28_232;

    // Linux: XMIT_RECURSION_LIMIT.
    private const int RecursionMax = 8;

    private readonly NetworkNamespace _netns;
    private readonly AddVxlan _options;
    private readonly SortedDictionary<MacAddress, IPv4Address> _fdb = [];
    private int _nesting;

    internal Vxlan(int index, InterfaceName journalName, AddVxlan options, NetworkNamespace netns)
        : base(index, journalName, options.Mac, options.Mtu)
    {
        _options = options;
        _netns = netns;
    }

    /// <inheritdoc/>
    public override string Kind => "vxlan";

    /// <summary>The network identifier.</summary>
    public int Vni => _options.Vni;

    /// <summary>The UDP port that it listens at.</summary>
    public ushort DestinationPort => _options.DestinationPort;

    /// <summary>The forwarding entries, by MAC: the shared peers' and its own.</summary>
    public IEnumerable<(MacAddress Mac, IPv4Address Destination)> Fdb =>
        _netns.Fib.Peers is { } peers && peers.View.Device == Name
            ? peers.Peers.Select(p => (p.VtepMac, p.NodeAddress)).Concat(_fdb.Select(e => (e.Key, e.Value)))
            : _fdb.Select(e => (e.Key, e.Value));

    /// <inheritdoc/>
    protected override ActorRef Owner => _netns.Self;

    /// <summary><c>bridge fdb append</c>.</summary>
    public void AddFdbEntry(MacAddress mac, IPv4Address destination) => _fdb[mac] = destination;

    /// <summary><c>bridge fdb del</c>.</summary>
    public void RemoveFdbEntry(MacAddress mac) => _fdb.Remove(mac);

    /// <summary>Takes a frame out of a datagram that came for this endpoint.</summary>
    internal void Decapsulate(IPv4Packet outer, VxlanPayload tunnelled, long offset, Outbox outbox)
    {
        if (tunnelled.Vni != Vni)
        {
            _netns.Drop(outer, DropReason.VxlanVniUnknown, null, this, offset, outbox);
            return;
        }

        if (outbox.Journal.Detail)
        {
            outbox.Detail(_netns.Self, JournalKind.Tunnel, outer, $"vxlan decap vni {Vni} from {outer.Source}");
        }

        _netns.Input.Receive(this, tunnelled.Frame, default, 0, offset, outbox);
    }

    /// <inheritdoc/>
    protected override void Send(EthernetFrame frame, long offset, Outbox outbox)
    {
        if (!TryFind(frame, out IPv4Address remote))
        {
            _netns.Drop(frame.Payload, DropReason.VxlanNoEntry, null, this, offset, outbox);
            return;
        }

        if (outbox.Journal.Detail)
        {
            outbox.Detail(_netns.Self, JournalKind.Tunnel, frame.Payload, $"vxlan encap vni {Vni} to {remote}");
        }

        var datagram = new UdpDatagram(SourcePort(frame.Payload), DestinationPort, new VxlanPayload(Vni, frame));
        if (_nesting == RecursionMax)
        {
            _netns.Drop(frame.Payload, DropReason.RecursionLimit, null, this, offset, outbox);
            return;
        }

        _nesting++;
        if (!_netns.Output.TrySendTunnelled(
            this, _options.Local, remote, datagram, new OutputOptions(frame.Payload.Identity, false), offset, outbox))
        {
            bool isCircular = _netns.Output.Route(remote).Device == this;
            DropReason reason = isCircular ? DropReason.RecursionLimit : DropReason.NoRoute;
            _netns.Drop(frame.Payload, reason, null, this, offset, outbox);
        }

        _nesting--;
    }

    private bool TryFind(EthernetFrame frame, out IPv4Address remote)
    {
        if (_fdb.TryGetValue(frame.Destination, out remote))
        {
            return true;
        }

        if (_netns.Fib.Peers?.View is { } view && view.Device == Name && view.FdbEntry(frame.Destination) is { } peer)
        {
            remote = peer.NodeAddress;
            return true;
        }

        return false;
    }

    private static ushort SourcePort(NetworkPacket payload)
    {
        if (payload is not IPv4Packet packet)
        {
            return PortFirst;
        }

        ulong ports = packet.Payload switch
        {
            UdpDatagram udp => (ulong)udp.SourcePort + udp.DestinationPort,
            TcpSegment tcp => ((ulong)tcp.SourcePort << 16) | tcp.DestinationPort,
            _ => 0,
        };
        ulong addresses = (ulong)packet.Source.Value + packet.Destination.Value;
        ulong hash = StableHash.Finish(StableHash.Combine(addresses, ports | ((ulong)packet.Protocol << 40)));
        return (ushort)(PortFirst + (hash % PortCount));
    }
}
