using System.Text.RegularExpressions;
using Emulator.Client.Running;
using Emulator.Cluster.Traffic;
using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Time;
using Emulator.Engine.Execution;
using Emulator.Linux.Netlink;

namespace Emulator.Client.Tests;

/// <summary>
/// After an exchange both nodes track the connections that a real Linux kernel (6.18) tracked: addresses, ports,
/// states and flags.
/// Not compared, as the recordings ask: order, seconds left, and ports that a kernel chose.
/// </summary>
public sealed partial class LinuxConntrackTests
{
    [Theory]
    [InlineData("vxlan", "tcp_same_node", "tcp://10.244.1.3:8080", 42000)]
    [InlineData("vxlan", "tcp_cross_node", "tcp://10.244.2.2:8080", 42001)]
    [InlineData("vxlan", "tcp_clusterip_local", "tcp://10.96.0.70:80", 42010)]
    [InlineData("vxlan", "tcp_clusterip_remote", "tcp://10.96.0.60:80", 42011)]
    [InlineData("vxlan", "tcp_noendpoints_pod", "tcp://10.96.0.30:80", 42040)]
    [InlineData("vxlan", "udp_same_node", "udp://10.244.1.3:5353", 41000)]
    [InlineData("vxlan", "udp_cross_node", "udp://10.244.2.2:5353", 41001)]
    [InlineData("hostgw", "tcp_cross_node", "tcp://10.244.2.2:8080", 42001)]
    [InlineData("hostgw", "tcp_clusterip_remote", "tcp://10.96.0.60:80", 42011)]
    [InlineData("hostgw", "udp_cross_node", "udp://10.244.2.2:5353", 41001)]
    public void Equals_the_real_kernels_connections(string mode, string scenario, string to, int port)
    {
        var output = new Outputs();
        var recorder = new ExchangeRecorder();
        using ClusterRun run = ScenarioRun.Of([$"examples/linux-facts/{mode}"], 1, 1, 0, recorder, output);
        Assert.True(TrafficSource.TryParse("pod/default/p1a", out TrafficSource? from));
        Assert.True(TrafficTarget.TryParse(to, out TrafficTarget? target));
        PlannedExchange planned = new ExchangePlanner(run, from, null).Plan(target, 5, 6);
        new ExchangeRunner(run, recorder).Make(
            SourceFinder.Find(run, from)[0], planned.Request with { LocalPort = (ushort)port });

        foreach (string node in (string[])["n1", "n2"])
        {
            output.Texts.Clear();
            run.Engine.Inject(run.Cluster.Nodes[node], new Dump("conntrack -L"));
            run.Engine.RunUntil(run.Engine.Now + SimDuration.FromMilliseconds(3));

            string file = Path.Combine(
                CommandRun.Root, "tests/Emulator.Client.Tests/Facts", mode, $"{scenario}.walk");
            string prefix = $"conntrack {node} ";
            Assert.Equal(
                Normalised(File.ReadLines(file).Where(l => l.StartsWith(prefix, StringComparison.Ordinal))
                    .Select(l => l[prefix.Length..])),
                Normalised(output.Texts.SelectMany(t => t.Split('\n', StringSplitOptions.RemoveEmptyEntries))));
        }
    }

    private static List<string> Normalised(IEnumerable<string> lines) =>
    [
        .. lines.Select(l => ChosenPort().Replace(SecondsLeft().Replace(l, "$1"), "$1=R"))
            .Order(StringComparer.Ordinal),
    ];

    [GeneratedRegex(@"^(\w+ +\d+ )\d+ ")]
    private static partial Regex SecondsLeft();

    // All but the ports that a scenario names.
    [GeneratedRegex(@"\b(sport|dport)=(?!(?:80|53|8080|5353|8472|4[12]0\d\d)\b)\d+")]
    private static partial Regex ChosenPort();

    private sealed class Outputs : IJournalProjection
    {
        public List<string> Texts { get; } = [];

        public void Write(ReadOnlySpan<JournalEntry> entries)
        {
            foreach (ref readonly JournalEntry entry in entries)
            {
                if (entry is { Kind: JournalKind.CommandOutput, Subject: string text })
                {
                    Texts.Add(text);
                }
            }
        }
    }
}
