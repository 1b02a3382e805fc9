using Emulator.Core.Actors;
using Emulator.Core.Addresses;

namespace Emulator.Linux.Netlink;

/// <summary><c>ip link add NAME type bridge</c>: creates the bridge's actor too. STP off, forward delay 0.</summary>
public sealed record AddBridge(string Name, MacAddress Mac, int Mtu) : NetlinkMessage;

/// <summary><c>ip link add NAME type vxlan id VNI local ADDRESS dstport PORT nolearning</c>.</summary>
public sealed record AddVxlan(
    string Name, MacAddress Mac, int Mtu, int Vni, IPv4Address Local, ushort DestinationPort) : NetlinkMessage;

/// <summary>
/// <c>ip link add NAME type veth peer name PEER netns NAMESPACE</c>, the near end as a port of a bridge.
/// </summary>
public sealed record AddVeth(
    string Name, MacAddress Mac, int Mtu, string Master, bool Hairpin,
    ActorRef PeerNamespace, string PeerName, MacAddress PeerMac, int PeerMtu) : NetlinkMessage;

/// <summary><c>ip link set NAME up|down [mtu N]</c>; null leaves a setting.</summary>
public sealed record SetLink(string Name, bool? Up = null, int? Mtu = null, bool? Hairpin = null) : NetlinkMessage;

/// <summary><c>ip link del NAME</c>.</summary>
public sealed record DeleteLink(string Name) : NetlinkMessage;

/// <summary><c>ip addr add ADDRESS/LENGTH [brd BROADCAST] dev DEVICE</c>; adds the connected route too.</summary>
public sealed record AddAddress(string Device, IPv4Address Address, int PrefixLength, IPv4Address? Broadcast = null)
    : NetlinkMessage;

/// <summary><c>sysctl -w NAME=VALUE</c>, such as <c>net.ipv4.ip_forward</c>.</summary>
public sealed record SetSysctl(string Name, long Value) : NetlinkMessage;
