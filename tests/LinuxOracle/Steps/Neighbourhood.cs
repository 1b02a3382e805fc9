namespace Emulator.LinuxOracle.Tests.Steps;

/// <summary>An entry of a host's neighbour table.</summary>
internal sealed record Neighbour(string At, string Device, string Address, string Mac);

/// <summary>What the hosts of both worlds know of each other, and how they are set, before a scenario begins.</summary>
internal static class Neighbourhood
{
    /// <summary>The nodes.</summary>
    public static readonly string[] Nodes = ["n1", "n2", "n3"];

    /// <summary>Settings of all hosts: who was confirmed stays so, and ICMP errors have no rate limit.</summary>
    public static readonly (string Name, long Value)[] Sysctls =
    [
        ("net.ipv4.icmp_ratelimit", 0), ("net.ipv4.neigh.default.base_reachable_time_ms", 3_600_000),
    ];

    /// <summary>Who calls whom, so that each bridge and switch knows behind which port everybody is.</summary>
    public static readonly (string From, string To)[] Pings =
    [
        ("p1a", "10.244.1.1"), ("p1b", "10.244.1.1"), ("p2a", "10.244.2.1"), ("p2b", "10.244.2.1"),
        ("p3a", "10.244.3.1"), ("p3b", "10.244.3.1"), ("n1", "192.168.77.100"), ("n2", "192.168.77.100"),
        ("n3", "192.168.77.100"),
    ];

    /// <summary>All pairs of hosts that share a link, each confirmed in the other's table.</summary>
    /// <param name="hosts">The devices of each host.</param>
    public static IEnumerable<Neighbour> Of(IReadOnlyDictionary<string, ListedDevice[]> hosts)
    {
        (string Host, ListedDevice Device, string Link)[] ends =
        [
            .. hosts.SelectMany(h => h.Value.Select(d => (h.Key, d, LinkOf(h.Key, d.Name)))).Where(e => e.Item3 != ""),
        ];
        return ends.SelectMany(at => ends.Where(to => to.Link == at.Link && to.Host != at.Host)
            .Select(to => new Neighbour(at.Host, at.Device.Name, to.Device.Addresses[0].Split('/')[0], to.Device.Mac)));
    }

    // Nodes and ext share the switch; a node's cni0 and its pods (p1a, p1b on n1) its bridge.
    private static string LinkOf(string host, string device) => (host[0], device) switch
    {
        ('p', "eth0") => $"bridge {host[1]}",
        ('n', "cni0") => $"bridge {host[1]}",
        (_, "eth0") => "switch",
        _ => "",
    };
}
