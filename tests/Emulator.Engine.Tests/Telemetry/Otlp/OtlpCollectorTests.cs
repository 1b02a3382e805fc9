using Emulator.Engine.Telemetry.Otlp;

namespace Emulator.Engine.Tests.Telemetry.Otlp;

public sealed class OtlpCollectorTests
{
    private const int WalkCount = 40;

    private static OtlpOptions Options => JournalSpansTests.Options() with
    {
        BatchSpans = 16, WaitingBatchesMax = 1, RetryDelayMilliseconds = 1, AttemptsMax = 4,
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Receives_exactly_the_journaled_hops_with_parents_and_times_in_order(bool isGrpc)
    {
        await using LoopbackCollector collector = await LoopbackCollector.Start(isGrpc);

        OtlpCounters counters = Export(collector);

        AssertComplete(collector, counters);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Holds_virtual_time_back_while_the_collector_is_slow_and_loses_nothing(bool isGrpc)
    {
        await using LoopbackCollector collector = await LoopbackCollector.Start(isGrpc);
        collector.Gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var destination = new OtlpCollector(collector.Address, Options);
        destination.Send([]);
        await collector.Arrived.WaitAsync();

        Assert.True(destination.TrySend([])); // One request is held by the collector, and one may wait.
        Assert.False(destination.TrySend([])); // No more: Send would block here.
        var spans = new JournalSpans(Options, destination);
        Task write = Task.Run(() => WriteWalks(spans));
        Assert.Empty(collector.Spans);
        collector.Gate.SetResult();
        await write;
        spans.Complete();

        AssertComplete(collector, spans.Counters);
    }

    [Theory]
    [InlineData(false, 503)]
    [InlineData(false, 429)]
    [InlineData(true, 14)]
    [InlineData(true, 8)]
    public async Task Tries_again_what_may_be_tried_again(bool isGrpc, int refusal)
    {
        await using LoopbackCollector collector = await LoopbackCollector.Start(isGrpc);
        collector.Refusals.Enqueue(refusal);
        collector.Refusals.Enqueue(refusal);

        AssertComplete(collector, Export(collector));
    }

    [Theory]
    [InlineData(false, 400, "HTTP 400")]
    [InlineData(true, 3, "gRPC status 3")]
    public async Task Stops_the_run_when_spans_are_refused_for_good(bool isGrpc, int refusal, string expected)
    {
        await using LoopbackCollector collector = await LoopbackCollector.Start(isGrpc);
        collector.Refusals.Enqueue(refusal);

        var problem = Assert.ThrowsAny<Exception>(() => Export(collector));
        // Thrown while writing, it is wrapped.
        Exception cause = problem as OtlpExportException ?? problem.InnerException!;
        Assert.Contains($"after 1 attempts ({expected})", Assert.IsType<OtlpExportException>(cause).Message);
    }

    [Fact]
    public async Task Gives_up_after_the_last_attempt()
    {
        await using LoopbackCollector collector = await LoopbackCollector.Start(false);
        for (int i = 0; i < Options.AttemptsMax; i++)
        {
            collector.Refusals.Enqueue(503);
        }

        var problem = Assert.ThrowsAny<Exception>(() => Export(collector));
        Exception cause = problem as OtlpExportException ?? problem.InnerException!; // As above.
        Assert.Contains("after 4 attempts (HTTP 503)", Assert.IsType<OtlpExportException>(cause).Message);
    }

    /// <summary>partial_success { rejected_spans: 3 } is field 1 with the two bytes 08 03.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Counts_spans_that_the_collector_rejected(bool isGrpc)
    {
        await using LoopbackCollector collector = await LoopbackCollector.Start(isGrpc);
        collector.Response = [0x0A, 0x02, 0x08, 0x03];

        OtlpCounters counters = Export(collector);

        long requests = (counters.SpansExported + 15) / 16;
        Assert.Equal(3 * requests, counters.SpansRejected);
        Assert.Contains($"rejected by the collector {counters.SpansRejected}", counters.ToString());
    }

    [Theory]
    [InlineData("http://c:4318", "http://c:4318/", false)]
    [InlineData("http://c", "http://c:4318/", false)]
    [InlineData("http://c:4317", "http://c:4317/", true)]
    [InlineData("grpc://c", "http://c:4317/", true)]
    [InlineData("grpc://c:9000", "http://c:9000/", true)]
    [InlineData("https://c:443", "https://c/", false)]
    public void Reads_where_a_collector_listens(string text, string address, bool isGrpc) =>
        Assert.Equal(new OtlpEndpoint(new Uri(address), isGrpc), OtlpEndpoint.Parse(text));

    [Theory]
    [InlineData("collector:4317")]
    [InlineData("ftp://c")]
    public void Refuses_what_is_no_endpoint(string text) =>
        Assert.Throws<FormatException>(() => OtlpEndpoint.Parse(text));

    private static OtlpCounters Export(LoopbackCollector collector)
    {
        using var destination = new OtlpCollector(collector.Address, Options);
        var spans = new JournalSpans(Options, destination);
        WriteWalks(spans);
        spans.Complete();
        return spans.Counters;
    }

    private static void WriteWalks(JournalSpans spans)
    {
        foreach (ClusterIPWalk walk in JournalSpansTests.Walks(WalkCount))
        {
            spans.Write(walk.Entries);
        }
    }

    private static void AssertComplete(LoopbackCollector collector, OtlpCounters counters)
    {
        ReceivedSpan[] spans = collector.Spans;
        Dictionary<string, ReceivedSpan> byId = spans.ToDictionary(s => s.Id);
        ReceivedSpan[] hops = JournalSpansTests.Hops(spans);

        Assert.Equal((WalkCount * 12, WalkCount * 12, 0, 0),
            (counters.HopsJournaled, counters.HopsExported, counters.HopsSampledOut, counters.HopsOverBudget));
        Assert.Equal(WalkCount * 12, hops.Length);
        Assert.Equal(counters.SpansExported, spans.Length);
        foreach (IGrouping<string, ReceivedSpan> packet in hops.GroupBy(h => h.Parent))
        {
            ReceivedSpan parent = byId[packet.Key];
            ReceivedSpan[] path = [.. packet];
            Assert.Equal(Enumerable.Range(1, 12).Select(i => $"{i}"),
                path.Select(h => h.Attributes["emulator.hop.seq"]));
            Assert.Equal(path[1..].Select(h => h.Start), path[..^1].Select(h => h.End));
            Assert.True(
                parent.Start <= path[0].Start && path[^1].End <= parent.End, "a hop is outside of its packet's span");
            Assert.Equal(3, byId[parent.Parent].Kind); // The packet hangs below the client's span.
        }
    }
}
