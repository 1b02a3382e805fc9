using System.Net;
using System.Net.Sockets;
using Emulator.Silo.Configuration;
using Emulator.Silo.Hosting;

namespace Emulator.Silo.Tests.Hosting;

public class FreePortsTests
{
    [Fact]
    public void A_taken_port_is_told_of_by_its_option()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        int taken = ((IPEndPoint)other.LocalEndpoint).Port;

        var failed = Assert.Throws<SiloException>(
            () => FreePorts.Require(new SiloOptions { SiloPort = 0, GatewayPort = taken, HttpPort = 0 }));

        Assert.StartsWith($"--gateway-port: {taken} cannot be listened on", failed.Message, StringComparison.Ordinal);
    }
}
