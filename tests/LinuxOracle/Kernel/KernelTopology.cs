using Emulator.Client.Tests.Lab;
using Emulator.Cluster.Spec;
using Emulator.LinuxOracle.Tests.Emulated;
using Emulator.LinuxOracle.Tests.Steps;

namespace Emulator.LinuxOracle.Tests.Kernel;

/// <summary>Builds of real namespaces what the emulator lists of its own: devices, addresses, routes, neighbours, FDB
/// entries and rules, so that both worlds have the same by the emulator's own word.</summary>
internal sealed class KernelTopology
{
    private const string SwitchHost = "sw";

    // Beside what all hosts are set to: what a kernel takes from its machine's boot rather than from its own defaults.
    private static readonly (string Name, string Value)[] Settings =
    [
        ("net.ipv6.conf.all.disable_ipv6", "1"), ("net.ipv6.conf.default.disable_ipv6", "1"),
        ("net.ipv4.conf.all.rp_filter", "0"), ("net.ipv4.conf.default.rp_filter", "0"),
        ("net.ipv4.igmp_link_local_mcast_reports", "0"), ("net.ipv4.tcp_no_metrics_save", "1"),
        ("net.ipv4.tcp_rmem", "4096 131072 33554432"), ("net.ipv4.tcp_wmem", "4096 16384 4194304"),
        ("net.ipv4.ping_group_range", "0 2147483647"),
    ];

    private readonly EmulatedWorld _model;
    private readonly ClusterSpec _spec;
    private readonly Dictionary<string, NetnsThread> _hosts;

    /// <summary>Builds it.</summary>
    public KernelTopology(EmulatedWorld model)
    {
        _model = model;
        _spec = model.Lab.Run.Cluster.Spec;
        Devices = model.Devices;
        _hosts = EmulatedWorld.Hosts.Append(SwitchHost)
            .ToDictionary(h => h, h => new NetnsThread(h), StringComparer.Ordinal);
        foreach (NetnsThread host in _hosts.Values)
        {
            Prepare(host);
        }

        BuildSwitch();
        foreach (NodeSpec node in _spec.Nodes)
        {
            BuildNode(node);
        }

        foreach (string host in EmulatedWorld.Hosts)
        {
            Configure(host);
        }
    }

    /// <summary>Each host's devices.</summary>
    public IReadOnlyDictionary<string, ListedDevice[]> Devices { get; }

    /// <summary>The namespaces, the switch's among them.</summary>
    public IReadOnlyDictionary<string, NetnsThread> Hosts => _hosts;

    /// <summary>The rules of each node.</summary>
    public Dictionary<string, string> Rules { get; } = new(StringComparer.Ordinal);

    /// <summary>The routes of each host that are not the addresses' own.</summary>
    public Dictionary<string, string[]> Routes { get; } = new(StringComparer.Ordinal);

    private static void Prepare(NetnsThread host)
    {
        foreach ((string name, string value) in Settings)
        {
            host.TrySetSysctl(name, value);
        }

        foreach ((string name, long value) in Neighbourhood.Sysctls)
        {
            host.TrySetSysctl(name, $"{value}");
        }

        host.IP("link set lo up");
        Offloads.TurnOff(host, "lo");
    }

    private void BuildSwitch()
    {
        NetnsThread sw = _hosts[SwitchHost];
        List<string> lines =
        [
            "link add br0 type bridge stp_state 0 forward_delay 0",
            $"link set br0 address {_spec.Zones[0].SwitchMac} up",
        ];
        IEnumerable<(string Host, PortSpec Port)> ports = _spec.Nodes.Select(n => (n.Name, n.SwitchPort))
            .Concat(_spec.ExternalHosts.Select(e => (e.Name, e.SwitchPort)));
        foreach ((string host, PortSpec port) in ports)
        {
            ListedDevice eth0 = Devices[host].Single(d => d.Name == "eth0");
            lines.Add($"link add {port.Name} address {port.Mac} type veth peer name eth0 address {eth0.Mac} "
                + $"netns {_hosts[host].Tid}");
            lines.Add($"link set {port.Name} master br0 up");
        }

        sw.IP(lines);
        foreach ((_, PortSpec port) in ports)
        {
            Offloads.TurnOff(sw, port.Name);
        }

        Offloads.TurnOff(sw, "br0");
    }

