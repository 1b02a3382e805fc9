using Emulator.Core.Addresses;

namespace Emulator.Linux.Sockets;

/// <summary>Both ends of a connection, as this namespace sees them; small, for look-ups.</summary>
internal readonly record struct TcpTuple(ulong Addresses, uint Ports)
{
    public TcpTuple(Endpoint local, Endpoint remote)
        : this(
            ((ulong)local.Address.Value << 32) | remote.Address.Value,
            ((uint)local.Port << 16) | remote.Port)
    {
    }
}
