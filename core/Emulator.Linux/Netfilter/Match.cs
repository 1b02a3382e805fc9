using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;

namespace Emulator.Linux.Netfilter;

/// <summary>
/// One condition of a rule. A closed family; text and meaning are iptables' own (iptables-extensions(8)).
/// </summary>
public abstract record Match
{
    private protected Match()
    {
    }
}

/// <summary><c>[!] -s CIDR</c>.</summary>
public sealed record SourceMatch(Cidr Cidr, bool Negated = false) : Match;

/// <summary><c>[!] -d CIDR</c>.</summary>
public sealed record DestinationMatch(Cidr Cidr, bool Negated = false) : Match;

/// <summary><c>[!] -i NAME</c>; a trailing + is a prefix.</summary>
public sealed record InInterfaceMatch(string Name, bool Negated = false) : Match;

/// <summary><c>[!] -o NAME</c>; a trailing + is a prefix.</summary>
public sealed record OutInterfaceMatch(string Name, bool Negated = false) : Match;

/// <summary><c>[!] -p PROTOCOL</c>.</summary>
public sealed record ProtocolMatch(IPProtocol Protocol, bool Negated = false) : Match;

/// <summary><c>-m tcp|udp [!] --sport FIRST[:LAST]</c>.</summary>
public sealed record SourcePortMatch(IPProtocol Protocol, ushort First, ushort Last, bool Negated = false) : Match;

/// <summary><c>-m tcp|udp [!] --dport FIRST[:LAST]</c>.</summary>
public sealed record DestinationPortMatch(IPProtocol Protocol, ushort First, ushort Last, bool Negated = false) : Match;

/// <summary><c>-m icmp --icmp-type TYPE[/CODE]</c>.</summary>
public sealed record IcmpTypeMatch(byte Type, byte? Code) : Match;

/// <summary>A bare <c>-m tcp</c> or <c>-m udp</c>, which only loads the extension.</summary>
public sealed record ProtocolExtensionMatch(IPProtocol Protocol) : Match;

/// <summary><c>-m mark [!] --mark VALUE/MASK</c>.</summary>
public sealed record MarkMatch(uint Value, uint Mask, bool Negated = false) : Match;

/// <summary>The states of <c>-m conntrack --ctstate</c>.</summary>
[Flags]
public enum ConntrackStates : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Cannot be tracked.</summary>
    Invalid = 1,

    /// <summary>The first packet, or no reply seen yet.</summary>
    New = 2,

    /// <summary>Seen in both directions.</summary>
    Established = 4,

    /// <summary>About another connection, such as an ICMP error.</summary>
    Related = 8,

    /// <summary>Not tracked on purpose.</summary>
    Untracked = 16,

    /// <summary>The source was translated.</summary>
    Snat = 32,

    /// <summary>The destination was translated.</summary>
    Dnat = 64,
}

/// <summary><c>-m conntrack [!] --ctstate LIST</c>.</summary>
public sealed record ConntrackStateMatch(ConntrackStates States, bool Negated = false) : Match;

/// <summary>The address types of <c>-m addrtype</c>.</summary>
public enum AddressType : byte
{
    /// <summary>Any.</summary>
    Unspecified,

    /// <summary>One of this host's own.</summary>
    Local,

    /// <summary>A subnet's broadcast address.</summary>
    Broadcast,

    /// <summary>224.0.0.0/4.</summary>
    Multicast,

    /// <summary>Somebody else's.</summary>
    Unicast,
}

/// <summary><c>-m addrtype [!] --src-type/--dst-type TYPE</c>; null for the side that is not asked.</summary>
public sealed record AddressTypeMatch(
    AddressType? SourceType, AddressType? DestinationType, bool Negated = false) : Match;

/// <summary><c>-m statistic --mode random --probability P</c>.</summary>
public sealed record StatisticMatch(Ratio Probability) : Match;

/// <summary><c>-m recent --name NAME --set|--rcheck [--seconds N] [--reap] --rsource</c>.</summary>
public sealed record RecentMatch(string List, bool Set, int Seconds, bool Reap) : Match;

/// <summary><c>-m comment --comment TEXT</c>; always holds.</summary>
public sealed record CommentMatch(string Text) : Match;
