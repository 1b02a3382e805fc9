using System.Globalization;
using System.Net;
using Emulator.Client.Requests;
using Emulator.Client.Running;
using Emulator.Cluster.Canonical;
using Emulator.Core.Documents;
using Emulator.Engine.Distribution;
using Emulator.Engine.Execution;
using Emulator.Grains.Remote;
using Emulator.Grains.Runs;
using Emulator.Kubernetes.ApiServer;

namespace Emulator.Client.Silos;

/// <summary>Joins the silos as an Orleans client, and runs there.</summary>
internal static class SiloEngines
{
    /// <summary>An engine whose shards are on the silos, and the API server's objects there.</summary>
    /// <exception cref="RefusedException">The gateway does not answer.</exception>
    public static (RunEngine Engine, IObjectReader Objects) Connect(
        LoadedInput loaded, EngineOptions options, EngineRequest request, Streams streams)
    {
        string gateway = request.Silo!; // Only called with one.
        void Notice(string text) => streams.Error.WriteLine($"emulator: {text}");
        SiloClient client;
        try
        {
            client = SiloClient.Connect(EndPointOf(gateway));
        }
        catch (Exception failed) when (failed is TimeoutException or IOException or Orleans.Runtime.OrleansException)
        {
            throw new RefusedException(
                $"--silo {gateway}: no silo answers there ({failed.Message}); start one with ./emulator silo.");
        }

        var description = new RunDescription
        {
            Run = Guid.NewGuid().ToString("N")[..12],
            Epoch = 0,
            Seed = options.Seed,
            Shards = options.Shards,
            Delivery = request.LocalDelivery ? DeliveryMode.Local : DeliveryMode.Grains,
            Version = RunDescription.ThisVersion,
            Documents = [.. loaded.Documents.Select(d => JsonText.Write(d.Content))],
        };
        var codec = new MessageCodec();
        var transport = new OrleansShardTransport(client, description, Notice);
        var engine = new RemoteEngine(options, transport, codec, Notice);
        return (engine, new RemoteObjects(client.Grains, engine, transport, codec));
    }

    private static IPEndPoint EndPointOf(string gateway)
    {
        int colon = gateway.LastIndexOf(':');
        string host = gateway[..colon];
        int port = int.Parse(gateway.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture);
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            return new IPEndPoint(address, port);
        }

        try
        {
            return new IPEndPoint(Dns.GetHostAddresses(host, System.Net.Sockets.AddressFamily.InterNetwork)[0], port);
        }
        catch (Exception unknown) when (unknown is System.Net.Sockets.SocketException or IndexOutOfRangeException)
        {
            throw new RefusedException($"--silo {gateway}: host {host} has no address; write one such as "
                + "127.0.0.1:30000.");
        }
    }
}
