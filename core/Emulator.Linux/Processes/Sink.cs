using Emulator.Core.Packets;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Processes;

/// <summary>Takes UDP datagrams and answers none: the far end of one-way traffic.</summary>
/// <param name="UdpPorts">Where it listens.</param>
public sealed record Sink(IReadOnlyList<ushort> UdpPorts) : Program
{
    /// <inheritdoc/>
    public override string Name => "sink";

    /// <inheritdoc/>
    public override Process Start() => new SinkProcess(UdpPorts);
}

/// <summary>A running <see cref="Sink"/>. Exits with code 1 when one of its ports is taken.</summary>
public sealed class SinkProcess(IReadOnlyList<ushort> ports) : Process
{
    /// <summary>Datagrams taken.</summary>
    public long Datagrams { get; private set; }

    /// <summary>Bytes taken, above UDP.</summary>
    public long Bytes { get; private set; }

    /// <inheritdoc/>
    public override void OnStart(ProcessContext context)
    {
        foreach (ushort port in ports)
        {
            if (!context.TryBindUdp(port, out _, out _))
            {
                context.Exit(1);
                return;
            }
        }
    }

    /// <inheritdoc/>
    public override void OnDatagram(UdpSocket socket, IPv4Packet packet, UdpDatagram datagram, ProcessContext context)
    {
        Datagrams++;
        Bytes += datagram.Data.Length;
    }
}
