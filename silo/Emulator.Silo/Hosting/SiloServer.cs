using System.Net;
using Emulator.Engine.Telemetry;
using Emulator.Silo.Configuration;
using OpenTelemetry.Metrics;

namespace Emulator.Silo.Hosting;

/// <summary>The process around an engine: metrics, health and readiness over HTTP.</summary>
internal static class SiloServer
{
    /// <summary>Makes the server, not yet started.</summary>
    /// <param name="options">Its options.</param>
    /// <param name="configure">Adds the engine's services.</param>
    /// <param name="map">Adds the engine's pages.</param>
    public static WebApplication Build(
        SiloOptions options, Action<WebApplicationBuilder, SiloOptions> configure, Action<WebApplication> map)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
            console.UseUtcTimestamp = true;
        });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Emulator", LogLevel.Information)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.Critical); // A failed start is told of once, by us.
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            options.ListensToOthers ? IPAddress.Any : IPAddress.Loopback, options.HttpPort));

        // An engine may take long to join; meanwhile /healthz and /readyz answer.
        builder.Services.Configure<HostOptions>(host => host.ServicesStartConcurrently = true);
        builder.Services.AddSingleton<EngineReadiness>();
        builder.Services.AddSingleton<EngineMeter>();
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(EngineMeter.Name)
            .AddPrometheusExporter(exporter =>
            {
                exporter.ScopeInfoEnabled = false;
                exporter.TargetInfoEnabled = false;
            }));
        configure(builder, options);

        WebApplication application = builder.Build();
        application.MapPrometheusScrapingEndpoint("/metrics");
        application.MapGet("/healthz", Alive);
        application.MapGet("/readyz", Ready);
        map(application);

        // The provider listens from when it is made; only then are the zeros heard.
        application.Services.GetRequiredService<MeterProvider>();
        application.Services.GetRequiredService<EngineMeter>().ShowZeros();
        return application;
    }

    private static IResult Alive() => Results.Text("ok\n");

    private static IResult Ready(EngineReadiness readiness) => readiness.Reason is string reason
        ? Results.Text($"not ready: {reason}\n", statusCode: StatusCodes.Status503ServiceUnavailable)
        : Results.Text("ready\n");
}
