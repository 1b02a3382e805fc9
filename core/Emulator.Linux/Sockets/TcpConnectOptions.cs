using Emulator.Core.Addresses;

namespace Emulator.Linux.Sockets;

/// <summary>What a client's TCP socket is told before it connects: <c>bind(2)</c> and IP_TTL of ip(7).</summary>
/// <param name="LocalPort">The local port; 0 takes an ephemeral one.</param>
/// <param name="LocalAddress">The local address, one of the namespace's own; 0.0.0.0 takes the route's.</param>
/// <param name="TimeToLive">TTL of its packets; 0 takes the namespace's default.</param>
public readonly record struct TcpConnectOptions(
    ushort LocalPort = 0, IPv4Address LocalAddress = default, byte TimeToLive = 0);
