namespace Emulator.Core.Journal;

/// <summary>
/// Why a packet ended without being delivered. A closed list; each packet that is dropped has exactly one.
/// </summary>
/// <remarks>Names follow Linux' <c>SKB_DROP_REASON_*</c> where one exists (include/net/dropreason-core.h).</remarks>
public enum DropReason : byte
{
    /// <summary>Not dropped.</summary>
    None,

    /// <summary>No route to the destination (IP_OUTNOROUTES, IP_INNOROUTES).</summary>
    NoRoute,

    /// <summary>A <c>blackhole</c>, <c>unreachable</c> or <c>prohibit</c> route.</summary>
    NullRoute,

    /// <summary>The neighbour did not answer (NEIGH_FAILED).</summary>
    NeighFailed,

    /// <summary>Too many packets wait for one neighbour (NEIGH_QUEUEFULL).</summary>
    NeighQueueFull,

    /// <summary>A netfilter rule or policy dropped it (NETFILTER_DROP).</summary>
    NetfilterDrop,

    /// <summary>A netfilter REJECT rule answered it.</summary>
    NetfilterReject,

    /// <summary>The connection-tracking table is full.</summary>
    ConntrackFull,

    /// <summary>NAT found no free port.</summary>
    NatPortsExhausted,

    /// <summary>Nobody listens at the port (NO_SOCKET).</summary>
    NoSocket,

    /// <summary>The TTL ran out (IP_INHDR … time exceeded).</summary>
    TtlExceeded,

    /// <summary>Larger than the MTU and DF set (PKT_TOO_BIG).</summary>
    PacketTooBig,

    /// <summary>Forwarding is off and the packet is for somebody else.</summary>
    ForwardingDisabled,

    /// <summary>The frame is for another station (OTHERHOST).</summary>
    OtherHost,

    /// <summary>The source is not reachable through the interface (IP_RPFILTER).</summary>
    RpFilter,

    /// <summary>The queue before the wire is full (QDISC_DROP).</summary>
    QdiscDrop,

    /// <summary>Lost on the wire by an impairment.</summary>
    LinkLoss,

    /// <summary>The wire or interface is down (DEV_READY).</summary>
    LinkDown,

    /// <summary>The device, pod or node no longer exists.</summary>
    DeviceGone,

    /// <summary>No port of the bridge wants the frame.</summary>
    BridgeNoPort,

    /// <summary>No forwarding entry for the inner address (VXLAN_ENTRY_NOT_FOUND).</summary>
    VxlanNoEntry,

    /// <summary>VXLAN: unknown network identifier (VXLAN_VNI_NOT_FOUND).</summary>
    VxlanVniUnknown,

    /// <summary>The socket's receive queue is full (SOCKET_RCVBUFF).</summary>
    SocketReceiveBuffer,

    /// <summary>The listener's backlog is full (TCP listen overflow).</summary>
    ListenOverflow,

    /// <summary>A TCP segment that fits no state of its connection, or a listener (TCP_INVALID_SEQUENCE,
    /// TCP_INVALID_SYN, TCP_ACK_UNSENT_DATA, TCP_FLAGS and kin).</summary>
    TcpInvalidSegment,

    /// <summary>A fragment whose siblings did not come in time (FRAG_REASM_TIMEOUT).</summary>
    ReassemblyTimeout,

    /// <summary>Too many fragments wait for reassembly (FRAG_TOO_FAR).</summary>
    ReassemblyQueueFull,

    /// <summary>The protocol is not spoken here (IP_NOPROTO).</summary>
    NoProtocol,

    /// <summary>A TCP segment that came late: a copy, one sent again, or a bare acknowledgment that data overtook.
    /// Answered with an acknowledgment (TCP_OLD_DATA, TCP_OLD_SEQUENCE, TCP_RFC7323_PAWS).</summary>
    TcpOldSegment,

    /// <summary>The IPv4 header was damaged on the way (IP_CSUM).</summary>
    IPChecksum,

    /// <summary>A UDP datagram was damaged on the way (UDP_CSUM).</summary>
    UdpChecksum,

    /// <summary>A TCP segment was damaged on the way (TCP_CSUM).</summary>
    TcpChecksum,

    /// <summary>An ICMP message was damaged on the way (ICMP_CSUM).</summary>
    IcmpChecksum,

    /// <summary>Fragments that overlap, disagree about the end, or join to nothing that makes sense
    /// (IPSTATS_MIB_REASMFAILS).</summary>
    ReassemblyFailed,

    /// <summary>A tunnel whose own packets go into itself (RECURSION_LIMIT).</summary>
    RecursionLimit,

    /// <summary>The source, or a loopback destination, could only be this host's own, and the packet comes from
    /// elsewhere or would go there (IP_LOCAL_SOURCE, IP_INVALID_SOURCE, IP_LOCALNET): a martian.</summary>
    InvalidSource,
}
