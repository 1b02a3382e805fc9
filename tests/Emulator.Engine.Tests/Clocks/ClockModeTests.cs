using Emulator.Engine.Clocks;

namespace Emulator.Engine.Tests.Clocks;

public class ClockModeTests
{
    [Theory]
    [InlineData("virtual", ClockKind.Virtual, 1_000)]
    [InlineData("step", ClockKind.Step, 1_000)]
    [InlineData("realtime", ClockKind.Realtime, 1_000)]
    [InlineData("realtime:10", ClockKind.Realtime, 10_000)]
    [InlineData("realtime:0.5", ClockKind.Realtime, 500)]
    [InlineData("realtime:1000000", ClockKind.Realtime, 1_000_000_000)]
    public void Reads_the_clocks_and_writes_them_back(string text, ClockKind kind, long thousandths)
    {
        ClockMode mode = ClockMode.Parse(text);

        Assert.Equal(kind, mode.Kind);
        Assert.Equal(thousandths, mode.FactorThousandths);
        Assert.Equal(text, mode.ToString());
    }

    [Theory]
    [InlineData("fast")]
    [InlineData("")]
    [InlineData("Virtual")]
    public void Says_which_clocks_there_are(string text)
    {
        FormatException error = Assert.Throws<FormatException>(() => ClockMode.Parse(text));
        Assert.Equal(
            $"--clock: '{text}' is not a clock; write virtual, realtime, realtime:FACTOR (such as realtime:10 or "
            + "realtime:0.5) or step.",
            error.Message);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("0.0001")]
    [InlineData("1000001")]
    [InlineData("quick")]
    [InlineData("")]
    [InlineData("1e3")]
    public void Says_which_speeds_there_are(string factor)
    {
        FormatException error = Assert.Throws<FormatException>(() => ClockMode.Parse($"realtime:{factor}"));
        Assert.Equal(
            $"--clock: '{factor}' is not a speed; give 0.001 to 1000000 with up to three decimals, such as "
            + "realtime:10.",
            error.Message);
    }
}
