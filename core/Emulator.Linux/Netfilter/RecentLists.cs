using Emulator.Core.Addresses;

namespace Emulator.Linux.Netfilter;

/// <summary>The lists of <c>-m recent</c> in one namespace: which source was last seen when.</summary>
/// <remarks>
/// Source: xt_recent. A list holds <see cref="AddressesMax"/> addresses (ip_list_tot); a new one puts out the one
/// that was seen longest ago. Only the last sighting is kept: no match of the model counts hits.
/// </remarks>
internal sealed class RecentLists
{
    /// <summary>ip_list_tot: addresses a list remembers.</summary>
    public const int AddressesMax = 100;

    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly Dictionary<string, List<(IPv4Address Address, long SeenAt)>> _lists = [];

    public bool IsEmpty => _lists.Count == 0;

    /// <summary>Whether the match holds for a source; <paramref name="remember"/> false only looks.</summary>
    public bool Holds(RecentMatch match, IPv4Address source, long now, bool remember)
    {
        if (match.Set)
        {
            if (remember)
            {
                Set(match.List, source, now);
            }

            return true;
        }

        if (!_lists.TryGetValue(match.List, out List<(IPv4Address Address, long SeenAt)>? list))
        {
            return false;
        }

        int at = IndexOf(list, source);
        if (at < 0)
        {
            return false;
        }

        long oldest = now - (match.Seconds * NanosecondsPerSecond);
        bool holds = match.Seconds == 0 || list[at].SeenAt >= oldest;
        if (match.Reap && remember && list[0].SeenAt < oldest)
        {
            list.RemoveAt(0);
        }

        return holds;
    }

    /// <summary>Forgets the lists that no rule names any more.</summary>
    public void KeepOnly(HashSet<string> names)
    {
        foreach (string name in _lists.Keys.Where(n => !names.Contains(n)).ToArray())
        {
            _lists.Remove(name);
        }
    }

    private void Set(string name, IPv4Address source, long now)
    {
        if (!_lists.TryGetValue(name, out List<(IPv4Address Address, long SeenAt)>? list))
        {
            list = [];
            _lists.Add(name, list);
        }

        int at = IndexOf(list, source);
        if (at >= 0)
        {
            list.RemoveAt(at);
        }
        else if (list.Count == AddressesMax)
        {
            list.RemoveAt(0);
        }

        list.Add((source, now));
    }

    private static int IndexOf(List<(IPv4Address Address, long SeenAt)> list, IPv4Address source)
    {
        for (int i = list.Count - 1; i >= 0; i--)
        {
            if (list[i].Address == source)
            {
                return i;
            }
        }

        return -1;
    }
}
