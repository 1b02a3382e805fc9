using Emulator.Core.Randomness;
using Emulator.Underlay.Qdiscs;

namespace Emulator.Underlay.Tests.Qdiscs;

public class CorrelatedRandomTests
{
    private const int Draws = 100_000;

    // x' = (1 - rho) u + rho x: mean 1/2, variance (1 - rho) / (1 + rho) / 12, correlation with the next rho.
    [Theory]
    [InlineData(0)]
    [InlineData(25)]
    [InlineData(75)]
    public void Draws_resemble_the_one_before_by_rho(int percent)
    {
        long[] drawn = Draw(percent);
        long mean = drawn.Sum() / Draws;
        long variance = drawn.Sum(x => (x - mean) * (x - mean)) / Draws;
        long covariance = Enumerable.Range(1, Draws - 1)
            .Sum(i => (drawn[i] - mean) * (drawn[i - 1] - mean)) / Draws;

        // In 16-bit units. The mean's deviation is 65,536 * sqrt(1/12 / 100,000) = 60 for any rho.
        Assert.InRange(mean, 32_768 - 240, 32_768 + 240);
        long theory = 65_536L * 65_536 * (100 - percent) / (100 + percent) / 12;
        Assert.InRange(variance, theory * 98 / 100, theory * 102 / 100);
        Assert.InRange(covariance * 1_000 / variance, (percent * 10) - 13, (percent * 10) + 13);
    }

    [Fact]
    public void Certainty_happens_always_and_never_never()
    {
        var random = new CorrelatedRandom(Stream(), Probability.Never);
        for (int i = 0; i < 100; i++)
        {
            Assert.True(random.Happens(Probability.Always));
            Assert.False(random.Happens(Probability.Never));
        }
    }

    // tc: rint(p * (2^32 - 1)).
    [Theory]
    [InlineData(1, 100, 42_949_673)]
    [InlineData(1, 2, 2_147_483_648)]
    [InlineData(1, 1, 4_294_967_295)]
    public void Chances_have_the_kernels_thresholds(uint numerator, uint denominator, uint threshold) =>
        Assert.Equal(threshold, Probability.Of(new Ratio(numerator, denominator)).Threshold);

    private static long[] Draw(int percent)
    {
        var random = new CorrelatedRandom(Stream(), Probability.Of(new Ratio((uint)percent, 100)));
        long[] drawn = new long[Draws];
        for (int i = 0; i < Draws; i++)
        {
            drawn[i] = random.Next() >> 16;
        }

        return drawn;
    }

    private static RandomStream Stream() => RandomStream.For(3, Frames.Root("node-1").Id, "test");
}
