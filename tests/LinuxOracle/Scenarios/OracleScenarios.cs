namespace Emulator.LinuxOracle.Tests.Scenarios;

/// <summary>All scenarios of the oracle.</summary>
internal static class OracleScenarios
{
    /// <summary>The scenarios of a mode.</summary>
    public static IReadOnlyList<OracleScenario> Of(string mode) =>
        [.. ServiceScenarios.All, .. TranslationScenarios.All, .. ErrorScenarios.All,
            .. TcpScenarios.All, .. PathScenarios.Of(mode)];

    /// <summary>A scenario by name.</summary>
    public static OracleScenario Find(string mode, string name) => Of(mode).Single(s => s.Name == name);
}
