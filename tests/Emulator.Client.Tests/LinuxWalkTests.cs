using System.Collections.Concurrent;
using Emulator.Client.Tests.Lab;

namespace Emulator.Client.Tests;

/// <summary>
/// Every scenario that was recorded on a real Linux kernel (6.18), with the pod network over VXLAN and over host-gw:
/// each frame at each interface, what the applications saw, and the connections that both nodes track.
/// </summary>
public sealed class LinuxWalkTests
{
    private static readonly ConcurrentDictionary<(string Mode, string Scenario), LabSight> Sights = new();

    // Recorded as counts alone; has a test of its own.
    private const string Distribution = "endpoint_distribution";

    public static TheoryData<string, string> Scenarios()
    {
        var data = new TheoryData<string, string>();
        foreach (string mode in (string[])["vxlan", "hostgw"])
        {
            string facts = Path.Combine(CommandRun.Root, "tests/Emulator.Client.Tests/Facts", mode);
            IEnumerable<string> names = Directory.EnumerateFiles(facts, "*.walk")
                .Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal);
            foreach (string name in names.Where(n => n != Distribution))
            {
                data.Add(mode, name);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Every_frame_equals_the_real_kernels(string mode, string scenario)
    {
        var comparison = new WalkComparison(LinuxScenarios.RulesOf(LinuxScenarios.Find(mode, scenario)));
        LabSight sight = SightOf(mode, scenario);

        string differences = comparison.Differences(Recording.Of(mode, scenario).Frames, sight);

        Assert.True(differences.Length == 0, differences);
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void The_applications_see_what_they_saw(string mode, string scenario)
    {
        var comparison = new WalkComparison(LinuxScenarios.RulesOf(LinuxScenarios.Find(mode, scenario)));
        string differences = TextDifference.Of(
            comparison.OfApp(Recording.Of(mode, scenario).App), comparison.OfApp(SightOf(mode, scenario).App));

        Assert.True(differences.Length == 0, differences);
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Both_nodes_track_the_real_kernels_connections(string mode, string scenario)
    {
        var comparison = new WalkComparison(LinuxScenarios.RulesOf(LinuxScenarios.Find(mode, scenario)));
        string differences = TextDifference.Of(
            comparison.Unordered(Recording.Of(mode, scenario).Conntrack),
            comparison.Unordered(SightOf(mode, scenario).Conntrack));

        Assert.True(differences.Length == 0, differences);
    }

    /// <summary>2,000 flows to two endpoints and 3,000 to three: each count is within four standard deviations of its
    /// share (22.4 and 25.8 flows), as the recorded kernels' are.</summary>
    [Theory]
    [InlineData("vxlan")]
    [InlineData("hostgw")]
    public void New_flows_spread_over_endpoints_as_the_real_kernels_do(string mode)
    {
        string[] endpoints = [.. Recording.Of(mode, Distribution).App.Select(l => l.Split('=')[0]).Order()];

        IReadOnlyList<string> seen = SightOf(mode, Distribution).App;

        Assert.Equal(endpoints, seen.Select(l => l.Split('=')[0]).Order());
        int[] two = CountsOf(seen, "two_endpoints_2000_flows.");
        int[] three = CountsOf(seen, "three_endpoints_3000_flows.");
        Assert.Equal((2_000, 3_000), (two.Sum(), three.Sum()));
        Assert.All(two.Concat(CountsOf(Recording.Of(mode, Distribution).App, "two_endpoints_2000_flows.")),
            count => Assert.InRange(count, 1_000 - 89, 1_000 + 89));
        Assert.All(three.Concat(CountsOf(Recording.Of(mode, Distribution).App, "three_endpoints_3000_flows.")),
            count => Assert.InRange(count, 1_000 - 103, 1_000 + 103));
    }

    private static int[] CountsOf(IEnumerable<string> lines, string prefix) =>
    [
        .. lines.Where(l => l.StartsWith(prefix, StringComparison.Ordinal))
            .Select(l => int.Parse(l.Split('=')[1], null)),
    ];

    private static LabSight SightOf(string mode, string scenario) => Sights.GetOrAdd(
        (mode, scenario), static key => LinuxLab.Make(key.Mode, LinuxScenarios.Find(key.Mode, key.Scenario)));
}
