using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;

namespace Emulator.Linux.Sockets;

/// <summary>Why the network layer refused a packet, by the errno that the application would see.</summary>
public enum OutputError : byte
{
    /// <summary>It was accepted (which is no promise that it arrives).</summary>
    None,

    /// <summary>ENETUNREACH: no route.</summary>
    NetworkUnreachable,

    /// <summary>EHOSTUNREACH: an <c>unreachable</c> route.</summary>
    HostUnreachable,

    /// <summary>EPERM: a rule in OUTPUT.</summary>
    NotPermitted,

    /// <summary>EMSGSIZE: larger than the path's MTU and DF set.</summary>
    MessageTooLong,

    /// <summary>EINVAL: a <c>blackhole</c> route, or a loopback source and a destination elsewhere.</summary>
    Invalid,

    /// <summary>EACCES: a <c>prohibit</c> route.</summary>
    AccessDenied,
}

/// <summary>How a socket wants a packet sent.</summary>
/// <param name="Identity">Who the packet is.</param>
/// <param name="DontFragment">DF.</param>
/// <param name="TimeToLive">TTL; 0 takes the host's default of 64.</param>
/// <param name="TypeOfService">DSCP and ECN.</param>
public readonly record struct OutputOptions(
    PacketIdentity Identity, bool DontFragment, byte TimeToLive = 0, byte TypeOfService = 0);

/// <summary>What sockets ask of the IPv4 layer below them.</summary>
public interface INetworkLayer
{
    /// <summary>The actor, for journal entries and timers.</summary>
    ActorRef Self { get; }

    /// <summary>The congestion control of new connections (<c>net.ipv4.tcp_congestion_control</c>).</summary>
    CongestionKind Congestion => CongestionKind.Cubic;

    /// <summary>A packet id that no other packet has.</summary>
    ulong NextPacketId();

    /// <summary>What <see cref="NextPacketId"/> will say next.</summary>
    ulong UpcomingPacketId { get; }

    /// <summary>The source address and path MTU that a packet to a destination would get; false when there is no
    /// route.</summary>
    bool TryRoute(IPv4Address destination, out IPv4Address source, out int mtu);

    /// <summary>Why there is no route to a destination.</summary>
    OutputError RouteError(IPv4Address destination) => OutputError.NetworkUnreachable;

    /// <summary>Whether an address is one of this namespace's own.</summary>
    bool IsLocal(IPv4Address address);

    /// <summary>Sends a transport payload; journals its origin. The packet is routed, filtered and resolved like any
    /// other.</summary>
    OutputError Output(
        IPv4Address source, IPv4Address destination, TransportPayload payload, in OutputOptions options, Outbox outbox);
}
