using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Linux.NetDevices;

namespace Emulator.Linux.Neighbour;

/// <summary>A packet that waits for its next hop's MAC.</summary>
/// <param name="Packet">The packet, ready to leave.</param>
/// <param name="BridgedFrom">
/// For a bridged packet whose destination was translated: the hook call to answer once the MAC is known; else null.
/// </param>
internal readonly record struct PendingPacket(IPv4Packet Packet, BridgeHook? BridgedFrom);

/// <summary>The timer of one neighbour entry.</summary>
internal sealed record NeighbourTimer(int Device, IPv4Address Address, uint Generation) : Core.Actors.Message;
