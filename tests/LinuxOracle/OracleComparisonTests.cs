namespace Emulator.LinuxOracle.Tests;

/// <summary>When a scenario is driven again. Expected: by hand.</summary>
public sealed class OracleComparisonTests
{
    private readonly List<string> _written = [];
    private int _tries;

    [Fact]
    public void A_try_that_differs_is_told_even_when_the_next_does_not()
    {
        Assert.Equal("", Repeat("late", ""));
        Assert.Equal(["try 1 of 3:\nlate"], _written);
        Assert.Equal(2, _tries);
    }

    [Fact]
    public void Differing_twice_in_the_same_way_fails_without_a_third_try()
    {
        Assert.Equal("try 1 of 3:\nack=2try 2 of 3:\nack=2", Repeat("ack=2", "ack=2", ""));
        Assert.Equal(2, _tries);
    }

    [Fact]
    public void Differing_in_three_ways_fails()
    {
        Assert.Equal("try 1 of 3:\natry 2 of 3:\nbtry 3 of 3:\nc", Repeat("a", "b", "c", ""));
        Assert.Equal(3, _written.Count);
    }

    private string Repeat(params string[] found) => OracleComparison.Repeat(
        i =>
        {
            Assert.Equal(_tries, i);
            _tries++;
            return found[i];
        },
        _written.Add);
}
