using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Linux.NetDevices;

/// <summary>What every interface of a network namespace has, as <c>ip link</c> shows it.</summary>
/// <param name="index">The ifindex, from 1 (lo).</param>
/// <param name="journalName">Namespace and name for the journal.</param>
/// <param name="mac">The hardware address; zero for lo.</param>
/// <param name="mtu">The largest IP packet that it sends, in bytes.</param>
public abstract class NetDevice(int index, InterfaceName journalName, MacAddress mac, int mtu)
{
    /// <summary>Bytes by which a packet may pass the MTU of the device that it arrives at: the room of a VLAN tag
    /// (Linux: is_skb_forwardable, which a veth's sender asks of its peer). Longer ones end with
    /// <c>PacketTooBig</c>.</summary>
    public const int MtuSlack = 4;

    private readonly List<DeviceAddress> _addresses = [];
    private EgressQdisc? _qdisc;

    /// <summary>The ifindex.</summary>
    public int Index { get; } = index;

    /// <summary>The name, such as <c>eth0</c>.</summary>
    public string Name => JournalName.Name;

    /// <summary>Namespace and name for the journal.</summary>
    public InterfaceName JournalName { get; } = journalName;

    /// <summary>The hardware address.</summary>
    public MacAddress Mac { get; set; } = mac;

    /// <summary>The largest IP packet that it sends, in bytes.</summary>
    public int Mtu { get; set; } = mtu;

    /// <summary>Whether an administrator has it up (<c>ip link set up</c>).</summary>
    public bool IsUp { get; set; } = true;

    /// <summary>Whether the other end is there (<c>LOWER_UP</c>).</summary>
    public bool HasCarrier { get; set; } = true;

    /// <summary>Whether a next hop must be resolved to a MAC before a packet leaves; false for lo.</summary>
    public virtual bool NeedsNeighbour => true;

    /// <summary>What <c>ip -d link</c> calls its kind: <c>veth</c>, <c>bridge</c>, <c>vxlan</c>; empty for
    /// others.</summary>
    public virtual string Kind => "";

    /// <summary>The root queueing discipline, as <c>ip link</c> shows it.</summary>
    public string QdiscName => _qdisc?.Name ?? "noqueue";

    /// <summary>Its addresses, in the order they were added; the first of a subnet is the primary one.</summary>
    public IReadOnlyList<DeviceAddress> Addresses => _addresses;

    /// <summary>Adds an address.</summary>
    public void Add(DeviceAddress address) => _addresses.Add(address);

    /// <summary>Sends a frame; journals it as seen going out at this interface, or drops it when the device is
    /// down.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="offset">Nanoseconds since now at which it reaches the device.</param>
    /// <param name="outbox">Where it goes.</param>
    public void Transmit(EthernetFrame frame, long offset, Outbox outbox)
    {
        if (!IsUp || !HasCarrier)
        {
            outbox.Dropped(Owner, frame.Payload, DropReason.LinkDown, at: JournalName, offsetNanoseconds: offset);
            return;
        }

        if (_qdisc is { IsNone: false } qdisc)
        {
            qdisc.Enqueue(frame, offset, JournalName, outbox);
            return;
        }

        outbox.Hop(Owner, JournalName, Direction.Out, frame, offset);
        Send(frame, offset, outbox);
    }

    /// <summary><c>tc qdisc replace dev NAME root</c>; both null for the plain queue that is no queue here.</summary>
    internal void ReplaceQdisc(TbfOptions? tbf, NetemOptions? netem)
    {
        if (_qdisc is null && tbf is null && netem is null)
        {
            return;
        }

        _qdisc ??= new EgressQdisc(Owner, Name, Index);
        _qdisc.Replace(tbf, netem);
    }

    /// <summary>Sends a frame that has waited in the queueing discipline.</summary>
    internal void Release(EthernetFrame frame, Outbox outbox)
    {
        if (!IsUp || !HasCarrier)
        {
            outbox.Dropped(Owner, frame.Payload, DropReason.LinkDown, at: JournalName);
            return;
        }

        outbox.Hop(Owner, JournalName, Direction.Out, frame, 0);
        Send(frame, 0, outbox);
    }

    /// <summary>The actor whose namespace the device is in.</summary>
    protected abstract ActorRef Owner { get; }

    /// <summary>Puts the frame on its way to whatever is at the other end.</summary>
    protected abstract void Send(EthernetFrame frame, long offset, Outbox outbox);
}

/// <summary>An address of a device, as <c>ip addr</c> shows it.</summary>
public readonly record struct DeviceAddress(IPv4Address Address, int PrefixLength, IPv4Address? Broadcast);
