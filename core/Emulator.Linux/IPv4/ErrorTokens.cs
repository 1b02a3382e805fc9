using Emulator.Core.Addresses;

namespace Emulator.Linux.IPv4;

/// <summary>How many ICMP errors each destination may still be sent: a bucket of time that fills by itself.</summary>
/// <remarks>
/// Two limits draw from one bucket, as in Linux: a packet that no route takes costs a second of at most five
/// (ip_error), and each ICMP error costs <c>icmp_ratelimit</c> of at most six times that (inet_peer_xrlim_allow). So an
/// <c>unreachable</c> route is answered twice in a row, an expired TTL six times. Source: net/ipv4/route.c,
/// inetpeer.c. At most <see cref="DestinationsMax"/> destinations: one more forgets the others, which costs at worst a
/// burst.
/// </remarks>
internal sealed class ErrorTokens
{
    /// <summary>Destinations that are remembered.</summary>
    public const int DestinationsMax = 4_096;

    private const int IcmpBurst = 6;
    private const long RouteErrorCost = 1_000_000_000;
    private const long RouteErrorBurst = 5 * RouteErrorCost;

    // An unknown destination has waited this long: more than any bucket holds.
    private const long FirstWait = 60_000_000_000;

    private readonly Dictionary<uint, (long Tokens, long At)> _buckets = [];

    /// <summary>Draws for an ICMP error; false when there is too little.</summary>
    /// <param name="to">To whom.</param>
    /// <param name="cost">icmp_ratelimit in nanoseconds; 0 limits nothing, and empties the bucket as Linux
    /// does.</param>
    /// <param name="now">The time in nanoseconds.</param>
    public bool TryTake(IPv4Address to, long cost, long now)
    {
        (long tokens, long at) = Of(to, now);
        if (now != at)
        {
            tokens = Math.Min(tokens + now - at, IcmpBurst * cost);
        }

        bool isAllowed = tokens >= cost;
        _buckets[to.Value] = (isAllowed ? tokens - cost : tokens, now);
        return isAllowed;
    }

    /// <summary>Draws for a packet that no route takes; false when there is too little.</summary>
    public bool TryTakeForRoute(IPv4Address to, long now)
    {
        (long tokens, long at) = Of(to, now);
        tokens = Math.Min(tokens + now - at, RouteErrorBurst);
        bool isAllowed = tokens >= RouteErrorCost;
        _buckets[to.Value] = (isAllowed ? tokens - RouteErrorCost : tokens, now);
        return isAllowed;
    }

    private (long Tokens, long At) Of(IPv4Address to, long now)
    {
        if (_buckets.TryGetValue(to.Value, out (long, long) found))
        {
            return found;
        }

        if (_buckets.Count == DestinationsMax)
        {
            _buckets.Clear();
        }

        return (0, now - FirstWait);
    }
}
