using System.Text.Json;
using Emulator.Linux.Cgroups.Cpu;

namespace Emulator.Linux.Tests.Cgroups;

/// <summary>Expected weights: the formulas of runc and crun, computed apart (Facts/cpu.json).</summary>
public sealed class ShareConversionTests
{
    [Fact]
    public void Shares_become_the_weights_of_both_formulas()
    {
        JsonElement cases = CgroupFacts.Read("cpu.json", "conversion");
        Assert.Equal(7, cases.GetArrayLength());
        Assert.All(cases.EnumerateArray(), c =>
        {
            long shares = c.GetProperty("shares").GetInt64();
            Assert.Equal(c.GetProperty("weightLinear").GetInt64(), ShareConversion.Weight(shares));
            Assert.Equal(
                c.GetProperty("weightQuadratic").GetInt64(), ShareConversion.Weight(shares, ShareFormula.Quadratic));
            Assert.Equal(shares, ShareConversion.Weight(shares, ShareFormula.Shares));
        });
    }

    /// <summary>The curve was drawn so that one CPU's 1,024 shares are the default weight.</summary>
    [Fact]
    public void The_quadratic_formula_turns_the_default_shares_into_the_default_weight() =>
        Assert.Equal(100, ShareConversion.Weight(1_024, ShareFormula.Quadratic));
}
