using Emulator.Core.Packets;
using Emulator.Linux.NetDevices;

namespace Emulator.Linux.Netfilter;

/// <summary>
/// A packet on its way through one namespace, with what the kernel notes beside it (<c>struct sk_buff</c>).
/// </summary>
/// <remarks>Lives on the stack of one <c>Receive</c>. What must cross a message is <see cref="Mark"/>, <see
/// cref="ConntrackId"/>
/// and <see cref="IsReplyDirection"/>.</remarks>
public struct SkBuff
{
    /// <summary>The packet as it is now; translation replaces it.</summary>
    public IPv4Packet Packet;

    /// <summary>fwmark.</summary>
    public uint Mark;

    /// <summary>The connection that it belongs to, or 0 before tracking.</summary>
    public ulong ConntrackId;

    /// <summary>The packet's state towards its connection.</summary>
    public ConntrackStates State;

    /// <summary>Whether it goes in its connection's reply direction.</summary>
    public bool IsReplyDirection;

    /// <summary>The length of its largest fragment, where it was joined from some here; 0 where not.</summary>
    public ushort FragmentLengthMax;

    /// <summary>The interface it came in by, or null for packets made here.</summary>
    public NetDevice? In;

    /// <summary>The interface it leaves by, once routed.</summary>
    public NetDevice? Out;

    /// <summary>The frame that br_netfilter's hooks have seen it in, and the bridge's port that it came in by
    /// (<c>nf_bridge</c>'s physindev); null and 0 for others.</summary>
    public EthernetFrame? BridgedFrame;

    /// <summary>See <see cref="BridgedFrame"/>.</summary>
    public int BridgedPort;
}
