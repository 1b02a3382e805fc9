using System.Numerics;
using Emulator.Core.Addresses;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Netlink;

namespace Emulator.Linux.IPv4;

/// <summary>The forwarding information base: the local table (this host's own addresses), then the main
/// table.</summary>
/// <remarks>
/// Longest prefix first, then lowest metric, then first come. Routes over a device that is down are passed over. One
/// dictionary a prefix length, so a look-up costs as many probes as lengths are in use. Source: ip-route(8).
/// </remarks>
public sealed class Fib
{
    private const int CacheMin = 4;
    private const int CacheMax = 1_024;

    private readonly Dictionary<uint, List<Route>>?[] _byLength = new Dictionary<uint, List<Route>>?[33];
    private readonly Dictionary<uint, NetDevice> _local = [];
    private readonly Dictionary<uint, NetDevice> _broadcast = [];
    private readonly List<Route> _routes = [];
    private CachedRoute[] _cache = new CachedRoute[CacheMin];
    private ulong _lengths;

    // A bit for each local address, by its hash: what is not here need not be looked for. Each packet that comes in
    // asks.
    private ulong _localBits;
    private uint _generation = 1;
    private int _misses;

    /// <summary>A table that many namespaces share, asked after routes of equal or longer prefix found none; or
    /// null.</summary>
    public PeerRoutes? Peers
    {
        get;
        set
        {
            field = value;
            Invalidate();
        }
    }

    /// <summary>The main table's routes, in the order that <c>ip route</c> prints.</summary>
    public IEnumerable<Route> Routes
    {
        get
        {
            IEnumerable<Route> all = Peers is null ? _routes : _routes.Concat(Peers.Routes);
            return all.OrderBy(r => r.Destination.Address).ThenBy(r => r.Destination.Length).ThenBy(r => r.Metric);
        }
    }

    /// <summary>What kind of address this is for the host.</summary>
    public RouteType Classify(IPv4Address address) => Resolve(address).Type;

    /// <summary>Forgets what is cached: a device went up or down.</summary>
    public void Invalidate() => _generation++;

    /// <summary>What the tables say about a destination. The reference holds until the next call.</summary>
    internal ref CachedRoute Resolve(IPv4Address destination)
    {
        ref CachedRoute cached = ref _cache[PlaceOf(destination.Value)];
        if (cached.Destination != destination.Value || cached.Generation != _generation)
        {
            cached = ref Miss(destination);
        }

        return ref cached;
    }

    /// <summary>The device of a local address, or null.</summary>
    public NetDevice? LocalDevice(IPv4Address address) =>
        (_localBits & BitOf(address)) == 0 ? null : _local.GetValueOrDefault(address.Value);

    /// <summary>The device of a subnet's broadcast address, or null.</summary>
    public NetDevice? BroadcastDevice(IPv4Address address) => _broadcast.GetValueOrDefault(address.Value);

    /// <summary>The best route of the main table, or null.</summary>
    public Route? LookUp(IPv4Address destination)
    {
        ulong lengths = _lengths;
        while (lengths != 0)
        {
            int length = 63 - BitOperations.LeadingZeroCount(lengths);
            lengths &= ~(1UL << length);
            if (Peers is { } peers && length < peers.PrefixLength && peers.LookUp(destination) is { } shared)
            {
                return shared;
            }

            if (_byLength[length]!.TryGetValue(destination.Value & Cidr.MaskOf(length), out List<Route>? candidates))
            {
                foreach (Route route in candidates)
                {
                    if (route.Device is null || route.Device.IsUp)
                    {
                        return route;
                    }
                }
            }
        }

        return Peers?.LookUp(destination);
    }

    /// <summary>Adds a route, replacing one of the same prefix and metric.</summary>
    public void Replace(Route route)
    {
        Remove(route.Destination, route.Metric);
        Invalidate();
        Dictionary<uint, List<Route>> table = _byLength[route.Destination.Length] ??= [];
        if (!table.TryGetValue(route.Destination.Address.Value, out List<Route>? routes))
        {
            table.Add(route.Destination.Address.Value, routes = new List<Route>(1));
        }

        int place = routes.FindIndex(r => r.Metric > route.Metric);
        routes.Insert(place < 0 ? routes.Count : place, route);
        _routes.Add(route);
        _lengths |= 1UL << route.Destination.Length;
    }

    /// <summary>Removes the route of a prefix and metric; false when there is none.</summary>
    public bool Remove(Cidr destination, int metric)
    {
        if (_byLength[destination.Length] is not { } table
            || !table.TryGetValue(destination.Address.Value, out List<Route>? routes))
        {
            return false;
        }

        Invalidate();
        int removed = routes.RemoveAll(r => r.Metric == metric);
        _routes.RemoveAll(r => r.Destination == destination && r.Metric == metric);
        if (routes.Count == 0)
        {
            table.Remove(destination.Address.Value);
        }

        return removed > 0;
    }

    /// <summary>Makes an address the host's own, with its subnet's route and broadcast addresses: the one that is named
    /// and the subnet's last. Its first is an address like others. Source: fib_add_ifaddr of Linux 5.14 and
    /// newer.</summary>
    public void AddAddress(NetDevice device, IPv4Address address, int prefixLength, IPv4Address? broadcast)
    {
        Invalidate();
        _local[address.Value] = device;
        _localBits |= BitOf(address);
        if (broadcast is { } all)
        {
            _broadcast[all.Value] = device;
        }

        if (prefixLength < 32)
        {
            var subnet = new Cidr(address, prefixLength);
            if (prefixLength < 31)
            {
                _broadcast.TryAdd(subnet.Last.Value, device);
            }

            Replace(new Route(subnet, RouteType.Unicast, null, device, address, 0, false, true));
        }
    }

    /// <summary>Forgets a device: its addresses and routes.</summary>
    public void RemoveDevice(NetDevice device)
    {
        Invalidate();
        foreach (Route route in _routes.Where(r => ReferenceEquals(r.Device, device)).ToList())
        {
            Remove(route.Destination, route.Metric);
        }

        foreach (Dictionary<uint, NetDevice> table in (ReadOnlySpan<Dictionary<uint, NetDevice>>)[_local, _broadcast])
        {
            foreach (uint address in table.Where(p => ReferenceEquals(p.Value, device)).Select(p => p.Key).ToList())
            {
                table.Remove(address);
            }
        }
    }

    private static ulong BitOf(IPv4Address address) => 1UL << (int)((address.Value * 0x9E37_79B1) >> 26);

    private int PlaceOf(uint destination) =>
        (int)((destination * 0x9E37_79B1) >> 16) & (_cache.Length - 1);

    private ref CachedRoute Miss(IPv4Address destination)
    {
        if (++_misses > _cache.Length * 16 && _cache.Length < CacheMax)
        {
            _cache = new CachedRoute[_cache.Length * 4];
            _misses = 0;
        }

        RouteType type =
            _local.ContainsKey(destination.Value) || destination.IsLoopback ? RouteType.Local
            : _broadcast.ContainsKey(destination.Value) || destination == IPv4Address.Broadcast ? RouteType.Broadcast
            : RouteType.Unicast;
        ref CachedRoute cached = ref _cache[PlaceOf(destination.Value)];
        cached = new CachedRoute
        {
            Destination = destination.Value,
            Generation = _generation,
            Type = type,
            Route = type == RouteType.Unicast ? LookUp(destination) : null,
        };
        return ref cached;
    }
}
