using System.Diagnostics;
using System.Diagnostics.Metrics;
using Emulator.Core.Journal;
using Emulator.Engine.Execution;
using Emulator.Engine.Telemetry.Otlp;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Emulator.Engine.Telemetry;

/// <summary>
/// The program's own telemetry, in wall time, through the OpenTelemetry SDK: metrics of packets, drops, events and
/// windows, and spans of what the program does. The packets' spans are <see cref="JournalSpans"/>'.
/// </summary>
/// <remarks>Make it only where <c>--otlp</c> is given: without a listener the instruments cost next to
/// nothing.</remarks>
public sealed class ProgramTelemetry : IJournalProjection, IDisposable
{
    /// <summary>The name of the meter and of the source of spans.</summary>
    public const string SourceName = "Emulator";

    private readonly Meter _meter = new(SourceName);
    private readonly Counter<long> _packets;
    private readonly Counter<long> _drops;
    private readonly Counter<long> _entries;
    private readonly Counter<long> _events;
    private readonly Histogram<double> _windowSeconds;
    private readonly KeyValuePair<string, object?>[] _reasons;
    private readonly long[] _dropped = new long[256];
    private readonly MeterProvider? _meters;
    private readonly TracerProvider? _traces;

    /// <summary>Instruments, exported to a collector; null exports nothing (for tests, which listen to the
    /// meter).</summary>
    /// <param name="endpoint">The collector.</param>
    /// <param name="runId">The value of <c>emulator.run.id</c>.</param>
    public ProgramTelemetry(OtlpEndpoint? endpoint, string runId)
    {
        _packets = _meter.CreateCounter<long>("emulator.packets", "{packet}",
            "Packets that came into the world or were delivered.");
        _drops = _meter.CreateCounter<long>("emulator.drops", "{packet}", "Packets that ended undelivered, by reason.");
        _entries = _meter.CreateCounter<long>("emulator.journal.entries", "{entry}", "Entries of the journal.");
        _events = _meter.CreateCounter<long>("emulator.events", "{event}", "Messages delivered to actors.");
        _windowSeconds = _meter.CreateHistogram<double>("emulator.window.duration", "s", "Wall time of windows.");
        _reasons = [.. Enumerable.Range(0, 256).Select(
            r => new KeyValuePair<string, object?>("error.type", ((DropReason)r).ToString()))];
        if (endpoint is null)
        {
            return;
        }

        ResourceBuilder resource = ResourceBuilder.CreateEmpty().AddService("emulator")
            .AddAttributes([new KeyValuePair<string, object>("emulator.run.id", runId)]);
        _meters = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(SourceName)
            .AddOtlpExporter(o => Configure(o, endpoint, "/v1/metrics")).Build();
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(SourceName)
            .AddOtlpExporter(o => Configure(o, endpoint, "/v1/traces")).Build();
    }

    /// <summary>Where the program starts spans of its own work.</summary>
    public static ActivitySource Spans { get; } = new(SourceName);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<JournalEntry> entries)
    {
        long originated = 0;
        long delivered = 0;
        bool anyDropped = false;
        foreach (ref readonly JournalEntry entry in entries)
        {
            originated += entry.Kind == JournalKind.Originated ? 1 : 0;
            delivered += entry.Kind == JournalKind.Delivered ? 1 : 0;
            if (entry.Kind == JournalKind.Dropped)
            {
                _dropped[(int)entry.Reason]++;
                anyDropped = true;
            }
        }

        _entries.Add(entries.Length);
        _packets.Add(originated, new KeyValuePair<string, object?>("emulator.packet.event", "originated"));
        _packets.Add(delivered, new KeyValuePair<string, object?>("emulator.packet.event", "delivered"));
        for (int i = 0; anyDropped && i < _dropped.Length; i++)
        {
            if (_dropped[i] > 0)
            {
                _drops.Add(_dropped[i], _reasons[i]);
                _dropped[i] = 0;
            }
        }
    }

    /// <summary>Records what the engine did since the last call.</summary>
    /// <param name="events">Messages delivered.</param>
    /// <param name="windows">Windows run.</param>
    /// <param name="wallTime">What they took together; each is recorded as the mean of them.</param>
    public void RecordWindows(long events, int windows, TimeSpan wallTime)
    {
        _events.Add(events);
        for (int i = 0; i < windows; i++)
        {
            _windowSeconds.Record(wallTime.TotalSeconds / windows);
        }
    }

    /// <summary>Sends what waits and ends.</summary>
    public void Dispose()
    {
        _meters?.Dispose();
        _traces?.Dispose();
        _meter.Dispose();
    }

    private static void Configure(OtlpExporterOptions options, OtlpEndpoint endpoint, string path)
    {
        options.Protocol = endpoint.IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = endpoint.IsGrpc ? endpoint.Address : new Uri(endpoint.Address, path);
    }
}
