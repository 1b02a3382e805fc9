using Emulator.Core.Randomness;

namespace Emulator.Core.Tests.Randomness;

public class RatioTests
{
    [Fact]
    public void Refuses_a_zero_denominator_and_a_chance_above_one()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ratio(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Ratio(3, 2));
    }

    [Fact]
    public void A_default_value_reads_as_never() => Assert.Equal("0/1", default(Ratio).ToString());
}
