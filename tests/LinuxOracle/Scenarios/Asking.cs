using System.Text.RegularExpressions;
using Emulator.Core.Addresses;
using Emulator.Linux.Netlink;
using Emulator.LinuxOracle.Tests.Steps;

namespace Emulator.LinuxOracle.Tests.Scenarios;

/// <summary>Short ways of writing what scenarios do most.</summary>
internal static partial class Asking
{
    /// <summary>A request of 5 bytes over TCP for 6, and a close.</summary>
    public static OracleStep.Connect Tcp(
        string at, string to, int port, string name = "c", int request = 5, int reply = 6, int ttl = 0) =>
        new(at, name, to, port) { Request = request, Reply = reply, ClosesAfterReply = true, TimeToLive = ttl };

    /// <summary>A UDP socket and a datagram of 4 bytes that asks for 5.</summary>
    public static OracleStep[] Udp(
        string at, string to, int port, string name = "u", int request = 4, int reply = 5, int ttl = 0) =>
    [
        new OracleStep.Bind(at, name, port) { Settle = 2 },
        new OracleStep.SendTo(name, to, request) { Reply = reply, TimeToLive = ttl },
    ];

    /// <summary>An echo request.</summary>
    public static OracleStep.Ping Ping(string at, string to, int identifier, string name = "e", int bytes = 56) =>
        new(at, name, to, identifier) { Bytes = bytes };

    /// <summary>A rule before all others of its chain in the filter table.</summary>
    public static OracleStep.EditRules Filter(string at, string chain, string rule) =>
        new(at, rules => Before(rules, "*filter", $"-A {chain} {rule}"));

    /// <summary>A rule before all others of its chain in the nat table.</summary>
    public static OracleStep.EditRules Nat(string at, string chain, string rule) =>
        new(at, rules => Before(rules, "*nat", $"-A {chain} {rule}"));

    /// <summary>MASQUERADE keeps the source port where it can.</summary>
    public static OracleStep.EditRules PlainMasquerade(string at) =>
        new(at, rules => rules.Replace(" --random-fully", "", StringComparison.Ordinal));

    /// <summary>A Service's new flows all go to one endpoint: the first, or the last of two.</summary>
    public static OracleStep.EditRules Choose(string at, string service, bool first) => new(at, rules => string.Join(
        '\n', rules.Split('\n').Select(l => l.Contains($"\"default/{service} -> ", StringComparison.Ordinal)
            ? Probability(l, first) : l)));

    /// <summary>A device's MTU.</summary>
    public static OracleStep.Configure Mtu(string at, string device, int mtu) =>
        new(at, new SetLink(device, Mtu: mtu));

    /// <summary>A route.</summary>
    public static OracleStep.Configure Route(
        string at, string destination, string? via = null, RouteType type = RouteType.Unicast) =>
        new(at, new AddRoute(Cidr.Parse(destination), via is null ? null : IPv4Address.Parse(via), Type: type));

    /// <summary>A setting.</summary>
    public static OracleStep.Configure Sysctl(string at, string name, long value) =>
        new(at, new SetSysctl(name, value));

    // A chain's first rule comes after all chains' declarations; its order among other chains' does not matter.
    private static string Before(string rules, string table, string rule)
    {
        string[] lines = rules.Split('\n');
        int start = Array.IndexOf(lines, table);
        int first = start < 0 ? -1
            : Array.FindIndex(lines, start, l => l.StartsWith("-A ", StringComparison.Ordinal) || l == "COMMIT");
        return first < 0 ? $"{rules}\n{table}\n{rule}\nCOMMIT"
            : string.Join('\n', [.. lines[..first], rule, .. lines[first..]]);
    }

    private static string Probability(string line, bool first) => Chance().Replace(
        line, $"--probability {(first ? "1.00000000000" : "0.00000000000")}");

    [GeneratedRegex(@"--probability \S+")]
    private static partial Regex Chance();
}
