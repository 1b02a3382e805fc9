using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Linux.Sockets;

/// <summary>An ICMP echo socket (<c>socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP)</c>): sends echo requests with its own
/// identifier.</summary>
/// <remarks>Source: RFC 792; icmp(7).</remarks>
public sealed class PingSocket
{
    private readonly PingTable _table;

    internal PingSocket(PingTable table, long id, ushort identifier, ISocketHandler handler)
    {
        _table = table;
        Id = id;
        Identifier = identifier;
        Handler = handler;
    }

    /// <summary>The socket's number in its table.</summary>
    public long Id { get; }

    /// <summary>The identifier in its echo requests.</summary>
    public ushort Identifier { get; }

    /// <summary>The address that it sends from and is answered at; 0.0.0.0 for the route's.</summary>
    public IPv4Address Local { get; private set; }

    /// <summary>How DF is set.</summary>
    public PathMtuDiscovery PathMtuDiscovery { get; set; }

    internal ISocketHandler? Handler { get; private set; }

    /// <summary>Chooses the address to send from.</summary>
    /// <returns>None, or <see cref="SocketError.AddressNotAvailable"/> where it is not the namespace's own.</returns>
    public SocketError Bind(IPv4Address local)
    {
        if (local.Value != 0 && !_table.Network.IsLocal(local))
        {
            return SocketError.AddressNotAvailable;
        }

        Local = local;
        return SocketError.None;
    }

    /// <summary>Sends an echo request.</summary>
    /// <param name="destination">To whom.</param>
    /// <param name="sequence">Its sequence number.</param>
    /// <param name="dataLength">Bytes of data; ping(8) sends 56.</param>
    /// <param name="flow">The exchange that it belongs to.</param>
    /// <param name="outbox">Where it goes.</param>
    /// <param name="timeToLive">TTL; 0 takes the default of 64.</param>
    /// <returns>None, or why it was not sent.</returns>
    public SocketError Send(
        IPv4Address destination, ushort sequence, int dataLength, ulong flow, Outbox outbox, byte timeToLive = 0)
    {
        INetworkLayer network = _table.Network;
        if (!network.TryRoute(destination, out IPv4Address source, out int mtu))
        {
            return SocketFailure.Of(network.RouteError(destination));
        }

        source = Local.Value == 0 ? source : Local;
        var request = new IcmpMessage
        {
            Type = IcmpType.EchoRequest,
            Rest = ((uint)Identifier << 16) | sequence,
            Data = new FillerPayload(dataLength),
        };
        var identity = new PacketIdentity(network.NextPacketId(), flow, false);
        bool fits = IPv4Packet.HeaderLength + request.Length <= mtu;
        if (!fits && PathMtuDiscovery == PathMtuDiscovery.Do)
        {
            return SocketError.MessageTooLong;
        }

        bool dontFragment = fits && PathMtuDiscovery != PathMtuDiscovery.Dont;
        var options = new OutputOptions(identity, dontFragment, timeToLive);
        return SocketFailure.Of(network.Output(source, destination, request, options, outbox));
    }

    /// <summary>Frees the identifier.</summary>
    public void Close()
    {
        Handler = null;
        _table.Remove(this);
    }
}

/// <summary>The echo sockets of a namespace: who has which identifier.</summary>
internal sealed class PingTable(INetworkLayer network, SocketNumbers numbers)
{
    private readonly Dictionary<ushort, PingSocket> _sockets = [];
    private ushort _lastIdentifier;

    public INetworkLayer Network => network;

    public PingSocket? Open(ISocketHandler handler, ushort identifier)
    {
        if (_sockets.Count >= ushort.MaxValue || !numbers.HasRoom || _sockets.ContainsKey(identifier))
        {
            return null;
        }

        while (identifier == 0)
        {
            _lastIdentifier++;
            identifier = _sockets.ContainsKey(_lastIdentifier) ? (ushort)0 : _lastIdentifier;
        }

        var socket = new PingSocket(this, numbers.Next(), identifier, handler);
        _sockets.Add(identifier, socket);
        return socket;
    }

    public void Remove(PingSocket socket)
    {
        if (_sockets.Remove(socket.Identifier))
        {
            numbers.Release();
        }
    }

    public bool Receive(IPv4Packet packet, IcmpMessage reply, Outbox outbox)
    {
        if (!_sockets.TryGetValue(reply.EchoIdentifier, out PingSocket? socket) || socket.Handler is null
            || (socket.Local.Value != 0 && socket.Local != packet.Destination))
        {
            outbox.Dropped(network.Self, packet, DropReason.NoSocket);
            return false;
        }

        outbox.Delivered(network.Self, packet);
        socket.Handler.OnEchoReply(socket, packet, reply, outbox);
        return true;
    }

    public void ReceiveError(IcmpMessage error, IPv4Packet carrier, IcmpMessage quoted, Outbox outbox)
    {
        if (quoted.Type == IcmpType.EchoRequest
            && _sockets.TryGetValue(quoted.EchoIdentifier, out PingSocket? socket) && socket.Handler is not null)
        {
            SocketFailure failure = SocketFailure.Of(error, carrier.Source, out _);
            socket.Handler.OnPingError(socket, quoted.EchoSequence, failure, outbox);
        }
    }

    public IEnumerable<PingSocket> Of(ISocketHandler handler) =>
        _sockets.Values.Where(s => ReferenceEquals(s.Handler, handler)).OrderBy(s => s.Id);
}
