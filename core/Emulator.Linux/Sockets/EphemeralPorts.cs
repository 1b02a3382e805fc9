using Emulator.Core.Randomness;

namespace Emulator.Linux.Sockets;

/// <summary>Chooses local ports for sockets that ask for none: a stable hash gives the first, and the next free one is
/// taken.</summary>
/// <remarks>Source: RFC 6056 section 3.3.3 (simple hash-based selection); range from
/// <c>ip_local_port_range</c>.</remarks>
/// <param name="seed">What differs between namespaces.</param>
internal sealed class EphemeralPorts(ulong seed)
{
    private const uint Count = SocketLimits.EphemeralPortLast - SocketLimits.EphemeralPortFirst + 1;
    private ulong _chosen;

    /// <summary>A port that the test calls free, or 0 when there is none.</summary>
    /// <typeparam name="T">What the test looks at.</typeparam>
    public ushort Choose<T>(T state, Func<T, ushort, bool> isFree)
    {
        ulong hash = StableHash.Finish(StableHash.Combine(seed, ++_chosen));
        uint first = (uint)(hash % Count);
        for (uint i = 0; i < Count; i++)
        {
            ushort port = (ushort)(SocketLimits.EphemeralPortFirst + ((first + i) % Count));
            if (isFree(state, port))
            {
                return port;
            }
        }

        return 0;
    }
}
