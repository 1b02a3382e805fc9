using System.Diagnostics.CodeAnalysis;
using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Core.Time;

namespace Emulator.Linux.Sockets;

/// <summary>The TCP sockets of a namespace: who has which port, and which connection a segment belongs to.</summary>
/// <remarks>In: segments for this host. Out: the connection, a listener, or a reset.</remarks>
internal sealed class TcpTable(INetworkLayer network, SocketNumbers numbers, EphemeralPorts ports)
{
    private readonly Dictionary<ulong, TcpListener> _listeners = [];
    private readonly Dictionary<TcpTuple, TcpConnection> _connections = [];
    private readonly Dictionary<long, TcpConnection> _byId = [];

    public INetworkLayer Network => network;

    public bool HasRoom => numbers.HasRoom;

    public int ConnectionCount => _connections.Count;

    public bool TryListen(
        Endpoint local, int backlog, ISocketHandler handler,
        [NotNullWhen(true)] out TcpListener? listener, out SocketError error)
    {
        listener = null;
        bool isTaken = _listeners.Values.Any(
            l => l.Local.Port == local.Port
                && (l.Local.Address == local.Address || l.Local.Address.Value == 0 || local.Address.Value == 0));
        error = isTaken ? SocketError.AddressInUse : numbers.HasRoom ? SocketError.None : SocketError.TooManySockets;
        if (error != SocketError.None)
        {
            return false;
        }

        listener = new TcpListener(this, numbers.Next(), local, backlog, handler);
        _listeners.Add(Key(local), listener);
        return true;
    }

    public bool TryConnect(
        Endpoint remote, in TcpConnectOptions options, ulong flow, ISocketHandler handler, Outbox outbox,
        [NotNullWhen(true)] out TcpConnection? connection, out SocketError error)
    {
        connection = null;
        if (!network.TryRoute(remote.Address, out IPv4Address source, out int mtu))
        {
            error = SocketFailure.Of(network.RouteError(remote.Address));
            return false;
        }

        bool isBound = options.LocalAddress.Value != 0;
        if (isBound && !network.IsLocal(options.LocalAddress))
        {
            error = SocketError.AddressNotAvailable;
            return false;
        }

        source = isBound ? options.LocalAddress : source;
        error = ChooseLocal(remote, source, options.LocalPort, out Endpoint local, out TcpConnection? waiting);
        if (error != SocketError.None)
        {
            return false;
        }

        TcpConnection c = Add(local, remote, handler, mtu, flow, null, outbox);
        c.State = TcpState.SynSent;
        c.TimeToLive = options.TimeToLive;
        if (waiting is not null)
        {
            Succeed(c, waiting);
        }

        TcpOutput.SendSyn(c, outbox);
        c.SoftError = SocketError.None; // That the host's own rules swallow the SYN, connect(2) does not say.
        TcpTimers.Start(c, TcpMainTimer.Retransmit, c.Timeout.Value, outbox);
        connection = c;
        return true;
    }

    /// <summary>A new connection, not begun.</summary>
    public TcpConnection Add(
        Endpoint local, Endpoint remote, ISocketHandler? handler, int mtu, ulong flow, TcpListener? listener,
        Outbox outbox)
    {
        var tuple = new TcpTuple(local, remote);
        uint initial = InitialSequence(tuple, outbox.Now);
        var c = new TcpConnection(this, numbers.Next(), local, remote, handler)
        {
            IsPassive = listener is not null,
            Listener = listener,
            Flow = flow,
            PathMtu = Math.Clamp(mtu, SocketLimits.MtuMin, ushort.MaxValue),
        };
        c.BeginAt(initial);
        _connections.Add(tuple, c);
        _byId.Add(c.Id, c);
        return c;
    }

