using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace Emulator.Grains.Remote;

/// <summary>A client's connection with the silos: it enters through one gateway, and learns of the others.</summary>
public sealed class SiloClient : IDisposable
{
    /// <summary>The cluster's name when nobody gives another.</summary>
    public const string DefaultClusterId = "emulator";

    private readonly IHost _host;

    private SiloClient(IHost host) => _host = host;

    /// <summary>References to grains.</summary>
    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>Connects.</summary>
    /// <param name="gateways">Gateways to try; one that lives is enough to learn of the rest.</param>
    public static SiloClient Connect(params IPEndPoint[] gateways)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(options =>
            {
                options.ClusterId = Environment.GetEnvironmentVariable("EMULATOR_CLUSTER_ID") ?? DefaultClusterId;
                options.ServiceId = Environment.GetEnvironmentVariable("EMULATOR_SERVICE_ID") ?? DefaultClusterId;
            });
            client.Configure<ClientMessagingOptions>(options => options.ResponseTimeout = TimeSpan.FromSeconds(20));
            client.UseStaticClustering(gateways);
        });
        IHost host = builder.Build();
        try
        {
            host.StartAsync(new CancellationTokenSource(TimeSpan.FromSeconds(15)).Token).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is OperationCanceledException)
        {
            host.Dispose();
            throw new TimeoutException("no answer within 15 s", exception);
        }

        return new SiloClient(host);
    }

    /// <inheritdoc/>
    public void Dispose() => _host.Dispose();
}
