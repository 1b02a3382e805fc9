using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;

namespace Emulator.Linux.Sockets;

/// <summary>How a UDP or echo socket sets DF. Source: ip(7), IP_MTU_DISCOVER.</summary>
public enum PathMtuDiscovery : byte
{
    /// <summary>DF where the datagram fits the path's MTU, fragments where it does not. Linux' default.</summary>
    Want,

    /// <summary>Always DF; a datagram that does not fit fails with <see cref="SocketError.MessageTooLong"/>.</summary>
    Do,

    /// <summary>Never DF.</summary>
    Dont,
}

/// <summary>A UDP socket: bound to a port, and to a peer when connected.</summary>
/// <remarks>Source: RFC 768; udp(7). Multicast and SO_REUSEPORT are left out.</remarks>
public sealed class UdpSocket
{
    private readonly UdpTable _table;
    private Queue<(IPv4Packet Packet, UdpDatagram Datagram)>? _waiting;
    private int _waitingBytes;

    internal UdpSocket(UdpTable table, long id, Endpoint local, ISocketHandler handler)
    {
        _table = table;
        Id = id;
        Local = local;
        Handler = handler;
    }

    /// <summary>The socket's number in its table.</summary>
    public long Id { get; }

    /// <summary>Address (0.0.0.0 for any) and port that it is bound to.</summary>
    public Endpoint Local { get; }

    /// <summary>The peer of a connected socket: others' datagrams do not reach it.</summary>
    public Endpoint? Peer { get; internal set; }

    /// <summary>Whether the process hears of every ICMP error (IP_RECVERR); else a connected socket of the hard ones
    /// alone.</summary>
    public bool ReceiveErrors { get; set; }

    /// <summary>How DF is set.</summary>
    public PathMtuDiscovery PathMtuDiscovery { get; set; }

    /// <summary>True while datagrams wait instead of reaching the process.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>Whatever the process wants to remember beside the socket.</summary>
    public object? Session { get; set; }

    internal ISocketHandler? Handler { get; private set; }

    /// <summary>Sends a datagram.</summary>
    /// <param name="destination">To whom.</param>
    /// <param name="bytes">What; never changed afterwards.</param>
    /// <param name="flow">The exchange that it belongs to.</param>
    /// <param name="isReply">Whether it answers.</param>
    /// <param name="outbox">Where it goes.</param>
    /// <param name="timeToLive">TTL; 0 takes the default of 64.</param>
    /// <returns>None, or why it was not sent.</returns>
    public SocketError Send(
        Endpoint destination, Payload bytes, ulong flow, bool isReply, Outbox outbox, byte timeToLive = 0)
    {
        INetworkLayer network = _table.Network;
        if (!network.TryRoute(destination.Address, out IPv4Address source, out int mtu))
        {
            return SocketFailure.Of(network.RouteError(destination.Address));
        }

        if (Local.Address.Value != 0)
        {
            source = Local.Address;
        }

        var datagram = new UdpDatagram(Local.Port, destination.Port, bytes);
        bool fits = IPv4Packet.HeaderLength + datagram.Length <= mtu;
        if (!fits && PathMtuDiscovery == PathMtuDiscovery.Do)
        {
            return SocketError.MessageTooLong;
        }

        if (IPv4Packet.HeaderLength + datagram.Length > ushort.MaxValue)
        {
            return SocketError.MessageTooLong;
        }

        var identity = new PacketIdentity(network.NextPacketId(), flow, isReply);
        bool dontFragment = fits && PathMtuDiscovery != PathMtuDiscovery.Dont;
        var options = new OutputOptions(identity, dontFragment, timeToLive);
        return SocketFailure.Of(network.Output(source, destination.Address, datagram, options, outbox));
    }

    /// <summary>The path's MTU towards the peer (IP_MTU); 0 without a peer or a route.</summary>
    public int PathMtu =>
        Peer is { } peer && _table.Network.TryRoute(peer.Address, out _, out int mtu) ? mtu : 0;

    /// <summary>Ties the socket to a peer.</summary>
    public void Connect(Endpoint peer) => _table.Connect(this, peer);

    /// <summary>Lets datagrams wait in the socket, up to <see cref="SocketLimits.UdpReceiveBytesMax"/>.</summary>
    public void Pause() => IsPaused = true;

    /// <summary>Hands over what waited, and datagrams directly from now on.</summary>
    public void Resume(Outbox outbox)
    {
        IsPaused = false;
        while (!IsPaused && Handler is not null && _waiting is { Count: > 0 })
        {
            (IPv4Packet packet, UdpDatagram datagram) = _waiting.Dequeue();
            _waitingBytes -= datagram.Data.Length + SocketLimits.UdpDatagramOverhead;
            Handler.OnDatagram(this, packet, datagram, outbox);
        }
    }

    /// <summary>Frees the port. What waited is forgotten.</summary>
    public void Close()
    {
        Handler = null;
        _waiting = null;
        _table.Remove(this);
    }

    /// <summary>Keeps a datagram for later; false when the socket is full.</summary>
    internal bool TryQueue(IPv4Packet packet, UdpDatagram datagram)
    {
        int bytes = datagram.Data.Length + SocketLimits.UdpDatagramOverhead;
        if (_waitingBytes + bytes > SocketLimits.UdpReceiveBytesMax)
        {
            return false;
        }

        _waitingBytes += bytes;
        _waiting ??= new();
        _waiting.Enqueue((packet, datagram));
        return true;
    }
}
