namespace Emulator.Linux.Netfilter;

/// <summary>What is known of a connection beside its tuples (IPS_* of Linux, and what the table needs).</summary>
[Flags]
internal enum ConntrackFlags : ushort
{
    None = 0,
    InUse = 1,
    Confirmed = 1 << 1,
    SeenReply = 1 << 2,
    Assured = 1 << 3,
    SourceNat = 1 << 4,
    DestinationNat = 1 << 5,
    SourceNatDone = 1 << 6,
    DestinationNatDone = 1 << 7,

    /// <summary>Out of the table; the slot lives on for the packet that still refers to it.</summary>
    Dying = 1 << 8,

    /// <summary>Lost a race for its original tuple: only its reply tuple is in the table.</summary>
    NatClash = 1 << 9,

    /// <summary>Closed by a reset from the reply direction.</summary>
    ResetByReply = 1 << 10,

    NatMask = SourceNat | DestinationNat,
    NatDoneMask = SourceNatDone | DestinationNatDone,
}

/// <summary>The states of a tracked TCP connection, in Linux' order.</summary>
public enum TcpConntrackState : byte
{
    /// <summary>Not TCP, or nothing seen yet.</summary>
    None,

    /// <summary>A SYN was seen.</summary>
    SynSent,

    /// <summary>Its SYN+ACK was seen.</summary>
    SynRecv,

    /// <summary>Open.</summary>
    Established,

    /// <summary>One side sent FIN.</summary>
    FinWait,

    /// <summary>That FIN was acknowledged.</summary>
    CloseWait,

    /// <summary>The other side sent FIN too.</summary>
    LastAck,

    /// <summary>Both are acknowledged.</summary>
    TimeWait,

    /// <summary>Reset.</summary>
    Close,

    /// <summary>Both sides sent SYN.</summary>
    SynSent2,
}

/// <summary>One tracked connection: 72 bytes in the table's slab.</summary>
internal struct ConntrackEntry
{
    public ConntrackTuple Original;
    public ConntrackTuple Reply;

    /// <summary>When the entry ends, in nanoseconds of virtual time.</summary>
    public long ExpiresAt;

    /// <summary>When it was made, or taken out of the table; nanoseconds.</summary>
    public long Since;

    /// <summary>Counts up when the slot is freed, so that an old id finds nobody. Never 0.</summary>
    public uint Generation;

    /// <summary>
    /// In the table: next of the original tuple's bucket. Outside: next of the unconfirmed or free list.
    /// </summary>
    public int NextOriginal;

    /// <summary>In the table: next of the reply tuple's bucket. Outside: previous of the unconfirmed list.</summary>
    public int NextReply;

    public ConntrackFlags Flags;

    public TcpConntrackState Tcp;

    public readonly bool Has(ConntrackFlags flags) => (Flags & flags) != 0;

    public readonly ConntrackTuple Tuple(bool reply) => reply ? Reply : Original;
}
