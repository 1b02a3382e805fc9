using Emulator.Underlay.Qdiscs;

namespace Emulator.Underlay.Tests.Qdiscs;

public class DistributionTableTests
{
    // 68.2689 %, 95.4500 % and 99.7300 % of 4,096: 2,796.3, 3,909.6 and 4,084.9; a symmetric table has even counts.
    [Theory]
    [InlineData(1, 2_796)]
    [InlineData(2, 3_910)]
    [InlineData(3, 4_084)]
    public void The_normal_table_has_the_bells_shares_within_one_two_and_three_deviations(
        int deviations, int entries) =>
        Assert.Equal(
            entries, DistributionTable.Normal.Count(x => Math.Abs((int)x) <= deviations * DistributionTable.Scale));

    [Fact]
    public void The_normal_table_is_symmetric_rises_and_has_variance_one()
    {
        short[] table = DistributionTable.Normal;

        Assert.Equal(0, table.Sum(x => (long)x));
        Assert.Equal(table.Order(), table);

        // In thousandths, rounded down. Each entry stands at the middle of its 1/4096: of the outermost, whose mean
        // square is 14.04, at 3.666, which takes 2 * (14.04 - 13.44) / 4096 = 0.0003, and the others take less.
        long variance = table.Sum(x => (long)x * x) / DistributionTable.Size;
        Assert.Equal(999, variance * 1_000 / (DistributionTable.Scale * DistributionTable.Scale));
    }

    // Quantiles of the standard normal distribution from tables: 0.6745 at 3/4, 1.2816 at 9/10.
    [Theory]
    [InlineData(3_071, 3_072, 6_745)]
    [InlineData(3_685, 3_686, 12_816)]
    public void The_normal_tables_entries_are_quantiles(int below, int above, int tenThousandths)
    {
        int scaled = tenThousandths * DistributionTable.Scale / 10_000;
        Assert.InRange(scaled, DistributionTable.Normal[below] - 2, DistributionTable.Normal[above] + 2);
    }

    // 4/3 (u^(-1/3) - 3/2): u = 1, 1/8, 1/64 give -2/3, 2/3, 10/3; beyond 4 the table is clipped to 16 bits.
    [Fact]
    public void The_pareto_table_follows_its_formula()
    {
        short[] table = DistributionTable.Pareto;

        Assert.Equal(-5_461, table[0]);
        Assert.Equal(5_461, table[4_096 - 512]);
        Assert.Equal(27_307, table[4_096 - 64]);
        Assert.Equal(short.MaxValue, table[4_095]);
        Assert.Equal(table.Order(), table);
    }

    [Fact]
    public void The_mixture_is_a_quarter_normal_and_three_quarters_pareto()
    {
        int place = 4_096 - 512;
        int sum = DistributionTable.Normal[place] + (3 * DistributionTable.Pareto[place]);

        Assert.Equal((sum + 2) / 4, DistributionTable.ParetoNormal[place]);
        Assert.Equal(short.MaxValue, DistributionTable.ParetoNormal[4_095]);
    }
}
