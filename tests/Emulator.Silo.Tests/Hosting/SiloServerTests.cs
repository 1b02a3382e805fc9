using System.Net;
using System.Text.RegularExpressions;
using Emulator.Core.Journal;
using Emulator.Engine.Execution;
using Emulator.Engine.Telemetry;
using Emulator.Silo.Configuration;
using Emulator.Silo.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Emulator.Silo.Tests.Hosting;

/// <summary>A real server on a free loopback port, without an engine.</summary>
public sealed partial class SiloServerTests : IAsyncLifetime
{
    private readonly WebApplication _server = SiloServer.Build(
        new SiloOptions { HttpPort = 0 }, (_, _) => { }, _ => { });

    private readonly HttpClient _client = new();

    private EngineReadiness Readiness => _server.Services.GetRequiredService<EngineReadiness>();

    private EngineMeter Meter => _server.Services.GetRequiredService<EngineMeter>();

    public async Task InitializeAsync()
    {
        await _server.StartAsync();
        _client.BaseAddress = new Uri(_server.Urls.Single());
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Is_alive_before_the_engine_has_joined() =>
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await Get("/healthz"));

    [Fact]
    public async Task Is_ready_from_when_the_engine_has_joined_until_it_leaves()
    {
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not ready: the engine is starting\n"), await Get("/readyz"));

        Readiness.Joined();
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await Get("/readyz"));

        Readiness.NotReady("it leaves");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not ready: it leaves\n"), await Get("/readyz"));
    }

    [Fact]
    public async Task Counters_are_shown_at_zero_before_anything_is_counted()
    {
        string[] samples = await Samples();

        Assert.Equal(
            [
                "emulator_events_delivered_total 0", "emulator_grain_calls_total 0",
                "emulator_journal_entries_total 0", "emulator_packets_delivered_total 0",
                "emulator_packets_originated_total 0", "emulator_recoveries_total 0", "emulator_shards_running 0",
                "emulator_silo_batches_sent_total 0", "emulator_silo_messages_sent_total 0",
                "emulator_silo_sent_bytes_total 0", "emulator_virtual_time_seconds 0", "emulator_windows_total 0",
            ],
            samples);
    }

    [Fact]
    public async Task Every_instrument_is_shown_under_its_name_and_unit()
    {
        RecordEverything();

        string[] samples = await Samples();

        Assert.Contains("emulator_packets_dropped_total{reason=\"LinkLoss\"} 3", samples);
        Assert.Contains("emulator_lookahead_seconds 0.0005", samples);
        Assert.Contains("emulator_window_duration_seconds_bucket{le=\"0.001\"} 0", samples);
        Assert.Contains("emulator_window_duration_seconds_bucket{le=\"0.003\"} 1", samples);
        Assert.Contains("emulator_barrier_wait_seconds_count 1", samples);
        Assert.Contains("emulator_window_events_bucket{le=\"30\"} 1", samples);
        Assert.Contains("emulator_recoveries_total 1", samples);
    }

    [Fact]
    public async Task Every_metric_has_a_help_and_a_type()
    {
        string[] lines = (await Get("/metrics")).Text.Split('\n');
        string[] Named(string keyword) => [.. lines.Where(line => line.StartsWith(keyword, StringComparison.Ordinal))
            .Select(line => line.Split(' ')[2])];

        Assert.Equal(12, Named("# TYPE ").Length); // The counters and gauges that are shown at zero.
        Assert.Equal(Named("# TYPE "), Named("# HELP "));
    }

    [PromtoolFact]
    public async Task Promtool_finds_nothing_to_complain_about()
    {
        RecordEverything();

        Assert.Equal("", await PromtoolFactAttribute.Check((await Get("/metrics")).Text));
    }

    private void RecordEverything()
    {
        Meter.PacketsDropped.Add(3, new KeyValuePair<string, object?>(EngineMeter.ReasonLabel, DropReason.LinkLoss));
        Meter.Lookahead.Record(0.0005);
        Meter.WindowDuration.Record(0.002);
        Meter.BarrierWait.Record(0.002);
        Meter.WindowEvents.Record(20);
        Meter.Recoveries.Add(1);
    }

    // The samples without the time, and without empty braces, which some versions of the text format write.
    private async Task<string[]> Samples()
    {
        (HttpStatusCode status, string text) = await Get("/metrics");
        Assert.Equal(HttpStatusCode.OK, status);
        return
        [
            .. text.Split('\n').Where(line => line.Length > 0 && line[0] != '#')
                .Select(line => Sample().Match(line) is { Success: true } match
                    ? $"{match.Groups["name"]}{match.Groups["labels"]} {match.Groups["value"]}".Replace("{}", "")
                    : line)
                .Order(StringComparer.Ordinal),
        ];
    }

    private async Task<(HttpStatusCode Status, string Text)> Get(string path)
    {
        using HttpResponseMessage response = await _client.GetAsync(path);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    [GeneratedRegex(@"^(?<name>\w+)(?<labels>\{[^}]*\})? (?<value>\S+)")]
    private static partial Regex Sample();
}
