using Emulator.Core.Packets;

namespace Emulator.Linux.Processes;

/// <summary>
/// What a container with declared ports does unless told otherwise: answers HTTP with 200 and its pod's name, other TCP
/// bytes with bytes, and UDP datagrams with datagrams.
/// </summary>
/// <remarks>TCP bytes that do not begin like an HTTP method are raw: a request that asks for a length
/// (<see cref="AskedReply"/>) gets it, else <see cref="TcpReply"/>, else its own bytes.</remarks>
/// <param name="PodName">Its answer.</param>
/// <param name="TcpPorts">Where it listens for TCP.</param>
/// <param name="UdpPorts">Where it listens for UDP.</param>
public sealed record EchoServer(string PodName, IReadOnlyList<ushort> TcpPorts, IReadOnlyList<ushort> UdpPorts)
    : Program
{
    /// <summary>What TCP bytes that are not HTTP are answered with; null sends them back.</summary>
    public Payload? TcpReply { get; init; }

    /// <summary>How many bytes a UDP answer has; 0 sends the datagram's own back.</summary>
    public int UdpReplyLength { get; init; }

    /// <summary>What a request costs; nothing by default.</summary>
    public ServerBehaviour Behaviour { get; init; } = ServerBehaviour.Free;

    /// <inheritdoc/>
    public override string Name => "echo-server";

    /// <inheritdoc/>
    public override Process Start() => Behaviour == ServerBehaviour.Free
        ? new EchoServerProcess(this)
        : new WorkerServerProcess(this, Behaviour);
}
