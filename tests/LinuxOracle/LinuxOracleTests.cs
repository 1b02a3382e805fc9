using Emulator.LinuxOracle.Tests.Scenarios;

namespace Emulator.LinuxOracle.Tests;

/// <summary>The same traffic through a real Linux kernel and through the emulator, over VXLAN: every frame at every
/// interface, what the applications saw, and what the nodes track.</summary>
public sealed class VxlanOracleTests(VxlanWorlds worlds) : IClassFixture<VxlanWorlds>
{
    public static TheoryData<string> Names => [.. OracleScenarios.Of("vxlan").Select(s => s.Name)];

    [OracleTheory]
    [MemberData(nameof(Names))]
    public void Both_kernels_show_the_same(string scenario)
    {
        string differences = OracleComparison.Differences(worlds, OracleScenarios.Find("vxlan", scenario));

        Assert.True(differences.Length == 0, differences);
    }
}

/// <summary>The same with plain routes between the nodes.</summary>
public sealed class HostGatewayOracleTests(HostGatewayWorlds worlds) : IClassFixture<HostGatewayWorlds>
{
    public static TheoryData<string> Names => [.. OracleScenarios.Of("hostgw").Select(s => s.Name)];

    [OracleTheory]
    [MemberData(nameof(Names))]
    public void Both_kernels_show_the_same(string scenario)
    {
        string differences = OracleComparison.Differences(worlds, OracleScenarios.Find("hostgw", scenario));

        Assert.True(differences.Length == 0, differences);
    }
}
