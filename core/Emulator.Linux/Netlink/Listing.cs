using System.Text;
using Emulator.Core.Addresses;
using Emulator.Core.Time;
using Emulator.Linux.NetDevices;
using Emulator.Linux.Netfilter;

namespace Emulator.Linux.Netlink;

/// <summary>A namespace's state as Linux' own tools print it.</summary>
/// <remarks>Source: iproute2 6.1, iptables 1.8.9, conntrack-tools 1.4.7. Counters and clocks that are not modelled are
/// left out.</remarks>
internal static class Listing
{
    /// <summary>Lists Linux' namespaces; answered where processes are known.</summary>
    public const string Namespaces = "lsns";

    private const string RouteGet = "ip route get ";

    /// <summary>The commands that are answered.</summary>
    public static readonly IReadOnlyList<string> Commands =
    [
        "ip addr", "ip link", "ip -br link", "ip route", "ip route get ADDRESS", "ip neigh", "bridge fdb",
        "iptables-save", "conntrack -L", "sysctl -a", "lsns",
    ];

    private const string OfNodes = "on a node also cat and ls of /sys/fs/cgroup/…, cat of /proc/PID/oom_score_adj";

    /// <summary>The output of a command; null for <c>bridge fdb</c> entries that a bridge's actor holds.</summary>
    public static string Write(NetworkNamespace netns, string command, SimTime now) => command switch
    {
        "ip addr" => Links(netns, withAddresses: true),
        "ip link" => Links(netns, withAddresses: false),
        "ip -br link" => Lines(netns.Devices.Select(
            d => $"{d.Name + PeerOf(d),-16} {StateOf(d),-14} {d.Mac} <{FlagsOf(d)}> ")),
        "ip route" => Lines(netns.Fib.Routes.Select(r => r.Describe())),
        "ip neigh" => Lines(netns.Neighbours.Describe()),
        "bridge fdb" => Lines(netns.Devices.OfType<Vxlan>().SelectMany(
            d => d.Fdb.Select(e => $"{e.Mac} dev {d.Name} dst {e.Destination} self permanent"))),
        "iptables-save" => netns.Netfilter is { } rules ? IptablesSave.Write(rules) : "",
        "conntrack -L" => netns.Netfilter is { } tracked ? Lines(tracked.DescribeConntrack(now)) : "",
        "sysctl -a" => Lines(netns.Sysctls.Describe()),
        _ when command == "unshare" || command.StartsWith("unshare ", StringComparison.Ordinal) =>
            "unshare: nothing is run here. A container has namespaces of its own as it starts; hostNetwork, hostPID, "
            + "hostIPC and shareProcessNamespace in its pod's spec choose which it shares: look at them with lsns.\n",
        _ when command.StartsWith(RouteGet, StringComparison.Ordinal)
            && IPv4Address.TryParse(command.AsSpan(RouteGet.Length), out IPv4Address to) =>
            RouteAnswer.Of(netns, to, now),
        _ => $"{command}: not a command that is modelled; use one of: {string.Join(", ", Commands)}; {OfNodes}\n",
    };

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(l => l + "\n"));

    private static string Links(NetworkNamespace netns, bool withAddresses)
    {
        var text = new StringBuilder();
        foreach (NetDevice device in netns.Devices)
        {
            bool isLoopback = device is Loopback;
            string master = device is BridgePort port ? $" master {port.Master}" : "";
            text.Append($"{device.Index}: {device.Name}{PeerOf(device)}: <{FlagsOf(device)}> mtu {device.Mtu} ");
            text.Append($"qdisc {device.QdiscName}{master} state {StateOf(device)} group default qlen 1000\n");
            text.Append($"    link/{(isLoopback ? "loopback" : "ether")} {device.Mac} ");
            text.Append($"brd {(isLoopback ? MacAddress.Zero : MacAddress.Broadcast)}\n");
            foreach (DeviceAddress address in withAddresses ? device.Addresses : [])
            {
                text.Append($"    inet {address.Address}/{address.PrefixLength} ");
                text.Append(address.Broadcast is { } all ? $"brd {all} " : "");
                text.Append($"scope {(isLoopback ? "host" : "global")} {device.Name}\n");
                text.Append("       valid_lft forever preferred_lft forever\n");
            }
        }

        return text.ToString();
    }

    private static string PeerOf(NetDevice device) => device switch
    {
        Veth veth => $"@if{veth.PeerIndex}",
        BridgePort => "@if2",
        _ => "",
    };

    private static string StateOf(NetDevice device) => device is Loopback or Vxlan ? "UNKNOWN"
        : device is { IsUp: true, HasCarrier: true } ? "UP" : "DOWN";

    private static string FlagsOf(NetDevice device) =>
        (device is Loopback ? "LOOPBACK" : (device.HasCarrier ? "" : "NO-CARRIER,") + "BROADCAST,MULTICAST")
        + (device.IsUp ? ",UP" : "") + (device is { IsUp: true, HasCarrier: true } ? ",LOWER_UP" : "");
}
