using Emulator.Core.Time;

namespace Emulator.Core.Tests.Time;

public class SimTimeTests
{
    [Fact]
    public void Adds_durations_and_measures_between_instants()
    {
        SimTime start = new(1_500);

        Assert.Equal(new SimTime(2_001_500), start + SimDuration.FromMilliseconds(2));
        Assert.Equal(new SimDuration(-1_500), SimTime.Zero - start);
        Assert.Equal(SimDuration.FromSeconds(3), SimDuration.FromMilliseconds(1_500) * 2);
        Assert.Equal(
            SimDuration.FromMicroseconds(999), SimDuration.FromMilliseconds(1) - SimDuration.FromMicroseconds(1));
    }

    [Fact]
    public void Overflow_is_an_error_and_not_a_wrap()
    {
        Assert.Throws<OverflowException>(() => new SimTime(long.MaxValue) + new SimDuration(1));
        Assert.Throws<OverflowException>(() => SimDuration.FromSeconds(long.MaxValue / 2));
        Assert.Throws<OverflowException>(() => SimDuration.FromSeconds(1_000_000) * 1_000_000_000);
    }

    [Fact]
    public void Compares_in_the_order_of_nanoseconds()
    {
        Assert.True(new SimTime(1) < new SimTime(2));
        Assert.True(new SimTime(2) >= new SimTime(2));
        Assert.False(new SimTime(2) > new SimTime(2));
        Assert.True(new SimDuration(-1) <= SimDuration.Zero);
    }

    [Theory]
    [InlineData(0, "0.000000000s")]
    [InlineData(1_000_002_500, "1.000002500s")]
    public void Is_written_in_seconds_to_the_nanosecond(long nanoseconds, string text) =>
        Assert.Equal(text, new SimTime(nanoseconds).ToString());

    [Theory]
    [InlineData(50_000, "0.050000ms")]
    [InlineData(-2_000_001, "-2.000001ms")]
    public void Durations_are_written_in_milliseconds(long nanoseconds, string text) =>
        Assert.Equal(text, new SimDuration(nanoseconds).ToString());
}
