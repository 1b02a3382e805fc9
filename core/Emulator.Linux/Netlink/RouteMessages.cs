using Emulator.Core.Addresses;

namespace Emulator.Linux.Netlink;

/// <summary>What a route does with a packet.</summary>
public enum RouteType : byte
{
    /// <summary>Sends it on.</summary>
    Unicast,

    /// <summary>Delivers it here.</summary>
    Local,

    /// <summary>Sends it to everybody on the link.</summary>
    Broadcast,

    /// <summary>Drops it in silence.</summary>
    Blackhole,

    /// <summary>Drops it with ICMP host unreachable.</summary>
    Unreachable,

    /// <summary>Drops it with ICMP administratively prohibited.</summary>
    Prohibit,
}

/// <summary><c>ip route replace [TYPE] PREFIX [via GATEWAY] [dev DEVICE] [src SOURCE] [metric N]
/// [onlink]</c>.</summary>
public sealed record AddRoute(
    Cidr Destination, IPv4Address? Gateway = null, string? Device = null, IPv4Address? Source = null,
    RouteType Type = RouteType.Unicast, int Metric = 0, bool OnLink = false) : NetlinkMessage;

/// <summary><c>ip route del PREFIX</c>.</summary>
public sealed record DeleteRoute(Cidr Destination, int Metric = 0) : NetlinkMessage;

/// <summary>The states of a neighbour entry, as <c>ip neigh</c> names them.</summary>
public enum NeighbourState : byte
{
    /// <summary>Being asked for the first time.</summary>
    Incomplete,

    /// <summary>Confirmed not long ago.</summary>
    Reachable,

    /// <summary>Not confirmed lately; still used.</summary>
    Stale,

    /// <summary>Used while stale; a probe follows soon.</summary>
    Delay,

    /// <summary>Being asked again.</summary>
    Probe,

    /// <summary>Did not answer.</summary>
    Failed,

    /// <summary>Set by hand; never expires.</summary>
    Permanent,
}

/// <summary><c>ip neigh replace ADDRESS lladdr MAC dev DEVICE nud STATE</c>.</summary>
public sealed record AddNeighbour(string Device, IPv4Address Address, MacAddress Mac, NeighbourState State)
    : NetlinkMessage;

/// <summary><c>ip neigh del ADDRESS dev DEVICE</c>.</summary>
public sealed record DeleteNeighbour(string Device, IPv4Address Address) : NetlinkMessage;

/// <summary><c>arping -A ADDRESS -I DEVICE</c>: tells the link where an address is, as CNI's bridge plugin
/// does.</summary>
public sealed record AnnounceAddress(string Device, IPv4Address Address) : NetlinkMessage;

/// <summary><c>bridge fdb flush dev BRIDGE</c>: forgets the addresses that a bridge learned.</summary>
public sealed record FlushBridgeFdb(string Bridge) : NetlinkMessage;

/// <summary><c>bridge fdb append MAC dev DEVICE dst ADDRESS</c> on a vxlan device.</summary>
public sealed record AddFdbEntry(string Device, MacAddress Mac, IPv4Address Destination) : NetlinkMessage;

/// <summary><c>bridge fdb del MAC dev DEVICE</c> on a vxlan device.</summary>
public sealed record DeleteFdbEntry(string Device, MacAddress Mac) : NetlinkMessage;