    private void BuildNode(NodeSpec node)
    {
        List<string> lines = [];
        foreach (ListedDevice device in Devices[node.Name])
        {
            if (device.Name == node.Bridge.Name)
            {
                lines.Add($"link add {device.Name} type bridge stp_state 0 forward_delay 0");
                lines.Add($"link set {device.Name} address {device.Mac} mtu {device.Mtu}");
            }
            else if (device.Master.Length > 0)
            {
                string pod = device.Name["veth".Length..];
                ListedDevice eth0 = Devices[pod].Single(d => d.Name == "eth0");
                lines.Add($"link add {device.Name} address {device.Mac} mtu {device.Mtu} type veth peer name eth0 "
                    + $"address {eth0.Mac} mtu {eth0.Mtu} netns {_hosts[pod].Tid}");
                lines.Add($"link set {device.Name} master {device.Master}");
                lines.Add($"link set {device.Name} type bridge_slave hairpin {(_spec.Cni.Hairpin ? "on" : "off")}");
            }
            else if (node.Vtep?.Name == device.Name)
            {
                lines.Add($"link set {node.Interface} up");
                lines.Add($"link add {device.Name} address {device.Mac} type vxlan id {_spec.Cni.Vni} "
                    + $"dev {node.Interface} local {node.Address.Address} dstport {_spec.Cni.Port} nolearning");
                lines.Add($"link set {device.Name} mtu {device.Mtu}");
            }
        }

        _hosts[node.Name].IP(lines);
    }

    private void Configure(string host)
    {
        NetnsThread netns = _hosts[host];
        List<string> lines = [];
        foreach (ListedDevice device in Devices[host])
        {
            lines.AddRange(device.Addresses.Where(a => !a.StartsWith("127.", StringComparison.Ordinal))
                .Select(a => $"addr add {a} dev {device.Name}"));
            lines.Add($"link set {device.Name} up");
        }

        Routes[host] = [.. Listed(host, "ip route").Where(r => !r.Contains("proto kernel", StringComparison.Ordinal))];
        lines.AddRange(Routes[host].Select(r => $"route add {r}"));
        lines.AddRange(Listed(host, "ip neigh").Where(n => n.EndsWith(" PERMANENT", StringComparison.Ordinal))
            .Select(n => $"neigh replace {n.Replace("PERMANENT", "nud permanent", StringComparison.Ordinal)}"));
        netns.IP(lines);
        string[] tunnels = [.. Listed(host, "bridge fdb").Where(f => f.Contains(" dst ", StringComparison.Ordinal))];
        if (tunnels.Length > 0)
        {
            netns.Bridge(tunnels.Select(
                f => $"fdb append {f.Replace(" self permanent", "", StringComparison.Ordinal)}"));
        }

        foreach (ListedDevice device in Devices[host])
        {
            Offloads.TurnOff(netns, device.Name);
        }

        foreach (string setting in Listed(host, "sysctl -a").Where(
            s => s.StartsWith("net.ipv4.ip_forward ", StringComparison.Ordinal)
                || s.StartsWith("net.bridge.", StringComparison.Ordinal)))
        {
            netns.TrySetSysctl(setting.Split(" = ")[0], setting.Split(" = ")[1]);
        }

        if (host[0] == 'n')
        {
            Rules[host] = string.Join('\n', Listed(host, "iptables-save"));
            netns.RestoreRules(Rules[host]);
        }
    }

    private string[] Listed(string host, string command) =>
        [.. _model.Lab.Answer(host, command).Select(l => l.TrimEnd())];
}
