using Emulator.Client.Fuzzing;

namespace Emulator.Client.Tests.Fuzzing;

/// <summary>What <c>emulator fuzz</c> says of the digests. Expected: by hand.</summary>
public sealed class FuzzTotalsTests
{
    [Theory]
    [InlineData(0, "1,4", "digests: not compared: no case ran")]
    [InlineData(2, "4", "digests: not compared: 4 is the only number of shards")]
    [InlineData(2, "1,4", "digests: equal on 1, 4 shards in every case")]
    public void Digests_are_called_equal_only_where_two_were_compared(int cases, string shards, string expected)
    {
        var totals = new FuzzTotals();
        for (int i = 0; i < cases; i++)
        {
            totals.Add(new CaseResult(i, new CaseFigures(), null, 1, TimeSpan.FromSeconds(1)));
        }

        using var output = new StringWriter();
        totals.Write(output, [.. shards.Split(',').Select(int.Parse)], TimeSpan.FromSeconds(1));

        Assert.Equal(expected, Assert.Single(
            output.ToString().Split(output.NewLine), l => l.StartsWith("digests: ", StringComparison.Ordinal)));
    }
}