    public void Receive(IPv4Packet packet, TcpSegment segment, Outbox outbox)
    {
        var local = new Endpoint(packet.Destination, segment.DestinationPort);
        var tuple = new TcpTuple(local, new Endpoint(packet.Source, segment.SourcePort));
        if (_connections.TryGetValue(tuple, out TcpConnection? c) && !IsReplacedBy(c, segment))
        {
            TcpInput.Receive(c, packet, segment, outbox);
        }
        else if (FindListener(local) is TcpListener listener)
        {
            TcpHandshake.ReceiveInListen(listener, packet, segment, outbox);
        }
        else
        {
            outbox.Dropped(network.Self, packet, DropReason.NoSocket);
            TcpReset.Answer(network, packet, segment, outbox);
        }
    }

    /// <summary>An ICMP error about a segment that this host sent.</summary>
    public void ReceiveError(
        IcmpMessage error, IPv4Packet carrier, IPv4Packet quoted, TcpSegment segment, Outbox outbox)
    {
        var tuple = new TcpTuple(
            new Endpoint(quoted.Source, segment.SourcePort), new Endpoint(quoted.Destination, segment.DestinationPort));
        if (!_connections.TryGetValue(tuple, out TcpConnection? c)
            || TcpSequence.Before(segment.SequenceNumber, c.SendUnacknowledged)
            || TcpSequence.After(segment.SequenceNumber, c.SendMax))
        {
            return;
        }

        SocketFailure failure = SocketFailure.Of(error, carrier.Source, out _);
        if (failure.Error == SocketError.MessageTooLong)
        {
            ShrinkPath(c, failure.Mtu, outbox);
        }
        else if (c.State is TcpState.SynSent or TcpState.SynReceived)
        {
            // Linux' tcp_v4_err ends a handshake at any error; an established connection only remembers it.
            TcpInput.Fail(c, failure, outbox);
        }
        else
        {
            c.SoftError = failure.Error;
        }
    }

    public void OnTimer(SocketTimer message, Outbox outbox)
    {
        if (_byId.TryGetValue(message.Socket, out TcpConnection? c))
        {
            TcpTimers.Receive(c, message, outbox);
        }
    }

    public void Remove(TcpListener listener)
    {
        if (_listeners.Remove(Key(listener.Local)))
        {
            numbers.Release();
            foreach (TcpConnection c in InOrder(c => c.Listener == listener && c.State == TcpState.SynReceived))
            {
                Remove(c);
            }
        }
    }

    /// <summary>Forgets a connection.</summary>
    public static void Remove(TcpConnection c)
    {
        if (c.State == TcpState.SynReceived)
        {
            c.Listener?.Completed();
        }

        c.State = TcpState.Closed;
        c.MainTimer.Cancel();
        c.AckTimer.Cancel();
        if (c.Table._byId.Remove(c.Id))
        {
            c.Table._connections.Remove(new TcpTuple(c.Local, c.Remote));
            c.Table.Release();
        }
    }

    /// <summary>The timestamp clock of a connection: milliseconds, from a place that a hash chooses.</summary>
    public uint Timestamp(TcpConnection c, SimTime now)
    {
        ulong pair = ((ulong)c.Local.Address.Value << 32) | c.Remote.Address.Value;
        return (uint)StableHash.Combine(network.Self.Id.Value, pair) + (uint)(now.Nanoseconds / 1_000_000);
    }

    public IEnumerable<TcpListener> ListenersOf(ISocketHandler handler) =>
        _listeners.Values.Where(l => ReferenceEquals(l.Handler, handler)).OrderBy(l => l.Id);

    public IEnumerable<TcpConnection> ConnectionsOf(ISocketHandler handler) =>
        InOrder(c => ReferenceEquals(c.Handler, handler));

    private void Release() => numbers.Release();

    private List<TcpConnection> InOrder(Func<TcpConnection, bool> wanted) =>
        [.. _byId.Values.Where(wanted).OrderBy(c => c.Id)];

