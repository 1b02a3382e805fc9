using Emulator.Core.Actors;
using Emulator.Core.Packets;
using Emulator.Linux.Cgroups;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Processes;

/// <summary>A running program: a state machine inside the actor of its network namespace, driven by events of its
/// sockets and timers and by messages (such as watch events) that the namespace's actor got for it.</summary>
/// <remarks>Override what you need; the rest does nothing. The context is good for the length of one call
/// only.</remarks>
public abstract class Process : ISocketHandler
{
    private ProcessContext? _context;

    /// <summary>Called once when it starts.</summary>
    public abstract void OnStart(ProcessContext context);

    /// <summary>Called for messages to the namespace's actor that the kernel does not know.</summary>
    public virtual void OnMessage(Message message, ProcessContext context)
    {
    }

    /// <summary>A timer has expired.</summary>
    public virtual void OnTimer(int timer, ProcessContext context)
    {
    }

    /// <summary>An exchange that it asked for with <see cref="ProcessContext.RunExchange"/> has ended.</summary>
    public virtual void OnExchange(int token, ExchangeResult result, ProcessContext context)
    {
    }

    /// <summary>It is asked to end (SIGTERM). Unless overridden it ends at once, with exit code 143.</summary>
    public virtual void OnTerminate(ProcessContext context)
    {
        OnKilled(context);
        context.Exit(128 + 15);
    }

    /// <summary>CPU time that it asked for with <see cref="ProcessContext.RunCpu"/> has been had.</summary>
    public virtual void OnCpuDone(CpuDone done, ProcessContext context)
    {
    }

    /// <summary>It is being killed; its sockets close right after.</summary>
    public virtual void OnKilled(ProcessContext context)
    {
    }

    /// <summary>A datagram came.</summary>
    public virtual void OnDatagram(UdpSocket socket, IPv4Packet packet, UdpDatagram datagram, ProcessContext context)
    {
    }

    /// <summary>An ICMP error about something that a UDP socket sent.</summary>
    public virtual void OnUdpError(UdpSocket socket, SocketFailure failure, ProcessContext context)
    {
    }

    /// <summary>A listener has a new connection.</summary>
    public virtual void OnAccepted(TcpListener listener, TcpConnection connection, ProcessContext context)
    {
    }

    /// <summary>A connection that it opened is established.</summary>
    public virtual void OnConnected(TcpConnection connection, ProcessContext context)
    {
    }

    /// <summary>Bytes came, in order.</summary>
    public virtual void OnReceived(TcpConnection connection, Payload bytes, ProcessContext context)
    {
    }

    /// <summary>The peer sends no more. Unless overridden, this side closes too.</summary>
    public virtual void OnPeerClosed(TcpConnection connection, ProcessContext context) => context.Close(connection);

    /// <summary>There is room again after a connection refused bytes.</summary>
    public virtual void OnWritable(TcpConnection connection, ProcessContext context)
    {
    }

    /// <summary>A connection failed and is gone.</summary>
    public virtual void OnFailed(TcpConnection connection, SocketFailure failure, ProcessContext context)
    {
    }

    /// <summary>An echo reply came.</summary>
    public virtual void OnEchoReply(PingSocket socket, IPv4Packet packet, IcmpMessage reply, ProcessContext context)
    {
    }

    /// <summary>An ICMP error about an echo request.</summary>
    public virtual void OnPingError(PingSocket socket, ushort sequence, SocketFailure failure, ProcessContext context)
    {
    }

    /// <summary>Ties the process to its table; once, before it starts.</summary>
    internal void Attach(ProcessContext context) => _context = context;

    /// <summary>The process' context for one call.</summary>
    internal ProcessContext Enter(Outbox outbox)
    {
        ProcessContext context = _context
            ?? throw new InvalidOperationException($"{GetType().Name} was not started by a process table");
        context.Outbox = outbox;
        return context;
    }

    void ISocketHandler.OnDatagram(UdpSocket socket, IPv4Packet packet, UdpDatagram datagram, Outbox outbox) =>
        OnDatagram(socket, packet, datagram, Enter(outbox));

    void ISocketHandler.OnUdpError(UdpSocket socket, SocketFailure failure, Outbox outbox) =>
        OnUdpError(socket, failure, Enter(outbox));

    void ISocketHandler.OnAccepted(TcpListener listener, TcpConnection connection, Outbox outbox) =>
        OnAccepted(listener, connection, Enter(outbox));

    void ISocketHandler.OnConnected(TcpConnection connection, Outbox outbox) => OnConnected(connection, Enter(outbox));

    void ISocketHandler.OnReceived(TcpConnection connection, Payload bytes, Outbox outbox) =>
        OnReceived(connection, bytes, Enter(outbox));

    void ISocketHandler.OnPeerClosed(TcpConnection connection, Outbox outbox) =>
        OnPeerClosed(connection, Enter(outbox));

    void ISocketHandler.OnWritable(TcpConnection connection, Outbox outbox) => OnWritable(connection, Enter(outbox));

    void ISocketHandler.OnFailed(TcpConnection connection, SocketFailure failure, Outbox outbox) =>
        OnFailed(connection, failure, Enter(outbox));

    void ISocketHandler.OnEchoReply(PingSocket socket, IPv4Packet packet, IcmpMessage reply, Outbox outbox) =>
        OnEchoReply(socket, packet, reply, Enter(outbox));

    void ISocketHandler.OnPingError(PingSocket socket, ushort sequence, SocketFailure failure, Outbox outbox) =>
        OnPingError(socket, sequence, failure, Enter(outbox));
}
