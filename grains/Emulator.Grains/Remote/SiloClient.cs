using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Messaging;

namespace Emulator.Grains.Remote;

/// <summary>A client's connection with the silos: it enters through one gateway, and learns of the others.</summary>
public sealed class SiloClient : IDisposable
{
    /// <summary>The cluster's name when nobody gives another.</summary>
    public const string DefaultClusterId = "emulator";

    private readonly IHost _host;

    private SiloClient(IHost host, KnownGateways gateways)
    {
        _host = host;
        Gateways = gateways;
    }

    /// <summary>References to grains.</summary>
    public IGrainFactory Grains => _host.Services.GetRequiredService<IGrainFactory>();

    /// <summary>The gateways in use.</summary>
    public KnownGateways Gateways { get; }

    /// <summary>Connects.</summary>
    /// <param name="gateway">The gateway to enter through; those of the other silos are learned behind it.</param>
    /// <exception cref="TimeoutException">It does not answer.</exception>
    public static SiloClient Connect(IPEndPoint gateway)
    {
        var gateways = new KnownGateways(gateway);
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
            client.Services.AddSingleton<IGatewayListProvider>(gateways);
        });
        IHost host = builder.Build();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        try
        {
            host.StartAsync(patience.Token).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException cancelled)
        {
            host.Dispose();
            throw new TimeoutException("no answer within 15 s", cancelled);
        }
        catch
        {
            host.Dispose();
            throw;
        }

        return new SiloClient(host, gateways);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _host.StopAsync(TimeSpan.FromSeconds(5)).GetAwaiter().GetResult(); // Says good-bye to the gateways.
        _host.Dispose();
    }
}
