using System.Net;
using System.Net.Sockets;
using Emulator.Grains.Hosting;
using Emulator.Silo.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Dashboard;
using Orleans.Runtime;
using SiloOptions = Emulator.Silo.Configuration.SiloOptions;

namespace Emulator.Silo.Hosting;

/// <summary>The Orleans silo: how it finds others, where it listens, and what it must not do by itself.</summary>
internal static class OrleansHosting
{
    /// <summary>Adds the silo's services.</summary>
    public static void Configure(WebApplicationBuilder builder, SiloOptions options)
    {
        // Its watchdog's first look takes the machine's whole uptime for a delay, and says so at each start.
        builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);

        // The silo reads the database when it starts, and the dashboard calls grains.
        ServicesInOrder.Gather(builder.Services, () =>
        {
            if (options.Connection is string connection)
            {
                builder.Services.AddSingleton<IHostedService>(services => new SchemaService(
                    connection, services.GetRequiredService<EngineReadiness>(), TimeProvider.System,
                    services.GetRequiredService<ILogger<SchemaService>>()));
            }

            builder.UseOrleans(silo => Configure(silo, options));
        });
    }

    /// <summary>Adds Orleans' own dashboard, at <c>/orleans</c>.</summary>
    public static void Map(WebApplication application) => application.MapOrleansDashboard("/orleans");

    // Nothing rebalances, repartitions or migrates grains: Orleans does so only where a silo adds it.
    private static void Configure(ISiloBuilder silo, SiloOptions options)
    {
        silo.Configure<ClusterOptions>(cluster =>
        {
            cluster.ClusterId = options.ClusterId;
            cluster.ServiceId = options.ServiceId;
        });
        silo.Configure<Orleans.Configuration.SiloOptions>(own => own.SiloName = options.Name);
        Listen(silo, options);
        FindOthers(silo, options);
        silo.Configure<ClusterMembershipOptions>(ForOneMachine);
        silo.Configure<GrainCollectionOptions>(KeepGrains);
        silo.Configure<LoadSheddingOptions>(shedding => shedding.LoadSheddingEnabled = false);
        silo.AddEmulator();
        silo.AddDashboard();

        // The dashboard would time each call of each grain, and a run makes hundreds of thousands a second.
        silo.Services.RemoveAll<IIncomingGrainCallFilter>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>, OrleansReadiness>();
        silo.Services.Replace(
            ServiceDescriptor.Singleton<IFatalErrorHandler>(new OrleansFatalErrors(options.Name)));
    }

    private static void Listen(ISiloBuilder silo, SiloOptions options)
    {
        if (options.Advertised is null)
        {
            silo.ConfigureEndpoints(options.SiloPort, options.GatewayPort, listenOnAnyHostAddress: true);
        }
        else
        {
            silo.ConfigureEndpoints(
                options.Advertised, options.SiloPort, options.GatewayPort, options.ListensToOthers);
        }
    }

    private static void FindOthers(ISiloBuilder silo, SiloOptions options)
    {
        if (options.Clustering == ClusteringKind.Localhost)
        {
            silo.UseDevelopmentClustering(options.Primary is null ? null : Resolve(options.Primary));
            return;
        }

        silo.UseAdoNetClustering(clustering =>
        {
            clustering.Invariant = "Npgsql";
            clustering.ConnectionString = options.Connection;
        });
    }

    private static IPEndPoint Resolve(DnsEndPoint primary)
    {
        try
        {
            return new IPEndPoint(
                Dns.GetHostAddresses(primary.Host, AddressFamily.InterNetwork)[0], primary.Port);
        }
        catch (SocketException e)
        {
            throw new SiloException(
                $"--primary: '{primary.Host}:{primary.Port}' has no IPv4 address ({e.Message}); write the first silo's "
                + "host name or address.", e);
        }
    }

    /// <summary>
    /// A silo that dies is found within a few seconds, since its connections end: a run waits for it. One that hangs is
    /// found by three missed probes; their timeout may grow to four seconds where the machine is busy, so that a silo
    /// which is only slow is not taken for dead.
    /// </summary>
    private static void ForOneMachine(ClusterMembershipOptions membership)
    {
        membership.ProbeTimeout = TimeSpan.FromSeconds(1);
        membership.NumMissedProbesLimit = 3;
        membership.NumVotesForDeathDeclaration = 2; // One, where only one other silo is left.
        membership.TableRefreshTimeout = TimeSpan.FromSeconds(5);
        membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(5);
    }

    /// <summary>An actor lives as long as its run, however long nobody sends it a message.</summary>
    private static void KeepGrains(GrainCollectionOptions collection)
    {
        collection.CollectionAge = TimeSpan.FromDays(365);
        collection.EnableActivationSheddingOnMemoryPressure = false;
    }
}
