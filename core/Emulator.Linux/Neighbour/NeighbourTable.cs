using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;

namespace Emulator.Linux.Neighbour;

/// <summary>Who has which address on the links of a namespace: <c>ip neigh</c>, filled by ARP.</summary>
/// <remarks>
/// States and timers follow Linux' neighbour code (net/core/neighbour.c): three broadcast probes one second apart, then
/// failed; reachable for 30 s; stale entries are used at once and probed by unicast five seconds later. Not modelled:
/// the
/// random factor of reachable time, garbage collection. Source: RFC 826, RFC 4861 section 7.3 (states), arp(7).
/// </remarks>
public sealed class NeighbourTable
{
    /// <summary>Packets that may wait for one neighbour (Linux: unres_qlen, 101 small packets).</summary>
    public const int QueueLengthMax = 101;

    /// <summary>Learned entries that it holds (Linux: gc_thresh3); one more pushes out those that nobody
    /// confirmed.</summary>
    public const int EntriesMax = 1_024;

    private const long RetransmitNanoseconds = 1_000_000_000;
    private const long DelayFirstProbeNanoseconds = 5_000_000_000;
    private const int SolicitMax = 3;

    private readonly NetworkNamespace _netns;
    private readonly Dictionary<ulong, NeighbourEntry> _entries = [];

    internal NeighbourTable(NetworkNamespace netns) => _netns = netns;

    /// <summary>How long an entry is trusted after it was confirmed (base_reachable_time), in nanoseconds.</summary>
    public long ReachableNanoseconds { get; set; } = 30_000_000_000;

    /// <summary>The entries in <c>ip neigh</c>'s own format, by device and address.</summary>
    public IEnumerable<string> Describe()
    {
        IEnumerable<string> own = _entries.Values.Where(e => !e.IsFromPeers)
            .OrderBy(e => e.Device.Index).ThenBy(e => e.Address)
            .Select(e => e.IsValid
                ? $"{e.Address} dev {e.Device.Name} lladdr {e.Mac} {Name(e.State)}"
                : $"{e.Address} dev {e.Device.Name} {Name(e.State)}");
        return _netns.Fib.Peers is { View.Encapsulation: PeerEncapsulation.Vxlan } peers
            ? own.Concat(peers.Peers.Select(
                p => $"{p.VtepAddress} dev {peers.View.Device} lladdr {p.VtepMac} {Name(NeighbourState.Permanent)}"))
            : own;
    }

    /// <summary>Packets waiting for an address.</summary>
    public int HeldPackets { get; private set; }

    /// <summary><c>ip neigh replace</c>.</summary>
    public void Replace(NetDevice device, IPv4Address address, MacAddress mac, NeighbourState state, Outbox outbox)
    {
        NeighbourEntry entry = Get(device, address, outbox);
        entry.Mac = mac;
        entry.IsFromPeers = false;
        entry.Generation++;
        Set(entry, state, outbox);
        if (entry.IsValid)
        {
            Flush(entry, outbox);
        }
    }

    /// <summary><c>ip neigh del</c>.</summary>
    public void Remove(NetDevice device, IPv4Address address, Outbox outbox)
    {
        if (_entries.Remove(Key(device, address), out NeighbourEntry? entry))
        {
            entry.IsForgotten = true;
            Fail(entry, outbox, 0);
        }
    }

    /// <summary>The shared peer table was replaced: what repeated the old one goes.</summary>
    public void ForgetPeers()
    {
        foreach ((ulong key, NeighbourEntry entry) in _entries.Where(e => e.Value.IsFromPeers).ToList())
        {
            entry.IsForgotten = true;
            _entries.Remove(key);
        }
    }

    /// <summary>The device went down: its learned entries go, and what waited ends.</summary>
    public void Forget(NetDevice device, Outbox outbox)
    {
        IEnumerable<NeighbourEntry> behind = _entries.Values.Where(e => e.Device == device);
        foreach (NeighbourEntry entry in behind.OrderBy(e => e.Address).ToList())
        {
            if (entry.State != NeighbourState.Permanent)
            {
                Remove(device, entry.Address, outbox);
            }
        }
    }

    /// <summary>The namespace is gone, and what waited in it.</summary>
    public void End(Outbox outbox)
    {
        foreach (NeighbourEntry entry in _entries.Values.OrderBy(e => (e.Device.Index, e.Address)))
        {
            foreach (PendingPacket pending in entry.Queue ?? [])
            {
                outbox.Dropped(_netns.Self, pending.Packet, DropReason.DeviceGone, at: entry.Device.JournalName);
            }
        }

        _entries.Clear();
        HeldPackets = 0;
    }

