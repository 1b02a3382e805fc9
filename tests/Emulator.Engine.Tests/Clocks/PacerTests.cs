using System.Diagnostics;
using Emulator.Engine.Clocks;

namespace Emulator.Engine.Tests.Clocks;

public class PacerTests
{
    private long _ticks = 123;

    [Theory]
    [InlineData(1_000, 5_000_000_000)]
    [InlineData(10_000, 23_000_000_000)]
    [InlineData(500, 4_000_000_000)]
    public void Allows_virtual_time_to_come_as_far_as_wall_time_and_factor_say(long factor, long allowedAfterTwoSeconds)
    {
        Pacer pacer = new(factor, 3_000_000_000, () => _ticks);
        Assert.Equal(3_000_000_000, pacer.AllowedNanoseconds);

        _ticks += 2 * Stopwatch.Frequency;
        Assert.Equal(allowedAfterTwoSeconds, pacer.AllowedNanoseconds);
    }

    [Fact]
    public void Says_how_long_to_wait()
    {
        Pacer pacer = new(2_000, 0, () => _ticks);

        Assert.Equal(0, pacer.MillisecondsUntil(0));
        Assert.Equal(1, pacer.MillisecondsUntil(1));
        Assert.Equal(6, pacer.MillisecondsUntil(10_000_000));
        Assert.Equal(int.MaxValue, pacer.MillisecondsUntil(long.MaxValue));
    }
}
