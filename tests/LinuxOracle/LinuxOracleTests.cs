using Emulator.LinuxOracle.Tests.Scenarios;
using Xunit.Abstractions;

namespace Emulator.LinuxOracle.Tests;

/// <summary>The same traffic through a real Linux kernel and through the emulator, over VXLAN: every frame at every
/// interface, what the applications saw, and what the nodes track.</summary>
public sealed class VxlanOracleTests(VxlanWorlds worlds, ITestOutputHelper output) : IClassFixture<VxlanWorlds>
{
    public static TheoryData<string> Names => [.. OracleScenarios.Of("vxlan").Select(s => s.Name)];

    [OracleTheory]
    [MemberData(nameof(Names))]
    public void Both_kernels_show_the_same(string scenario)
    {
        string differences =
            OracleComparison.Differences(worlds, OracleScenarios.Find("vxlan", scenario), output.WriteLine);

        Assert.True(differences.Length == 0, differences);
    }

    /// <summary>The real iptables takes our iptables-save's text, and saves it as we do: every line but the comments,
    /// the counters and the order of tables.</summary>
    [OracleTheory]
    [InlineData("n1")]
    [InlineData("n2")]
    [InlineData("n3")]
    public void The_real_iptables_saves_the_rules_as_the_emulator_does(string node)
    {
        Assert.Equal(Tables(worlds.Kernel.LoadedRules(node)), Tables(worlds.Kernel.SavedRules(node)));
    }

    /// <summary>Both ends of the TCP scenarios, read by Wireshark: its experts' remarks and how often each is made.
    /// </summary>
    [ExpertTheory]
    [InlineData("p1a")]
    [InlineData("p2a")]
    public void Wireshark_remarks_the_same_on_both_captures_of_TCP(string host)
    {
        (IReadOnlyList<string> kernel, IReadOnlyList<string> model) = ExpertComparison.Remarks(worlds, host);

        Assert.Contains(kernel, r => r.EndsWith("sent again", StringComparison.Ordinal));
        Assert.Equal(string.Join('\n', kernel), string.Join('\n', model));
    }

    private static IEnumerable<string> Tables(string rules)
    {
        string table = "";
        return rules.Split('\n').Select(l => l.TrimEnd()).Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => (Table: table = l[0] == '*' ? l : table, Line: l))
            .GroupBy(l => l.Table).OrderBy(g => g.Key, StringComparer.Ordinal)
            .SelectMany(g => g.Select(l => System.Text.RegularExpressions.Regex.Replace(l.Line, @"\[\d+:\d+\]$", "")))
            .ToArray();
    }
}

/// <summary>The same with plain routes between the nodes.</summary>
public sealed class HostGatewayOracleTests(HostGatewayWorlds worlds, ITestOutputHelper output)
    : IClassFixture<HostGatewayWorlds>
{
    public static TheoryData<string> Names => [.. OracleScenarios.Of("hostgw").Select(s => s.Name)];

    [OracleTheory]
    [MemberData(nameof(Names))]
    public void Both_kernels_show_the_same(string scenario)
    {
        string differences =
            OracleComparison.Differences(worlds, OracleScenarios.Find("hostgw", scenario), output.WriteLine);

        Assert.True(differences.Length == 0, differences);
    }
}
