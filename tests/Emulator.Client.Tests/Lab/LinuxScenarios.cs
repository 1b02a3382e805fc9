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

    /// <summary>The ports (and echo identifiers) that a scenario names; others are a kernel's choice.</summary>
    public static IEnumerable<int> PortsOf(LinuxScenario scenario) =>
        scenario.Steps.OfType<LabStep.Ask>().SelectMany(a => new int[] { a.Request.Port, a.Request.LocalPort })
            .Concat(FixedPorts);
}
