using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Packets.Http;
using Emulator.Core.Time;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Processes;

/// <summary>A client that makes one exchange: resolves the name, connects, sends, waits for the reply, and tells how it
/// went. Lives as long as the exchange.</summary>
internal sealed class ExchangeClient : Process
{
    private const int TimeoutTimer = 0;
    private const int ResolverTimer = 1;
    private readonly RunExchange? _asked;
    private readonly int _token;
    private readonly List<byte> _received = [];
    private readonly HttpReader _reader = new(readsResponses: true);
    private ExchangeRequest _request;
    private SimTime _started;
    private NameResolver? _resolver;
    private TcpConnection? _connection;
    private UdpSocket? _udp;
    private PingSocket? _ping;
    private Endpoint _remote;
    private int _bytesSent;
    private bool _isDone;

    public ExchangeClient(RunExchange asked)
    {
        _asked = asked;
        _request = asked.Request;
    }

    public ExchangeClient(ExchangeRequest request, ProcessContext parent, int token)
    {
        _request = request;
        Parent = parent;
        _token = token;
    }

    /// <summary>The process that asked; null where a message did.</summary>
    public ProcessContext? Parent { get; }

    public override void OnStart(ProcessContext context)
    {
        _started = context.Now;
        _request = _request.Flow == 0 ? _request with { Flow = context.NewFlow() } : _request;
        _reader.ExpectsNoContent = _request.Method == "HEAD";
        context.ExchangeStarted(_request.Flow, _request);
        context.StartTimer(TimeoutTimer, _request.Timeout);
        _resolver = new NameResolver(_request.Host, _request.Flow, ResolverTimer, context);
        ContinueWhenResolved(context);
    }

    public override void OnTimer(int timer, ProcessContext context)
    {
        if (_isDone)
        {
            return;
        }

        if (timer == TimeoutTimer)
        {
            string problem = _resolver is { IsDone: false } ? "the name was not resolved in time" : "";
            Finish(Result(ExchangeOutcome.Timeout, context) with { Problem = problem }, context);
            return;
        }

        _resolver?.OnTimer(context);
        ContinueWhenResolved(context);
    }

    public override void OnKilled(ProcessContext context)
    {
        _isDone = true;
        CloseSockets(context);
    }

    public override void OnDatagram(UdpSocket socket, IPv4Packet packet, UdpDatagram datagram, ProcessContext context)
    {
        if (_resolver is not null && _resolver.Owns(socket))
        {
            _resolver.OnDatagram(datagram, context);
            ContinueWhenResolved(context);
            return;
        }

        ExchangeResult result = Result(ExchangeOutcome.Reply, context) with
        {
            BytesReceived = datagram.Data.Length,
            Reply = datagram.Data,
            Remote = new Endpoint(packet.Source, datagram.SourcePort),
            ReplyTimeToLive = packet.TimeToLive,
        };
        Finish(result, context);
    }

    public override void OnUdpError(UdpSocket socket, SocketFailure failure, ProcessContext context)
    {
        if (_resolver is not null && _resolver.Owns(socket))
        {
            _resolver.OnError(failure, context);
            ContinueWhenResolved(context);
            return;
        }

        Fail(failure, context);
    }

    public override void OnConnected(TcpConnection connection, ProcessContext context)
    {
        if (_request.OnlyConnects)
        {
            Finish(Result(ExchangeOutcome.Reply, context), context);
            return;
        }

        Payload bytes = _request.Kind == ExchangeKind.Http ? HttpBytes() : _request.Bytes;
        _bytesSent = bytes.Length;
        context.Send(connection, bytes);
    }

    public override void OnReceived(TcpConnection connection, Payload bytes, ProcessContext context)
    {
        _received.AddRange(bytes.ToBytes().Span);
        if (_request.Kind == ExchangeKind.Http)
        {
            _reader.Append(bytes.ToBytes().Span);
            if (_reader.TryRead(out HttpMessage? message))
            {
                FinishHttp((HttpResponse)message, context);
            }
            else if (_reader.Error is not null)
            {
                Finish(Result(ExchangeOutcome.Error, context) with { Problem = _reader.Error.Message }, context);
            }
        }
        else if (_received.Count >= _request.ReplyLength)
        {
            Finish(TcpReply(context), context);
        }
    }

    public override void OnPeerClosed(TcpConnection connection, ProcessContext context)
    {
        if (_request.Kind == ExchangeKind.Http && _reader.TryReadLast(out HttpMessage? message))
        {
            FinishHttp((HttpResponse)message, context);
            return;
        }

        string problem = $"the server closed after {_received.Count} bytes";
        Finish(TcpReply(context) with { Outcome = ExchangeOutcome.Error, Problem = problem }, context);
    }

    public override void OnFailed(TcpConnection connection, SocketFailure failure, ProcessContext context) =>
        Fail(failure, context);

    public override void OnEchoReply(PingSocket socket, IPv4Packet packet, IcmpMessage reply, ProcessContext context)
    {
        ExchangeResult result = Result(ExchangeOutcome.Reply, context) with
        {
            BytesReceived = reply.Data.Length,
            Remote = new Endpoint(packet.Source, 0),
            ReplyTimeToLive = packet.TimeToLive,
        };
        Finish(result, context);
    }

    public override void OnPingError(
        PingSocket socket, ushort sequence, SocketFailure failure, ProcessContext context) =>
        Fail(failure, context);