    /// <summary>Sends a gratuitous ARP request for an own address: bridges learn its port, neighbours its
    /// MAC.</summary>
    public void Announce(NetDevice device, IPv4Address address, Outbox outbox)
    {
        var request = new ArpPacket(ArpOperation.Request, device.Mac, address, MacAddress.Broadcast, address)
        {
            Identity = new PacketIdentity(_netns.NextPacketId(), 0, false),
        };
        outbox.Originated(_netns.Self, request);
        device.Transmit(new EthernetFrame(device.Mac, MacAddress.Broadcast, request), _netns.HopNanoseconds, outbox);
    }

    /// <summary>Finds or makes the entry of a next hop, and notes that it is used.</summary>
    internal NeighbourEntry Use(NetDevice device, IPv4Address nextHop, Outbox outbox)
    {
        NeighbourEntry entry = Get(device, nextHop, outbox);
        Touch(entry, outbox);
        return entry;
    }

    /// <summary>Notes that an entry is used.</summary>
    internal void Touch(NeighbourEntry entry, Outbox outbox)
    {
        switch (entry.State)
        {
            case NeighbourState.Reachable when outbox.Now.Nanoseconds > entry.ReachableUntil:
            case NeighbourState.Stale:
                entry.State = NeighbourState.Delay;
                Arm(entry, DelayFirstProbeNanoseconds, outbox);
                break;
            default:
                break;
        }
    }

    /// <summary>Queues a packet until the entry resolves; asks if nobody has yet.</summary>
    internal void Wait(NeighbourEntry entry, PendingPacket pending, long offset, Outbox outbox)
    {
        if (entry.State == NeighbourState.Failed || (entry.State == NeighbourState.Incomplete && entry.Probes == 0))
        {
            entry.State = NeighbourState.Incomplete;
            entry.Probes = 1;
            Solicit(entry, MacAddress.Broadcast, pending.Packet, offset, outbox);
            Arm(entry, RetransmitNanoseconds, outbox);
        }

        entry.Queue ??= [];
        if (entry.Queue.Count == QueueLengthMax)
        {
            // Linux drops the oldest.
            outbox.Dropped(_netns.Self, entry.Queue[0].Packet, DropReason.NeighQueueFull, at: entry.Device.JournalName);
            entry.Queue.RemoveAt(0);
            HeldPackets--;
        }

        entry.Queue.Add(pending);
        HeldPackets++;
    }

    /// <summary>Takes an ARP packet that a device received.</summary>
    internal void Receive(NetDevice device, ArpPacket arp, long offset, Outbox outbox)
    {
        bool forUs = _netns.Fib.LocalDevice(arp.TargetAddress) is not null;
        _entries.TryGetValue(Key(device, arp.SenderAddress), out NeighbourEntry? entry);
        if (forUs && arp.Operation == ArpOperation.Request)
        {
            // Somebody who asks for us will soon be asked for: remember him, unconfirmed.
            entry ??= Get(device, arp.SenderAddress, outbox);
            Learn(entry, arp.SenderMac, confirmed: false, outbox);
            Answer(device, arp, offset, outbox);
        }
        else if (entry is not null)
        {
            bool solicited = arp.Operation == ArpOperation.Reply && forUs;
            Learn(entry, arp.SenderMac, solicited, outbox);
        }

        outbox.Delivered(_netns.Self, arp, offset);
    }

    /// <summary>Takes the timer of an entry.</summary>
    internal void Expire(NeighbourTimer timer, Outbox outbox)
    {
        if (!_entries.TryGetValue(((ulong)timer.Device << 32) | timer.Address.Value, out NeighbourEntry? entry)
            || entry.Generation != timer.Generation)
        {
            return;
        }

        if (entry.State == NeighbourState.Delay)
        {
            entry.State = NeighbourState.Probe;
            entry.Probes = 0;
        }

        if (entry.Probes < SolicitMax)
        {
            entry.Probes++;
            IPv4Packet? cause = entry.Queue is { Count: > 0 } queue ? queue[0].Packet : null;
            Solicit(entry, entry.State == NeighbourState.Probe ? entry.Mac : MacAddress.Broadcast, cause, 0, outbox);
            Arm(entry, RetransmitNanoseconds, outbox);
        }
        else
        {
            Fail(entry, outbox, 0);
        }
    }

    private static ulong Key(NetDevice device, IPv4Address address) => ((ulong)device.Index << 32) | address.Value;

    private static string Name(NeighbourState state) => state.ToString().ToUpperInvariant();

