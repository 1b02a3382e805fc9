using System.Diagnostics.CodeAnalysis;
using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;

namespace Emulator.Linux.Sockets;

/// <summary>The sockets of one network namespace: UDP, TCP and echo, over its IPv4 layer.</summary>
/// <remarks>
/// In: packets for this host, whole (after reassembly). Out: the socket's owner, resets, and packets through
/// <see cref="INetworkLayer"/>. Accounts for every packet it takes: Delivered, or Dropped with NoSocket,
/// SocketReceiveBuffer, ListenOverflow or TcpInvalidSegment. <see cref="INetworkLayer.Output"/> must not call back:
/// what is sent to this host itself comes with a later message.
/// </remarks>
public sealed class SocketTable
{
    private readonly INetworkLayer _network;
    private readonly UdpTable _udp;
    private readonly TcpTable _tcp;
    private readonly PingTable _ping;
    private readonly SocketNumbers _numbers = new();
    private bool _isBusy;

    /// <summary>An empty table.</summary>
    public SocketTable(INetworkLayer network)
    {
        _network = network;
        var udpPorts = new EphemeralPorts(StableHash.Combine(network.Self.Id.Value, (ulong)IPProtocol.Udp));
        var tcpPorts = new EphemeralPorts(StableHash.Combine(network.Self.Id.Value, (ulong)IPProtocol.Tcp));
        _udp = new UdpTable(network, _numbers, udpPorts);
        _tcp = new TcpTable(network, _numbers, tcpPorts);
        _ping = new PingTable(network, _numbers);
    }

    /// <summary>How many sockets there are, TIME-WAIT included.</summary>
    public int Count => _numbers.Count;

    /// <summary>How many TCP connections there are, TIME-WAIT included.</summary>
    public int TcpConnectionCount => _tcp.ConnectionCount;

    /// <summary>Opens a UDP socket on an address (0.0.0.0 for any) and port (0 for an ephemeral one).</summary>
    public bool TryBindUdp(
        Endpoint local, ISocketHandler handler, [NotNullWhen(true)] out UdpSocket? socket, out SocketError error) =>
        _udp.TryBind(local, handler, out socket, out error);

    /// <summary>Opens a listening TCP socket on an address (0.0.0.0 for any) and port.</summary>
    public bool TryListenTcp(
        Endpoint local, ISocketHandler handler, [NotNullWhen(true)] out TcpListener? listener, out SocketError error,
        int backlog = SocketLimits.BacklogDefault) =>
        _tcp.TryListen(local, backlog, handler, out listener, out error);

    /// <summary>Begins a TCP connection; <c>OnConnected</c> or <c>OnFailed</c> follows when true.</summary>
    /// <param name="remote">To whom.</param>
    /// <param name="flow">The exchange that it belongs to.</param>
    /// <param name="handler">Who is called.</param>
    /// <param name="outbox">Where the SYN goes.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="error">Why there is none.</param>
    /// <param name="options">Its own end and TTL, where it chooses them.</param>
    public bool TryConnectTcp(
        Endpoint remote, ulong flow, ISocketHandler handler, Outbox outbox,
        [NotNullWhen(true)] out TcpConnection? connection, out SocketError error,
        TcpConnectOptions options = default) =>
        _tcp.TryConnect(remote, options, flow, handler, outbox, out connection, out error);

    /// <summary>Opens an echo socket with an identifier (0 for a free one); null when it is taken or none is
    /// free.</summary>
    public PingSocket? OpenPing(ISocketHandler handler, ushort identifier = 0) => _ping.Open(handler, identifier);

    /// <summary>Takes a UDP or TCP packet for this host and accounts for it.</summary>
    /// <returns>False for a UDP datagram that nobody wants: answer it with ICMP port unreachable. TCP answers
    /// itself.</returns>
    public bool Receive(IPv4Packet packet, Outbox outbox)
    {
        Enter();
        bool isTaken = true;
        switch (packet.Payload)
        {
            case UdpDatagram datagram:
                isTaken = _udp.Receive(packet, datagram, outbox);
                break;
            case TcpSegment segment:
                _tcp.Receive(packet, segment, outbox);
                break;
            default:
                throw new ArgumentException(
                    $"sockets take whole UDP and TCP packets, not {packet.Payload.GetType().Name}");
        }

        _isBusy = false;
        return isTaken;
    }

    /// <summary>Takes an echo reply for this host and accounts for it; false when no socket asked.</summary>
    public bool ReceiveEchoReply(IPv4Packet packet, Outbox outbox)
    {
        Enter();
        bool isTaken = _ping.Receive(packet, (IcmpMessage)packet.Payload, outbox);
        _isBusy = false;
        return isTaken;
    }

    /// <summary>Takes an ICMP error for this host and accounts for its carrier: tells the socket whose packet it
    /// quotes. Path MTUs are the network layer's to remember, before this call.</summary>
    public void ReceiveError(IcmpMessage error, IPv4Packet carrier, Outbox outbox)
    {
        Enter();
        outbox.Delivered(_network.Self, carrier);
        switch (error.Quoted?.Payload is FragmentPayload piece ? piece.Whole : error.Quoted?.Payload)
        {
            // The null test above makes Quoted present in each case.
            case UdpDatagram datagram:
                _udp.ReceiveError(error, carrier, error.Quoted!, datagram, outbox);
                break;
            case TcpSegment segment:
                _tcp.ReceiveError(error, carrier, error.Quoted!, segment, outbox);
                break;
            case IcmpMessage message:
                _ping.ReceiveError(error, carrier, message, outbox);
                break;
            default:
                break;
        }

        _isBusy = false;
    }

    /// <summary>Takes a timer of one of the sockets.</summary>
    public void OnTimer(SocketTimer message, Outbox outbox)
    {
        Enter();
        _tcp.OnTimer(message, outbox);
        _isBusy = false;
    }

    /// <summary>Closes all sockets of an owner that exits, as the kernel does: connections with a FIN, or a reset where
    /// unread bytes would be lost.</summary>
    public void CloseAll(ISocketHandler handler, Outbox outbox)
    {
        foreach (TcpListener listener in _tcp.ListenersOf(handler).ToList())
        {
            listener.Close();
        }

        foreach (TcpConnection connection in _tcp.ConnectionsOf(handler))
        {
            connection.Close(outbox);
        }

        foreach (UdpSocket socket in _udp.Of(handler).ToList())
        {
            socket.Close();
        }

        foreach (PingSocket socket in _ping.Of(handler).ToList())
        {
            socket.Close();
        }
    }

    private void Enter()
    {
        if (_isBusy)
        {
            throw new InvalidOperationException(
                $"{_network.Self}: a packet reached the sockets while they handle another; deliver by a message");
        }

        _isBusy = true;
    }
}
