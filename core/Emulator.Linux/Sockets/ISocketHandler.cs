using Emulator.Core.Actors;
using Emulator.Core.Packets;

namespace Emulator.Linux.Sockets;

/// <summary>Who owns sockets and is called when something happens to them: a process.</summary>
/// <remarks>Called last in the handling of a packet or timer, so that a handler may use any socket. A socket that its
/// owner has closed calls no more.</remarks>
public interface ISocketHandler
{
    /// <summary>A datagram came.</summary>
    void OnDatagram(UdpSocket socket, IPv4Packet packet, UdpDatagram datagram, Outbox outbox);

    /// <summary>An ICMP error about something that the socket sent.</summary>
    void OnUdpError(UdpSocket socket, SocketFailure failure, Outbox outbox);

    /// <summary>A listener has a new connection.</summary>
    void OnAccepted(TcpListener listener, TcpConnection connection, Outbox outbox);

    /// <summary>A connection that this side opened is established.</summary>
    void OnConnected(TcpConnection connection, Outbox outbox);

    /// <summary>Bytes came, in order.</summary>
    void OnReceived(TcpConnection connection, Payload bytes, Outbox outbox);

    /// <summary>The peer sends no more; this side may still send, and should close.</summary>
    void OnPeerClosed(TcpConnection connection, Outbox outbox);

    /// <summary>There is room again after <see cref="TcpConnection.Send"/> refused bytes.</summary>
    void OnWritable(TcpConnection connection, Outbox outbox);

    /// <summary>The connection failed: refused, reset, timed out or unreachable. It is gone.</summary>
    void OnFailed(TcpConnection connection, SocketFailure failure, Outbox outbox);

    /// <summary>An echo reply came.</summary>
    void OnEchoReply(PingSocket socket, IPv4Packet packet, IcmpMessage reply, Outbox outbox);

    /// <summary>An ICMP error about an echo request.</summary>
    void OnPingError(PingSocket socket, ushort sequence, SocketFailure failure, Outbox outbox);
}
