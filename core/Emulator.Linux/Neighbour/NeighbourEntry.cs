using Emulator.Core.Addresses;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Netlink;

namespace Emulator.Linux.Neighbour;

/// <summary>One entry of the neighbour table.</summary>
/// <param name="device">The device that the neighbour is behind.</param>
/// <param name="address">Its address.</param>
internal sealed class NeighbourEntry(NetDevice device, IPv4Address address)
{
    /// <summary>The device that the neighbour is behind.</summary>
    public NetDevice Device { get; } = device;

    /// <summary>The neighbour's address.</summary>
    public IPv4Address Address { get; } = address;

    /// <summary>Its MAC; meaningless while incomplete or failed.</summary>
    public MacAddress Mac { get; set; }

    /// <summary>What is known.</summary>
    public NeighbourState State { get; set; }

    /// <summary>Whether it only repeats the shared peer table.</summary>
    public bool IsFromPeers { get; set; }

    /// <summary>Whether it was taken out of the table: whoever holds it must ask anew.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>Reachable until then, in nanoseconds.</summary>
    public long ReachableUntil { get; set; }

    /// <summary>Probes sent in this state.</summary>
    public int Probes { get; set; }

    /// <summary>Counts up with each timer; a message with an older number is stale.</summary>
    public uint Generation { get; set; }

    /// <summary>Whether a first output made the header cache (Linux' <c>hh_len</c>).</summary>
    public bool HasHeaderCache { get; set; }

    /// <summary>Packets that wait for the address, at most <see cref="NeighbourTable.QueueLengthMax"/>.</summary>
    public List<PendingPacket>? Queue { get; set; }

    /// <summary>Whether the address can be used at once.</summary>
    public bool IsValid => State is not (NeighbourState.Incomplete or NeighbourState.Failed);

    /// <summary>Linux' NUD_CONNECTED: used without doubt.</summary>
    public bool IsConnected => State is NeighbourState.Reachable or NeighbourState.Permanent;
}
