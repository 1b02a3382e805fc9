using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Linux.Sockets;

/// <summary>The UDP sockets of a namespace: who has which port.</summary>
/// <remarks>In: datagrams for this host. Out: the socket's process, or nobody.</remarks>
internal sealed class UdpTable(INetworkLayer network, SocketNumbers numbers, EphemeralPorts ports)
{
    private readonly Dictionary<ulong, UdpSocket> _bound = [];
    private readonly Dictionary<TcpTuple, UdpSocket> _connected = [];
    private readonly Dictionary<ushort, int> _socketsByPort = [];

    public INetworkLayer Network => network;

    public bool TryBind(
        Endpoint local, ISocketHandler handler, [NotNullWhen(true)] out UdpSocket? socket, out SocketError error)
    {
        socket = null;
        error = SocketError.None;
        if (local.Address.Value != 0 && !network.IsLocal(local.Address))
        {
            error = SocketError.AddressNotAvailable;
        }
        else if (local.Port == 0)
        {
            ushort chosen = ports.Choose(
                (Table: this, local.Address), static (s, port) => s.Table.IsFree(new Endpoint(s.Address, port)));
            local = local with { Port = chosen };
            error = local.Port == 0 ? SocketError.AddressNotAvailable : SocketError.None;
        }
        else if (!IsFree(local))
        {
            error = SocketError.AddressInUse;
        }

        if (error == SocketError.None && !numbers.HasRoom)
        {
            error = SocketError.TooManySockets;
        }

        if (error != SocketError.None)
        {
            return false;
        }

        socket = new UdpSocket(this, numbers.Next(), local, handler);
        _bound.Add(Key(local), socket);
        _socketsByPort[local.Port] = _socketsByPort.GetValueOrDefault(local.Port) + 1;
        return true;
    }

    public void Connect(UdpSocket socket, Endpoint peer)
    {
        Disconnect(socket);
        socket.Peer = peer;
        _connected[Tuple(socket, peer)] = socket;
    }

    public void Remove(UdpSocket socket)
    {
        Disconnect(socket);
        if (!_bound.Remove(Key(socket.Local)))
        {
            return;
        }

        numbers.Release();
        ushort port = socket.Local.Port;
        if (--CollectionsMarshal.GetValueRefOrNullRef(_socketsByPort, port) == 0)
        {
            _socketsByPort.Remove(port);
        }
    }

    /// <summary>Hands a datagram to its socket. False where nobody listens; the packet is accounted for either
    /// way.</summary>
    public bool Receive(IPv4Packet packet, UdpDatagram datagram, Outbox outbox)
    {
        UdpSocket? socket = Find(packet.Destination, datagram.DestinationPort, packet.Source, datagram.SourcePort);
        if (socket?.Handler is null)
        {
            outbox.Dropped(network.Self, packet, DropReason.NoSocket);
            return false;
        }

        if (!socket.IsPaused)
        {
            outbox.Delivered(network.Self, packet);
            socket.Handler.OnDatagram(socket, packet, datagram, outbox);
        }
        else if (socket.TryQueue(packet, datagram))
        {
            outbox.Delivered(network.Self, packet);
        }
        else
        {
            outbox.Dropped(network.Self, packet, DropReason.SocketReceiveBuffer);
        }

        return true;
    }

    /// <summary>Tells the sender of the quoted datagram.</summary>
    public void ReceiveError(
        IcmpMessage error, IPv4Packet carrier, IPv4Packet quoted, UdpDatagram datagram, Outbox outbox)
    {
        UdpSocket? socket = Find(quoted.Source, datagram.SourcePort, quoted.Destination, datagram.DestinationPort);
        if (socket?.Handler is null)
        {
            return;
        }

        SocketFailure failure = SocketFailure.Of(error, carrier.Source, out bool isHard);
        if (socket.ReceiveErrors || (isHard && socket.Peer is not null))
        {
            socket.Handler.OnUdpError(socket, failure, outbox);
        }
    }

    public IEnumerable<UdpSocket> Of(ISocketHandler handler) =>
        _bound.Values.Where(s => ReferenceEquals(s.Handler, handler)).OrderBy(s => s.Id);

    private UdpSocket? Find(IPv4Address local, ushort localPort, IPv4Address remote, ushort remotePort)
    {
        if (_connected.Count > 0)
        {
            if (_connected.TryGetValue(
                new TcpTuple(new Endpoint(local, localPort), new Endpoint(remote, remotePort)), out UdpSocket? own)
                || _connected.TryGetValue(
                    new TcpTuple(new Endpoint(IPv4Address.Any, localPort), new Endpoint(remote, remotePort)), out own))
            {
                return own;
            }
        }

        if (!_bound.TryGetValue(Key(new(IPv4Address.Any, localPort)), out UdpSocket? socket)
            && !_bound.TryGetValue(Key(new(local, localPort)), out socket))
        {
            return null;
        }

        return socket.Peer is null ? socket : null;
    }

    // A wildcard bind clashes with any socket on the port.
    private bool IsFree(Endpoint local) => !_socketsByPort.ContainsKey(local.Port)
        || (local.Address.Value != 0 && !_bound.ContainsKey(Key(local))
            && !_bound.ContainsKey(Key(new Endpoint(IPv4Address.Any, local.Port))));

    private void Disconnect(UdpSocket socket)
    {
        if (socket.Peer is Endpoint peer)
        {
            _connected.Remove(Tuple(socket, peer));
            socket.Peer = null;
        }
    }

    private static TcpTuple Tuple(UdpSocket socket, Endpoint peer) => new(socket.Local, peer);

    private static ulong Key(Endpoint local) => ((ulong)local.Address.Value << 16) | local.Port;
}
