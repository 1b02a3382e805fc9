using Emulator.Engine.Telemetry;

namespace Emulator.Engine.Tests.Telemetry;

public sealed class LatencyHistogramTests
{
    /// <summary>Nearest rank: of 1 to 1,000 the median is the 500th.</summary>
    [Fact]
    public void Is_exact_for_short_durations()
    {
        var histogram = new LatencyHistogram();
        for (int i = 1000; i >= 1; i--)
        {
            histogram.Add(i);
        }

        Assert.Equal((1L, 500L, 990L, 1000L),
            (histogram.Percentile(1), histogram.Percentile(500), histogram.Percentile(990),
                histogram.Percentile(1000)));
    }

    [Theory]
    [InlineData(2_047)]
    [InlineData(2_048)]
    [InlineData(123_456_789)]
    [InlineData(long.MaxValue / 2)]
    public void Is_never_below_and_at_most_a_thousandth_above_for_long_ones(long nanoseconds)
    {
        var histogram = new LatencyHistogram();
        histogram.Add(nanoseconds);
        histogram.Add(long.MaxValue);
        long median = histogram.Percentile(500);

        Assert.InRange(median, nanoseconds, nanoseconds + (nanoseconds / 1024));
        Assert.Equal(long.MaxValue, histogram.MaximumNanoseconds);
    }

    [Fact]
    public void Has_no_percentile_without_durations() => Assert.Equal(0, new LatencyHistogram().Percentile(500));
}
