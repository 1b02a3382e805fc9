using Emulator.Core.Addresses;

namespace Emulator.Linux.Netfilter;

/// <summary>What a rule does. A closed family; text and meaning are iptables' own (iptables-extensions(8)).</summary>
public abstract record Target
{
    private protected Target()
    {
    }
}

/// <summary><c>-j ACCEPT</c>: done with this table.</summary>
public sealed record AcceptTarget : Target;

/// <summary><c>-j DROP</c>: the packet ends.</summary>
public sealed record DropTarget : Target;

/// <summary><c>-j RETURN</c>: back to the calling chain, or the policy.</summary>
public sealed record ReturnTarget : Target;

/// <summary><c>-j CHAIN</c>.</summary>
public sealed record JumpTarget(Chain Chain) : Target;

/// <summary><c>-g CHAIN</c>: as a jump, but RETURN goes to the caller's caller.</summary>
public sealed record GotoTarget(Chain Chain) : Target;

/// <summary>No target: only counts.</summary>
public sealed record NoTarget : Target;

/// <summary>How REJECT answers.</summary>
public enum RejectWith : byte
{
    /// <summary>ICMP network unreachable.</summary>
    IcmpNetUnreachable,

    /// <summary>ICMP host unreachable.</summary>
    IcmpHostUnreachable,

    /// <summary>ICMP protocol unreachable.</summary>
    IcmpProtoUnreachable,

    /// <summary>ICMP port unreachable, the default.</summary>
    IcmpPortUnreachable,

    /// <summary>ICMP network prohibited.</summary>
    IcmpNetProhibited,

    /// <summary>ICMP host prohibited.</summary>
    IcmpHostProhibited,

    /// <summary>ICMP administratively prohibited.</summary>
    IcmpAdminProhibited,

    /// <summary>A TCP reset.</summary>
    TcpReset,
}

/// <summary><c>-j REJECT --reject-with KIND</c>: the packet ends and is answered.</summary>
public sealed record RejectTarget(RejectWith With) : Target;

/// <summary><c>-j DNAT --to-destination ADDRESS[:PORT]</c>; port 0 keeps the packet's own.</summary>
public sealed record DnatTarget(IPv4Address Address, ushort Port) : Target;

/// <summary><c>-j SNAT --to-source ADDRESS</c>.</summary>
public sealed record SnatTarget(IPv4Address Address, bool RandomFully = false) : Target;

/// <summary><c>-j MASQUERADE [--random-fully]</c>: SNAT to the leaving interface's address.</summary>
public sealed record MasqueradeTarget(bool RandomFully = false) : Target;

/// <summary><c>-j MARK --set-xmark VALUE/MASK</c>: mark = (mark and not mask) xor value.</summary>
public sealed record MarkTarget(uint Value, uint Mask) : Target;

/// <summary><c>-j CT --notrack</c> in the raw table.</summary>
public sealed record NotrackTarget : Target;
