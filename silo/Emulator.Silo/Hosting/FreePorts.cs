using System.Net;
using System.Net.Sockets;
using Emulator.Silo.Configuration;

namespace Emulator.Silo.Hosting;

/// <summary>Looks whether the ports are free, so that a taken one is told of by its option's name.</summary>
internal static class FreePorts
{
    /// <summary>Refuses a port that somebody listens on. Whoever takes it afterwards is found when the silo binds
    /// it.</summary>
    /// <exception cref="SiloException">A port is taken.</exception>
    public static void Require(SiloOptions options)
    {
        IPAddress address = options.ListensToOthers ? IPAddress.Any : IPAddress.Loopback;
        Require("--silo-port", address, options.SiloPort);
        Require("--gateway-port", address, options.GatewayPort);
        Require("--http-port", address, options.HttpPort);
    }

    private static void Require(string option, IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
        }
        catch (SocketException e)
        {
            throw new SiloException(
                $"{option}: {port} cannot be listened on ({e.Message}); choose another, or end the program that holds "
                + "it.", e);
        }
    }
}