    // The port, and the connection in TIME-WAIT that it is taken over from, which is forgotten.
    private SocketError ChooseLocal(
        Endpoint remote, IPv4Address source, ushort localPort, out Endpoint local, out TcpConnection? waiting)
    {
        local = new Endpoint(source, localPort);
        waiting = null;
        if (!numbers.HasRoom)
        {
            return SocketError.TooManySockets;
        }

        if (localPort == 0)
        {
            ushort port = ports.Choose(
                (Table: this, source, remote),
                static (s, p) => s.Table.FindListener(new Endpoint(s.source, p)) is null
                    && !s.Table._connections.ContainsKey(new TcpTuple(new Endpoint(s.source, p), s.remote)));
            local = new Endpoint(source, port);
            return port == 0 ? SocketError.AddressNotAvailable : SocketError.None;
        }

        if (!_connections.TryGetValue(new TcpTuple(local, remote), out TcpConnection? before))
        {
            return SocketError.None;
        }

        // Who names the port may take it over from a connection in TIME-WAIT whose timestamps tell old segments
        // (Linux: tcp_twsk_unique, with SO_REUSEADDR).
        if (before.State != TcpState.TimeWait || !before.TimestampsOn)
        {
            return SocketError.AddressNotAvailable;
        }

        waiting = before;
        Remove(before);
        return SocketError.None;
    }

    // A connection that takes over from one in TIME-WAIT begins beyond the old one's numbers and echoes its timestamp,
    // whose option it counts on (Linux: tcp_twsk_unique).
    private static void Succeed(TcpConnection c, TcpConnection waiting)
    {
        c.BeginAt(waiting.SendMax + SocketLimits.TimeWaitGap);
        c.TimestampsOn = true;
        c.TimestampRecent = waiting.TimestampRecent;
    }

    private TcpListener? FindListener(Endpoint local) =>
        _listeners.TryGetValue(Key(local), out TcpListener? exact) ? exact
        : _listeners.GetValueOrDefault(Key(new Endpoint(IPv4Address.Any, local.Port)));

    // RFC 9293 section 3.6.1 and RFC 6191: a newer SYN may reopen a connection that is in TIME-WAIT.
    private bool IsReplacedBy(TcpConnection c, TcpSegment segment)
    {
        bool isSyn = (segment.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst)) == TcpFlags.Syn;
        if (c.State != TcpState.TimeWait || !isSyn || FindListener(c.Local) is null)
        {
            return false;
        }

        bool isNewer = TcpSequence.After(segment.SequenceNumber, c.ReceiveNext)
            || (segment.Options.Timestamps is { } stamps && TcpSequence.After(stamps.Value, c.TimestampRecent));
        if (isNewer)
        {
            Remove(c);
        }

        return isNewer;
    }

    // RFC 1191; segments that were too large are sent again at once, smaller ones that fit are left to their
    // acknowledgment.
    private void ShrinkPath(TcpConnection c, int named, Outbox outbox)
    {
        int mtu = network.TryRoute(c.Remote.Address, out _, out int known) ? known : c.PathMtu;
        mtu = Math.Max(SocketLimits.MtuMin, named > 0 ? Math.Min(named, mtu) : mtu);
        if (mtu >= c.PathMtu)
        {
            return;
        }

        int before = c.SendMss;
        c.PathMtu = mtu;
        if (!c.MaySend || c.SendMss == before)
        {
            return;
        }

        TcpOutput.ResendTooLarge(c, outbox);
        TcpTimers.Restart(c, outbox);
    }

    // RFC 6528: a keyed hash of both ends plus a clock; 64 ns a tick as in Linux.
    private uint InitialSequence(TcpTuple tuple, SimTime now) =>
        (uint)StableHash.Finish(
            StableHash.Combine(StableHash.Combine(network.Self.Id.Value, tuple.Addresses), tuple.Ports))
        + (uint)(now.Nanoseconds >> 6);

    private static ulong Key(Endpoint local) => ((ulong)local.Address.Value << 16) | local.Port;
}
