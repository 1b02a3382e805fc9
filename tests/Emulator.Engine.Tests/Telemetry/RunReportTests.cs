using Emulator.Core.Journal;
using Emulator.Engine.Telemetry;

namespace Emulator.Engine.Tests.Telemetry;

public sealed class RunReportTests
{
    [Fact]
    public void Counts_requests_by_outcome_and_drops_by_reason_and_rule()
    {
        var report = new RunReport(o => o == 0 ? "Reply" : $"Failure{o}");
        for (int i = 1; i <= 10; i++)
        {
            report.Write(new ClusterIPWalk((ulong)i).ToDelivery().End(0, "ok", i * 100_000L).Entries);
        }

        report.Write(new ClusterIPWalk(11).ToTranslation().Drop(DropReason.NetfilterDrop, "-A B").End(
            3, "timeout", 5).Entries);
        report.Write(new ClusterIPWalk(12).ToTranslation().Drop(DropReason.NetfilterDrop, "-A A").End(
            3, "timeout", 5).Entries);
        report.Write(new ClusterIPWalk(13).ToTranslation().Drop(DropReason.NetfilterDrop, new string("-A B")).Entries);

        Assert.Equal(
            [
                "requests 12: Reply 10, Failure3 2",
                "latency p50 0.500 p90 0.900 p99 1.000 p99.9 1.000 max 1.000 ms",
                "dropped 1 NetfilterDrop by -A A",
                "dropped 2 NetfilterDrop by -A B",
            ],
            report.ToLines());
        Assert.Equal("""{"Reply":10,"Failure3":2}""", report.ToJson()["outcomes"]!.ToString());
        Assert.Equal(
            ["""{"reason":"NetfilterDrop","rule":"-A A","packets":1}""",
                """{"reason":"NetfilterDrop","rule":"-A B","packets":2}"""],
            report.ToJson()["drops"]!.Items.Select(d => d.ToString()));
        Assert.Equal(1_000_000, report.ToJson().At("latencyNs", "max")!.AsInt64);
    }

    [Fact]
    public void Says_that_nothing_was_asked() => Assert.Equal(["requests 0"], new RunReport().ToLines());
}