    private void ContinueWhenResolved(ProcessContext context)
    {
        if (_resolver is not { IsDone: true } || _isDone || _remote != default)
        {
            return;
        }

        if (_resolver.Address is not IPv4Address address)
        {
            Finish(Result(ExchangeOutcome.NameNotResolved, context) with { Problem = _resolver.Problem }, context);
            return;
        }

        _remote = new Endpoint(address, _request.Port);
        SocketError error = Begin(context);
        if (error != SocketError.None)
        {
            int mtu = error == SocketError.MessageTooLong ? _udp?.PathMtu ?? 0 : 0;
            Fail(SocketFailure.Of(error) with { Mtu = mtu }, context);
        }
    }

    private SocketError Begin(ProcessContext context)
    {
        SocketError error = SocketError.None;
        switch (_request.Kind)
        {
            case ExchangeKind.Http or ExchangeKind.Tcp:
                var options = new TcpConnectOptions(
                    _request.LocalPort, _request.LocalAddress, _request.TimeToLive);
                context.TryConnectTcp(_remote, _request.Flow, out _connection, out error, options);
                break;
            case ExchangeKind.Udp:
                error = BeginUdp(context);
                break;
            case ExchangeKind.Ping:
                error = BeginPing(context);
                break;
            case ExchangeKind.Dns:
                Payload text = Payload.FromText(_remote.Address.ToString());
                Finish(Result(ExchangeOutcome.Reply, context) with { Reply = text }, context);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(_request.Kind.ToString());
        }

        return error;
    }

    private SocketError BeginUdp(ProcessContext context)
    {
        if (!context.TryBindUdp(_request.LocalPort, out _udp, out SocketError error, _request.LocalAddress))
        {
            return error;
        }

        _udp.Connect(_remote);
        _udp.ReceiveErrors = true;
        _udp.PathMtuDiscovery = _request.PathMtuDiscovery;
        _bytesSent = _request.Bytes.Length;
        return _udp.Send(_remote, _request.Bytes, _request.Flow, false, context.Outbox, _request.TimeToLive);
    }

    private SocketError BeginPing(ProcessContext context)
    {
        _ping = context.OpenPing(_request.LocalPort);
        if (_ping is null)
        {
            return _request.LocalPort == 0 ? SocketError.TooManySockets : SocketError.AddressInUse;
        }

        SocketError error = _ping.Bind(_request.LocalAddress);
        if (error != SocketError.None)
        {
            return error;
        }

        _ping.PathMtuDiscovery = _request.PathMtuDiscovery;
        _bytesSent = _request.Bytes.Length == 0 ? 56 : _request.Bytes.Length;
        return _ping.Send(_remote.Address, 1, _bytesSent, _request.Flow, context.Outbox, _request.TimeToLive);
    }

    private Payload HttpBytes()
    {
        var request = new HttpRequest(_request.Method, _request.Path)
        {
            Headers = HttpHeaders.Of(("Host", _request.HostHeader ?? _request.Authority), ("User-Agent", "emulator")),
            Body = _request.Bytes.ToBytes(),
        };
        return request.ToPayload();
    }

    private ExchangeResult TcpReply(ProcessContext context) => Result(ExchangeOutcome.Reply, context) with
    {
        Reply = new BytesPayload(_received.ToArray()),
    };

    private void FinishHttp(HttpResponse response, ProcessContext context)
    {
        ExchangeResult result = Result(ExchangeOutcome.Reply, context) with
        {
            Status = response.Status,
            Reply = new BytesPayload(response.Body),
        };
        Finish(result, context);
    }

    private void Fail(SocketFailure failure, ProcessContext context)
    {
        ExchangeOutcome outcome = failure.Error switch
        {
            SocketError.ConnectionRefused => ExchangeOutcome.Refused,
            SocketError.ConnectionReset => ExchangeOutcome.Reset,
            SocketError.TimedOut => ExchangeOutcome.Timeout,
            SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.ProtocolUnreachable =>
                ExchangeOutcome.Unreachable,
            _ => ExchangeOutcome.Error,
        };
        Finish(Result(outcome, context) with { Failure = failure, Problem = failure.Error.ToString() }, context);
    }

    private ExchangeResult Result(ExchangeOutcome outcome, ProcessContext context) => new()
    {
        Outcome = outcome,
        Latency = context.Now - _started,
        Flow = _request.Flow,
        BytesSent = _bytesSent,
        BytesReceived = _received.Count,
        Local = _connection?.Local ?? _udp?.Local ?? default,
        Remote = _remote,
    };

    private void Finish(ExchangeResult result, ProcessContext context)
    {
        if (_isDone)
        {
            return;
        }

        _isDone = true;
        context.ExchangeEnded(result.Flow, result.Outcome, result.Latency, result.BytesReceived, result);
        CloseSockets(context);
        context.Exit(0);
        if (_asked?.ReplyTo is not null)
        {
            context.Tell(_asked.ReplyTo, new ExchangeCompleted(_asked.Token, result));
        }

        Parent?.Process.OnExchange(_token, result, Parent.Process.Enter(context.Outbox));
    }

    private void CloseSockets(ProcessContext context)
    {
        _resolver?.Cancel(context);
        _connection?.Close(context.Outbox);
        _udp?.Close();
        _ping?.Close();
    }
}
