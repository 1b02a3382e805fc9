using Emulator.Cluster.Reading;
using Emulator.Core.Randomness;
using Emulator.Core.Time;

namespace Emulator.Cluster.Tests.Reading;

public sealed class ExactTextTests
{
    [Theory]
    [InlineData("500us", 500_000)]
    [InlineData("500µs", 500_000)]
    [InlineData("0.5ms", 500_000)]
    [InlineData("1.000000001s", 1_000_000_001)]
    [InlineData("1m30s", 90_000_000_000)]
    [InlineData("1h0.5m", 3_630_000_000_000)]
    [InlineData("7ns", 7)]
    [InlineData("0", 0)]
    public void Reads_durations_to_the_nanosecond(string text, long nanoseconds)
    {
        Assert.True(DurationText.TryParse(text, out SimDuration duration));
        Assert.Equal(nanoseconds, duration.Nanoseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("ms")]
    [InlineData("-5ms")]
    [InlineData("0.5ns")]
    [InlineData("1.2.3s")]
    [InlineData("5 ms")]
    [InlineData("3000000h")]
    public void Refuses_what_is_no_duration_or_finer_than_a_nanosecond(string text) =>
        Assert.False(DurationText.TryParse(text, out _));

    [Theory]
    [InlineData("1%", 1, 100)]
    [InlineData("0.5%", 1, 200)]
    [InlineData("33.3%", 333, 1000)]
    [InlineData("2/6", 1, 3)]
    [InlineData("0.01", 1, 100)]
    [InlineData("0", 0, 1)]
    [InlineData("1", 1, 1)]
    [InlineData("100%", 1, 1)]
    public void Reads_chances_in_lowest_terms(string text, uint numerator, uint denominator)
    {
        Assert.True(RatioText.TryParse(text, out Ratio ratio));
        Assert.Equal(new Ratio(numerator, denominator), ratio);
    }

    [Theory]
    [InlineData("")]
    [InlineData("%")]
    [InlineData("101%")]
    [InlineData("2")]
    [InlineData("1/0")]
    [InlineData("-1%")]
    [InlineData("0.00000000001")]
    public void Refuses_what_is_no_chance(string text) => Assert.False(RatioText.TryParse(text, out _));

    [Theory]
    [InlineData("10Gbit", 10_000_000_000)]
    [InlineData("2.5Gbit", 2_500_000_000)]
    [InlineData("9600bit", 9_600)]
    [InlineData("unlimited", 0)]
    public void Reads_rates(string text, long rate)
    {
        Assert.True(RateText.TryParse(text, out long read));
        Assert.Equal(rate, read);
    }

    [Theory]
    [InlineData("3000", 3_000)]
    [InlineData("32kb", 32_768)]
    [InlineData("1mb", 1_048_576)]
    [InlineData("32kbit", 4_096)]
    [InlineData("1.5k", 1_536)]
    [InlineData("7b", 7)]
    public void Reads_sizes_as_tc_does(string text, long bytes)
    {
        Assert.True(SizeText.TryParse(text, out long read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("kb")]
    [InlineData("-1")]
    [InlineData("0.0001k")]
    [InlineData("5gb")]
    [InlineData("5 kb")]
    public void Refuses_what_is_no_size(string text) => Assert.False(SizeText.TryParse(text, out _));

    [Theory]
    [InlineData("10G")]
    [InlineData("0Mbit")]
    [InlineData("0.5bit")]
    [InlineData("401Tbit")]
    public void Refuses_what_is_no_rate(string text) => Assert.False(RateText.TryParse(text, out _));
}
