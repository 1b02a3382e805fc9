using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Packets.Http;
using Emulator.Core.Time;
using Emulator.Kubernetes.ApiServer;
using Emulator.Linux.Processes;
using Emulator.Linux.Sockets;

namespace Emulator.Kubernetes.Ingress;

/// <summary>A running <see cref="IngressController"/>. Requests of one connection are answered one after
/// another.</summary>
internal sealed class IngressControllerProcess(IngressController program) : Process
{
    private const int DeadlineTimer = 0;
    private readonly SortedDictionary<(long Deadline, long Client), ProxySession> _deadlines = [];
    private IngressTable? _table;

    public override void OnStart(ProcessContext context)
    {
        if (!context.TryListenTcp(program.Port, out _, out _))
        {
            context.Exit(1);
            return;
        }

        var api = new ApiClient(
            context.Self, program.MachineRoot, program.ApiServer, $"{context.ContainerName}-{context.Pid}");
        _table = new IngressTable(program.ControllerName, api);
        api.Start(context.Outbox);
    }

    public override void OnMessage(Message message, ProcessContext context) => _table?.Handle(message, context.Outbox);

    public override void OnAccepted(TcpListener listener, TcpConnection connection, ProcessContext context) =>
        connection.Session = new ProxySession(connection);

    public override void OnReceived(TcpConnection connection, Payload bytes, ProcessContext context)
    {
        // Every connection of this process was given its session when it began.
        var session = (ProxySession)connection.Session!;
        if (ReferenceEquals(connection, session.Client))
        {
            session.Requests.Append(bytes.ToBytes().Span);
            TakeRequest(session, context);
            return;
        }

        session.Responses.Append(bytes.ToBytes().Span);
        if (session.Responses.TryRead(out HttpMessage? message))
        {
            Relay(session, (HttpResponse)message, context);
        }
        else if (session.Responses.Error is not null)
        {
            Refuse(session, 502, "Bad Gateway", context);
        }
    }

    public override void OnConnected(TcpConnection connection, ProcessContext context)
    {
        var session = (ProxySession)connection.Session!;
        // A connection to a Service is opened for a request.
        HttpRequest request = ProxyHeaders.ForService(session.Current!, session.Client);
        SetDeadline(session, program.ReadTimeout, context);
        context.Send(connection, request.ToPayload());
    }

    public override void OnPeerClosed(TcpConnection connection, ProcessContext context)
    {
        var session = (ProxySession)connection.Session!;
        if (!ReferenceEquals(connection, session.Client))
        {
            if (session.Responses.TryReadLast(out HttpMessage? message))
            {
                Relay(session, (HttpResponse)message, context);
            }
            else
            {
                Refuse(session, 502, "Bad Gateway", context);
            }
        }
        else if (session.Current is null)
        {
            context.Close(connection);
        }
        else
        {
            session.IsLast = true;
        }
    }

    public override void OnFailed(TcpConnection connection, SocketFailure failure, ProcessContext context)
    {
        var session = (ProxySession)connection.Session!;
        if (ReferenceEquals(connection, session.Client))
        {
            session.IsClientGone = true;
            Forget(session, context);
            return;
        }

        bool wasAnswering = failure.Error == SocketError.ConnectionReset;
        bool wasSilent = failure.Error == SocketError.TimedOut;
        (int status, string reason) = wasAnswering ? (502, "Bad Gateway")
            : wasSilent ? (504, "Gateway Timeout")
            : (503, "Service Unavailable");
        Refuse(session, status, reason, context);
    }

    public override void OnTimer(int timer, ProcessContext context)
    {
        while (_deadlines.Count > 0 && _deadlines.First() is var first && first.Key.Deadline <= context.Now.Nanoseconds)
        {
            Refuse(first.Value, 504, "Gateway Timeout", context);
        }

        StartTimer(context);
    }

    private void TakeRequest(ProxySession session, ProcessContext context)
    {
        if (session.Current is not null)
        {
            return;
        }

        if (session.Requests.TryRead(out HttpMessage? message))
        {
            session.Current = (HttpRequest)message;
            session.Flow = session.Client.Flow;
            session.Started = context.Now;
            context.ExchangeStarted(session.Flow, ServedExchange.Http, isServer: true);
            Forward(session, context);
        }
        else if (session.Requests.Error is HttpError error)
        {
            HttpResponse refusal = HttpResponse.OfText(error.Status, error.Reason, error.Message + "\n");
            context.Send(session.Client, ProxyHeaders.ForClient(refusal, keepsAlive: false).ToPayload());
            context.Close(session.Client);
        }
        else if (session.IsLast)
        {
            context.Close(session.Client);
        }
    }

    private void Forward(ProxySession session, ProcessContext context)
    {
        // Called with a request under way, after the start.
        if (_table!.Find(session.Current!, out HttpResponse? refusal) is not Endpoint service)
        {
            Answer(session, refusal!, context);
            return;
        }

        if (!context.TryConnectTcp(service, session.Flow, out TcpConnection? connection, out _))
        {
            Refuse(session, 503, "Service Unavailable", context);
            return;
        }

        connection.Session = session;
        session.Service = connection;
        session.Responses = new HttpReader(readsResponses: true)
        {
            ExpectsNoContent = session.Current!.Method == "HEAD",
        };
        SetDeadline(session, program.ConnectTimeout, context);
    }

    private void Relay(ProxySession session, HttpResponse response, ProcessContext context)
    {
        // RFC 9110 section 15.2: interim responses are not the answer.
        if (response.Status < 200)
        {
            return;
        }

        Answer(session, response, context);
    }

    private void Refuse(ProxySession session, int status, string reason, ProcessContext context) =>
        Answer(session, HttpResponse.OfText(status, reason, $"{status} {reason}\n"), context);

    private void Answer(ProxySession session, HttpResponse response, ProcessContext context)
    {
        Forget(session, context);
        if (session.IsClientGone || session.Current is not HttpRequest request)
        {
            return;
        }

        session.Current = null;
        bool keepsAlive = request.KeepsAlive && !session.IsLast;
        Payload reply = ProxyHeaders.ForClient(response, keepsAlive).ToPayload();
        context.Send(session.Client, reply);
        SimDuration latency = context.Now - session.Started;
        context.ExchangeEnded(
            session.Flow, ExchangeOutcome.Reply, latency, reply.Length, ServedExchange.Http, isServer: true);
        if (keepsAlive)
        {
            TakeRequest(session, context);
        }
        else
        {
            context.Close(session.Client);
        }
    }

    // Lets go of the Service's side.
    private void Forget(ProxySession session, ProcessContext context)
    {
        _deadlines.Remove((session.Deadline.Nanoseconds, session.Client.Id));
        session.Service?.Close(context.Outbox);
        session.Service = null;
    }

    private void SetDeadline(ProxySession session, SimDuration timeout, ProcessContext context)
    {
        _deadlines.Remove((session.Deadline.Nanoseconds, session.Client.Id));
        session.Deadline = context.Now + timeout;
        _deadlines.Add((session.Deadline.Nanoseconds, session.Client.Id), session);
        StartTimer(context);
    }

    private void StartTimer(ProcessContext context)
    {
        if (_deadlines.Count > 0)
        {
            context.StartTimer(DeadlineTimer, new SimTime(_deadlines.First().Key.Deadline) - context.Now);
        }
        else
        {
            context.StopTimer(DeadlineTimer);
        }
    }
}
