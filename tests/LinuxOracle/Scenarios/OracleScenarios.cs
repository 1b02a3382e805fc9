namespace Emulator.LinuxOracle.Tests.Scenarios;

/// <summary>All scenarios of the oracle.</summary>
internal static class OracleScenarios
{
    /// <summary>The scenarios of a mode.</summary>
    public static IReadOnlyList<OracleScenario> Of(string mode) =>
        mode == "vxlan" ? [.. ServiceScenarios.All] : [.. ServiceScenarios.All.Take(2)];

    /// <summary>A scenario by name.</summary>
    public static OracleScenario Find(string mode, string name) => Of(mode).Single(s => s.Name == name);
}
