using Emulator.Linux.Processes;

namespace Emulator.Client.Tests.Lab;

/// <summary>All recorded scenarios.</summary>
internal static class LinuxScenarios
{
    // What the topology's Services, servers and tunnels listen at.
    private static readonly int[] FixedPorts =
        [53, 80, 5353, 8080, 8472, .. Enumerable.Range(30_053, 35)];

    /// <summary>The scenarios of a mode.</summary>
    public static IReadOnlyList<LinuxScenario> Of(string mode) =>
        [.. ReachabilityScenarios.Of(mode), .. ServiceScenarios.Of(mode), .. ErrorScenarios.Of(mode),
            .. StateScenarios.Of(mode)];

    /// <summary>A scenario by name.</summary>
    public static LinuxScenario Find(string mode, string name) => Of(mode).Single(s => s.Name == name);

    /// <summary>How a scenario's walk is compared. The recordings listened on node 1's lo and on no other.</summary>
    public static WalkRules RulesOf(LinuxScenario scenario) => new(PortsOf(scenario))
    {
        IsCold = scenario.IsCold,
        Interleaves = scenario.Interleaves,
        Listens = f => f.Interface.Name != "lo" || FrameText.HostOf(f) == "n1",
    };

    /// <summary>The ports (and echo identifiers) that a scenario names; others are a kernel's choice.</summary>
    public static IEnumerable<int> PortsOf(LinuxScenario scenario) =>
        scenario.Steps.OfType<LabStep.Ask>().SelectMany(a => new int[] { a.Request.Port, a.Request.LocalPort })
            .Concat(FixedPorts);
}
