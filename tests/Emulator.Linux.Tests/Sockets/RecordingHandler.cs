using Emulator.Core.Actors;
using Emulator.Core.Packets;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Tests.Sockets;

/// <summary>An owner of sockets that writes down what it hears, and does what a test tells it.</summary>
internal sealed class RecordingHandler : ISocketHandler
{
    public List<string> Events { get; } = [];

    public List<TcpConnection> Accepted { get; } = [];

    public List<byte> Bytes { get; } = [];

    public List<SocketFailure> Failures { get; } = [];

    public Action<TcpConnection, Outbox>? Accept { get; init; }

    public Action<TcpConnection, Outbox>? Connected { get; init; }

    public Action<TcpConnection, Payload, Outbox>? Received { get; init; }

    public Action<TcpConnection, Outbox>? PeerClosed { get; init; }

    public Action<TcpConnection, Outbox>? Writable { get; init; }

    /// <summary>False for long transfers, where only <see cref="Received"/> counts.</summary>
    public bool KeepsBytes { get; init; } = true;

    public void OnDatagram(UdpSocket socket, IPv4Packet packet, UdpDatagram datagram, Outbox outbox) =>
        Events.Add($"datagram {datagram.Data.Length} from {packet.Source}:{datagram.SourcePort}");

    public void OnUdpError(UdpSocket socket, SocketFailure failure, Outbox outbox) => Fail("udp error", failure);

    public void OnAccepted(TcpListener listener, TcpConnection connection, Outbox outbox)
    {
        Events.Add("accepted");
        Accepted.Add(connection);
        Accept?.Invoke(connection, outbox);
    }

    public void OnConnected(TcpConnection connection, Outbox outbox)
    {
        Events.Add("connected");
        Connected?.Invoke(connection, outbox);
    }

    public void OnReceived(TcpConnection connection, Payload bytes, Outbox outbox)
    {
        if (KeepsBytes)
        {
            Events.Add($"received {bytes.Length}");
            Bytes.AddRange(bytes.ToBytes().Span);
        }

        Received?.Invoke(connection, bytes, outbox);
    }

    public void OnPeerClosed(TcpConnection connection, Outbox outbox)
    {
        Events.Add("peer closed");
        PeerClosed?.Invoke(connection, outbox);
    }

    public void OnWritable(TcpConnection connection, Outbox outbox)
    {
        Events.Add("writable");
        Writable?.Invoke(connection, outbox);
    }

    public void OnFailed(TcpConnection connection, SocketFailure failure, Outbox outbox) => Fail("failed", failure);

    public void OnEchoReply(PingSocket socket, IPv4Packet packet, IcmpMessage reply, Outbox outbox) =>
        Events.Add($"echo reply {reply.EchoSequence} of {reply.Data.Length} ttl {packet.TimeToLive}");

    public void OnPingError(PingSocket socket, ushort sequence, SocketFailure failure, Outbox outbox) =>
        Fail($"ping {sequence}", failure);

    private void Fail(string what, SocketFailure failure)
    {
        Failures.Add(failure);
        Events.Add($"{what} {failure.Error}");
    }
}
