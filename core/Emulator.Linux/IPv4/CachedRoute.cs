using Emulator.Core.Addresses;
using Emulator.Linux.Neighbour;
using Emulator.Linux.Netlink;

namespace Emulator.Linux.IPv4;

/// <summary>What the tables say about one destination, remembered until any of them changes.</summary>
/// <remarks>Linux keeps the same in a socket's dst entry; here a small direct-mapped table serves forwarding
/// too.</remarks>
internal struct CachedRoute
{
    /// <summary>The destination.</summary>
    public uint Destination;

    /// <summary>The tables' generation that this is of; 0 is never current.</summary>
    public uint Generation;

    /// <summary>Local, broadcast, or unicast: to be sent by <see cref="Route"/>.</summary>
    public RouteType Type;

    /// <summary>Whether <see cref="Source"/> is known.</summary>
    public bool HasSource;

    /// <summary>The source address that packets made here get.</summary>
    public IPv4Address Source;

    /// <summary>The main table's route for unicast; null when there is none.</summary>
    public Route? Route;

    /// <summary>The next hop's entry, once somebody asked for it.</summary>
    public NeighbourEntry? Neighbour;
}
