namespace Emulator.Tidy.Tests.Dashboards;

public class MetricTests
{
    [Fact]
    public void The_list_is_read_by_columns()
    {
        Metric metric = Assert.Single(
            Metric.Parse("# NAME\nemulator_pods  gauge  phase,node  planned: emulator.pods\n"));

        Assert.Equal(("emulator_pods", "gauge", "planned: emulator.pods"), (metric.Name, metric.Kind, metric.From));
        Assert.Equal(["phase", "node"], metric.Labels);
        Assert.True(metric.IsPlanned);
        Assert.False(metric.IsTheEngines);
    }

    [Fact]
    public void A_histogram_is_asked_for_by_its_three_series() =>
        Assert.Equal(
            ["a_bucket", "a_sum", "a_count"], new Metric("a", "histogram", [], "emulator.a").Series);

    [Fact]
    public void The_metrics_of_an_expression_are_found() =>
        Assert.Equal(
            ["emulator_packets_dropped_total", "up", "otelcol_x_total"],
            Metric.UsedBy("sum by (up_to) (rate(emulator_packets_dropped_total[1m])) / count(up{job=\"silo\"} == 1) "
                + "+ otelcol_x_total + emulator_packets_dropped_total"));

    [Theory]
    [InlineData("emulator.packets.dropped", "{packet}", "counter", "emulator_packets_dropped_total")]
    [InlineData("emulator.silo.sent", "By", "counter", "emulator_silo_sent_bytes_total")]
    [InlineData("emulator.barrier.wait", "s", "histogram", "emulator_barrier_wait_seconds")]
    [InlineData("emulator.shards.running", "{shard}", "gauge", "emulator_shards_running")]
    public void An_instrument_has_its_name_in_Prometheus(string instrument, string unit, string kind, string name) =>
        Assert.Equal(name, EngineInstruments.PrometheusName(instrument, unit, kind));

    [Fact]
    public void Instruments_are_found_in_a_source()
    {
        const string Source = """
            A = Counter("emulator.a", "{a}", "…");
            B = _meter.CreateHistogram(
                "emulator.b", "s", "…");
            C = _meter.CreateGauge<double>("emulator.c", "s", "…");
            """;

        Assert.Equal(
            [
                ("emulator_a_total", "counter", "emulator.a"), ("emulator_b_seconds", "histogram", "emulator.b"),
                ("emulator_c_seconds", "gauge", "emulator.c"),
            ],
            EngineInstruments.Of(Source));
    }

    /// <summary>Compares with the file that makes the engine's instruments.</summary>
    [Fact]
    public void The_list_has_the_instruments_of_the_engine_and_no_others() =>
        Assert.Equal(
            Metric.Listed.Where(metric => metric.IsTheEngines)
                .Select(metric => (metric.Name, metric.Kind, metric.From)).Order(),
            EngineInstruments.Of(Repository.Sources.Single(file => file.Name == "EngineMeter.cs").Text).Order());

    [Fact]
    public void No_metric_is_listed_twice() =>
        Assert.Equal(
            Metric.Listed.Select(metric => metric.Name).Distinct(StringComparer.Ordinal),
            Metric.Listed.Select(metric => metric.Name));
}
