using Emulator.Client.Requests;
using Emulator.Client.Running;
using Emulator.Core.Time;

namespace Emulator.Client.Tests.Running;

public sealed class SettlementTests
{
    [Fact]
    public void Progress_is_shown_from_the_start_before_each_quarter_of_a_second_has_passed()
    {
        var streams = new Streams(TextReader.Null, TextWriter.Null, TextWriter.Null, IsTerminal: false);
        LoadedInput loaded = InputLoader.Load(
            [Path.Combine(CommandRun.Root, "examples", "linux-facts", "vxlan")], streams)!; // It is shipped.
        using var run = new ClusterRun(loaded, seed: 1, EngineRequest.Default, [], streams);
        List<SimTime> shown = [];

        IReadOnlyList<string> unready = Settlement.Run(run, shown.Add);

        Assert.Empty(unready);
        Assert.Equal(
            [0, 249_000_000, 498_000_000, 747_000_000, 996_000_000], // The last whole milliseconds before the quarters.
            shown.Take(5).Select(now => now.Nanoseconds));
        Assert.Equal(run.Engine.Now, shown[^1]);
    }
}
