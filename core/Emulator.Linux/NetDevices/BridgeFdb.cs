using Emulator.Core.Addresses;

namespace Emulator.Linux.NetDevices;

/// <summary>Which port an address was last seen at: <c>bridge fdb</c>.</summary>
/// <remarks>Source: IEEE 802.1D section 7.9; ageing time 300 s as in Linux. At most <see cref="EntriesMax"/>
/// entries.</remarks>
internal sealed class BridgeFdb
{
    /// <summary>How many addresses it holds; one more is not learned, and frames to it flood.</summary>
    public const int EntriesMax = 65_536;

    /// <summary>How long an address is remembered after it was last seen.</summary>
    public const long AgeingNanoseconds = 300_000_000_000;

    private readonly Dictionary<ulong, (int Port, long SeenAt)> _entries = [];

    /// <summary>The entries by port and address, for listing.</summary>
    public IEnumerable<(MacAddress Mac, int Port)> Entries =>
        _entries.OrderBy(e => e.Value.Port).ThenBy(e => e.Key).Select(e => (new MacAddress(e.Key), e.Value.Port));

    /// <summary>Notes that an address was seen at a port. Group addresses are never learned.</summary>
    public void Learn(MacAddress mac, int port, long now)
    {
        if (!mac.IsGroup && (_entries.Count < EntriesMax || _entries.ContainsKey(mac.Value)))
        {
            _entries[mac.Value] = (port, now);
        }
    }

    /// <summary>The port of an address; false when it is unknown or too old.</summary>
    public bool TryFind(MacAddress mac, long now, out int port)
    {
        bool found = _entries.TryGetValue(mac.Value, out (int Port, long SeenAt) entry)
            && now - entry.SeenAt <= AgeingNanoseconds;
        port = entry.Port;
        return found;
    }

    /// <summary>Forgets all that was learned.</summary>
    public void Clear() => _entries.Clear();

    /// <summary>Forgets all that was learned at a port.</summary>
    public void Forget(int port)
    {
        foreach (ulong mac in _entries.Where(e => e.Value.Port == port).Select(e => e.Key).ToList())
        {
            _entries.Remove(mac);
        }
    }
}
