using Emulator.Core.Addresses;
using Emulator.Core.Time;

namespace Emulator.Underlay;

/// <summary>A switch's forwarding database: behind which port an address was last seen.</summary>
/// <remarks>Source: IEEE 802.1D section 7.9; the ageing time of 300 s is its default and Linux' own.</remarks>
public sealed class SwitchFdb
{
    /// <summary>How long an address is remembered after it was last seen.</summary>
    public const long AgeingNanoseconds = 300_000_000_000;

    /// <summary>
    /// How many addresses are remembered; when full, no more are learned and their frames are flooded.
    /// </summary>
    public const int EntriesMax = 65_536;

    private readonly Dictionary<ulong, (int Port, long SeenAt)> _entries = [];
    private readonly List<ulong> _aged = [];
    private long _sweptAt;

    /// <summary>How many addresses are remembered, aged ones that were not yet swept included.</summary>
    public int Count => _entries.Count;

    /// <summary>Remembers that an address sends from behind a port. Group addresses are nobody's.</summary>
    public void Learn(MacAddress address, int port, SimTime now)
    {
        if (address.IsGroup)
        {
            return;
        }

        if (_entries.Count >= EntriesMax && !_entries.ContainsKey(address.Value))
        {
            Sweep(now);
            if (_entries.Count >= EntriesMax)
            {
                return;
            }
        }

        _entries[address.Value] = (port, now.Nanoseconds);
    }

    /// <summary>The port behind which an address was seen within the ageing time, or 0.</summary>
    public int Find(MacAddress address, SimTime now) =>
        _entries.TryGetValue(address.Value, out (int Port, long SeenAt) entry)
            && now.Nanoseconds - entry.SeenAt < AgeingNanoseconds ? entry.Port : 0;

    /// <summary>
    /// Forgets what has aged; at most once a second, so that a full table does not cost a sweep for each frame.
    /// </summary>
    private void Sweep(SimTime now)
    {
        if (_sweptAt != 0 && now.Nanoseconds - _sweptAt < 1_000_000_000)
        {
            return;
        }

        _sweptAt = now.Nanoseconds;
        foreach ((ulong address, (int Port, long SeenAt) entry) in _entries)
        {
            if (now.Nanoseconds - entry.SeenAt >= AgeingNanoseconds)
            {
                _aged.Add(address);
            }
        }

        foreach (ulong address in _aged)
        {
            _entries.Remove(address);
        }

        _aged.Clear();
    }
}
