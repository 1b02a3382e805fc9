using System.Diagnostics;
using Emulator.Engine.Telemetry.Otlp;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Emulator.Engine.Telemetry;

/// <summary>
/// Sends the program's own telemetry, in wall time, to a collector through the OpenTelemetry SDK: the instruments of
/// <see cref="EngineMeter"/>, and spans of what the program does. The packets' spans are <see cref="JournalSpans"/>'.
/// </summary>
/// <remarks>Make it only where <c>--otlp</c> is given.</remarks>
public sealed class ProgramTelemetry : IDisposable
{
    private readonly MeterProvider _meters;
    private readonly TracerProvider _traces;

    /// <summary>An export of whatever is measured from now on.</summary>
    /// <param name="endpoint">The collector.</param>
    /// <param name="runId">The value of <c>emulator.run.id</c>.</param>
    public ProgramTelemetry(OtlpEndpoint endpoint, string runId)
    {
        ResourceBuilder resource = ResourceBuilder.CreateEmpty().AddService("emulator")
            .AddAttributes([new KeyValuePair<string, object>("emulator.run.id", runId)]);
        _meters = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(EngineMeter.Name)
            .AddOtlpExporter(o => Configure(o, endpoint, "/v1/metrics")).Build();
        _traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(Spans.Name)
            .AddOtlpExporter(o => Configure(o, endpoint, "/v1/traces")).Build();
    }

    /// <summary>Where the program starts spans of its own work.</summary>
    public static ActivitySource Spans { get; } = new("Emulator");

    /// <summary>Sends what waits and ends.</summary>
    public void Dispose()
    {
        _meters.Dispose();
        _traces.Dispose();
    }

    private static void Configure(OtlpExporterOptions options, OtlpEndpoint endpoint, string path)
    {
        options.Protocol = endpoint.IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = endpoint.IsGrpc ? endpoint.Address : new Uri(endpoint.Address, path);
    }
}
