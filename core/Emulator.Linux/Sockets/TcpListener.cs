using Emulator.Core.Addresses;

namespace Emulator.Linux.Sockets;

/// <summary>A TCP socket that waits for connections.</summary>
/// <remarks>A connection counts against the backlog until its handshake is complete, and on while the process says that
/// it has not accepted it. One more SYN is dropped with <c>ListenOverflow</c>; SYN cookies are left out.</remarks>
public sealed class TcpListener
{
    internal TcpListener(TcpTable table, long id, Endpoint local, int backlog, ISocketHandler handler)
    {
        Table = table;
        Id = id;
        Local = local;
        Backlog = backlog;
        Handler = handler;
    }

    /// <summary>The socket's number in its table.</summary>
    public long Id { get; }

    /// <summary>Address (0.0.0.0 for any) and port.</summary>
    public Endpoint Local { get; }

    /// <summary>How many connections may be under way or wait to be accepted.</summary>
    public int Backlog { get; }

    /// <summary>How many handshakes are under way.</summary>
    public int Pending { get; internal set; }

    /// <summary>How many connections wait to be accepted; the process counts.</summary>
    public int Unaccepted { get; set; }

    /// <summary>Whatever the process wants to remember beside the socket.</summary>
    public object? Session { get; set; }

    internal TcpTable Table { get; }

    internal ISocketHandler? Handler { get; private set; }

    internal void Completed() => Pending--;

    /// <summary>Listens no more. Handshakes under way end in silence; connections live on.</summary>
    public void Close()
    {
        Handler = null;
        Table.Remove(this);
    }
}