    /// <summary>Finds or makes an entry.</summary>
    internal NeighbourEntry Get(NetDevice device, IPv4Address address, Outbox outbox)
    {
        if (!_entries.TryGetValue(Key(device, address), out NeighbourEntry? entry))
        {
            MakeRoom(outbox);
            entry = new NeighbourEntry(device, address);
            if (_netns.Fib.Peers?.View is { } view && view.Device == device.Name && view.Neighbour(address) is { } peer)
            {
                entry.Mac = peer.VtepMac;
                entry.State = NeighbourState.Permanent;
                entry.IsFromPeers = true;
            }

            _entries.Add(Key(device, address), entry);
        }

        return entry;
    }

    // What is not confirmed goes first; then all but what was set by hand. Packets that waited end as unreachable.
    private void MakeRoom(Outbox outbox)
    {
        foreach (bool unconfirmedOnly in (ReadOnlySpan<bool>)[true, false])
        {
            if (_entries.Count < EntriesMax)
            {
                return;
            }

            foreach ((ulong key, NeighbourEntry entry) in _entries.OrderBy(e => e.Key).ToList())
            {
                bool isSetByHand = entry.State == NeighbourState.Permanent && !entry.IsFromPeers;
                if (!isSetByHand && !(unconfirmedOnly && entry.IsConnected) && _entries.Remove(key))
                {
                    entry.IsForgotten = true;
                    Fail(entry, outbox, 0);
                }
            }
        }
    }

    private void Learn(NeighbourEntry entry, MacAddress mac, bool confirmed, Outbox outbox)
    {
        if (entry.State == NeighbourState.Permanent)
        {
            return;
        }

        bool changed = !entry.IsValid || entry.Mac != mac;
        if (!confirmed && !changed)
        {
            return;
        }

        entry.Mac = mac;
        entry.Generation++;
        Set(entry, confirmed ? NeighbourState.Reachable : NeighbourState.Stale, outbox);
        Flush(entry, outbox);
    }

    private void Set(NeighbourEntry entry, NeighbourState state, Outbox outbox)
    {
        entry.State = state;
        entry.Probes = 0;
        entry.ReachableUntil = outbox.Now.Nanoseconds + ReachableNanoseconds;
    }

    private void Flush(NeighbourEntry entry, Outbox outbox)
    {
        if (entry.Queue is not { Count: > 0 } waiting)
        {
            return;
        }

        entry.Queue = null;
        HeldPackets -= waiting.Count;
        long offset = 0;
        foreach (PendingPacket pending in waiting)
        {
            _netns.Output.Resolved(entry, pending, offset, outbox);
            offset += _netns.HopNanoseconds;
        }
    }

    private void Fail(NeighbourEntry entry, Outbox outbox, long offset)
    {
        entry.State = NeighbourState.Failed;
        entry.Probes = 0;
        entry.Generation++;
        List<PendingPacket>? waiting = entry.Queue;
        entry.Queue = null;
        HeldPackets -= waiting?.Count ?? 0;
        foreach (PendingPacket pending in waiting ?? [])
        {
            _netns.IcmpErrors.Send(
                IcmpType.DestinationUnreachable, IcmpUnreachable.Host, 0,
                new SkBuff { Packet = pending.Packet }, offset, outbox);
            outbox.Dropped(_netns.Self, pending.Packet, DropReason.NeighFailed, at: entry.Device.JournalName);
        }
    }

    private void Arm(NeighbourEntry entry, long delay, Outbox outbox)
    {
        entry.Generation++;
        outbox.Send(_netns.Self, new NeighbourTimer(entry.Device.Index, entry.Address, entry.Generation), delay);
    }

    private void Solicit(NeighbourEntry entry, MacAddress to, IPv4Packet? cause, long offset, Outbox outbox)
    {
        NetDevice device = entry.Device;
        IPv4Address source = cause is { } packet && _netns.Fib.LocalDevice(packet.Source) is not null
            ? packet.Source : _netns.SourceOn(device, entry.Address) ?? IPv4Address.Any;
        var request = new ArpPacket(ArpOperation.Request, device.Mac, source, MacAddress.Zero, entry.Address)
        {
            Identity = (cause?.Identity ?? default) with { Packet = _netns.NextPacketId() },
        };
        outbox.Originated(_netns.Self, request);
        device.Transmit(new EthernetFrame(device.Mac, to, request), offset + _netns.HopNanoseconds, outbox);
    }

    private void Answer(NetDevice device, ArpPacket asked, long offset, Outbox outbox)
    {
        var reply = new ArpPacket(
            ArpOperation.Reply, device.Mac, asked.TargetAddress, asked.SenderMac, asked.SenderAddress)
        {
            Identity = asked.Identity with { Packet = _netns.NextPacketId(), IsReply = !asked.Identity.IsReply },
        };
        outbox.Originated(_netns.Self, reply);
        device.Transmit(new EthernetFrame(device.Mac, asked.SenderMac, reply), offset + _netns.HopNanoseconds, outbox);
    }
}
