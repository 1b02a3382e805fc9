using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Linux.Cgroups;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Processes;

/// <summary>A running <see cref="EchoServer"/> whose requests cost something (<see cref="ServerBehaviour"/>).</summary>
/// <remarks>A free worker accepts a connection and serves its first request; the connection's later requests wait for
/// any worker, before new connections do. Answers of one connection keep their order. Connections that nobody accepts
/// wait in the listener's backlog, their bytes in the socket; datagrams wait in the socket's buffer. A request whose
/// client has gone is worked on to its end.</remarks>
internal sealed class WorkerServerProcess(EchoServer program, ServerBehaviour behaviour) : EchoServerProcess(program)
{
    // A burner's work: 146 years, which no run sees the end of.
    private const long BurnNanoseconds = 1L << 62;
    private const int BurnToken = -1;

    private readonly Dictionary<TcpConnection, ServedConnection> _connections = [];
    private readonly Dictionary<int, ServedRequest> _running = [];
    private readonly Queue<ServedRequest> _requests = new();
    private readonly Queue<(TcpListener Listener, ServedConnection Connection)> _unaccepted = new();
    private readonly Queue<UdpSocket> _paused = new();
    private RandomStream _dice;
    private int _busyWorkers;
    private int _lastToken;

    protected override int Backlog => behaviour.Backlog;

    private bool HasFreeWorker => behaviour.Concurrency == 0 || _busyWorkers < behaviour.Concurrency;

    public override void OnStart(ProcessContext context)
    {
        base.OnStart(context);
        _dice = context.Dice("cpu-per-request");
        if (behaviour.PageCacheBytes > 0)
        {
            context.ChargePageCache(behaviour.PageCacheBytes);
        }

        if (behaviour.MemoryBytes > 0)
        {
            context.ChargeMemory(behaviour.MemoryBytes);
        }

        if (behaviour.LeakBytesPerSecond > 0)
        {
            context.LeakMemory(behaviour.LeakBytesPerSecond);
        }

        for (int i = 0; i < behaviour.BurnThreads; i++)
        {
            context.RunCpu(BurnNanoseconds, BurnToken);
        }
    }

    public override void OnAccepted(TcpListener listener, TcpConnection connection, ProcessContext context)
    {
        var served = new ServedConnection(connection);
        _connections.Add(connection, served);
        if (HasFreeWorker)
        {
            Accept(served);
            return;
        }

        connection.PauseReading();
        listener.Unaccepted++;
        _unaccepted.Enqueue((listener, served));
    }

    public override void OnPeerClosed(TcpConnection connection, ProcessContext context)
    {
        if (_connections.TryGetValue(connection, out ServedConnection? served) && served.IsBusy)
        {
            served.ClosesWhenDone = true;
            return;
        }

        Forget(connection, context);
        context.Close(connection);
    }

    public override void OnFailed(TcpConnection connection, SocketFailure failure, ProcessContext context) =>
        Forget(connection, context);

    public override void OnCpuDone(CpuDone done, ProcessContext context)
    {
        if (!_running.Remove(done.Token, out ServedRequest? request))
        {
            return;
        }

        long freed = behaviour.LeakPerRequestBytes - behaviour.MemoryPerRequestBytes;
        if (freed != 0)
        {
            context.ChargeMemory(freed);
        }

        _busyWorkers--;
        Send(request, done, context);
        Next(request.Connection, context);
        Serve(context);
    }

    protected override void Answer(TcpConnection connection, IDescribed what, Payload reply, ProcessContext context)
    {
        if (!_connections.TryGetValue(connection, out ServedConnection? served))
        {
            return;
        }

        context.ExchangeStarted(connection.Flow, what, isServer: true);
        var request = new ServedRequest
        {
            Connection = served, Flow = connection.Flow, What = what, Reply = reply, Arrived = context.Now,
        };
        if (served.IsBusy)
        {
            served.Waiting.Enqueue(request);
            return;
        }

        served.IsBusy = true;
        if (served.HoldsWorker)
        {
            served.HoldsWorker = false;
            Run(request, context);
            return;
        }

        _requests.Enqueue(request);
        Serve(context);
    }

    protected override void Answer(
        UdpSocket socket, ulong flow, ServedExchange what, Payload reply, ProcessContext context)
    {
        context.ExchangeStarted(flow, what, isServer: true);
        _requests.Enqueue(new ServedRequest
        {
            Socket = socket, Peer = what.Peer, Flow = flow, What = what, Reply = reply, Arrived = context.Now,
        });
        Serve(context);
        if (!HasFreeWorker && !socket.IsPaused)
        {
            socket.Pause();
            _paused.Enqueue(socket);
        }
    }

    protected override void CloseAfterAnswers(TcpConnection connection, ProcessContext context)
    {
        if (_connections.TryGetValue(connection, out ServedConnection? served) && served.IsBusy)
        {
            served.ClosesWhenDone = true;
        }
        else
        {
            Forget(connection, context);
            context.Close(connection);
        }
    }

    private void Accept(ServedConnection served)
    {
        _busyWorkers++;
        served.HoldsWorker = true;
    }

    // Gives free workers what waits: requests first, then connections, then datagrams.
    private void Serve(ProcessContext context)
    {
        while (HasFreeWorker && _requests.TryDequeue(out ServedRequest? request))
        {
            _busyWorkers++;
            Run(request, context);
        }

        while (HasFreeWorker && _unaccepted.TryDequeue(out (TcpListener Listener, ServedConnection Served) next))
        {
            next.Listener.Unaccepted--;
            if (!next.Served.IsGone)
            {
                Accept(next.Served);
                next.Served.Connection.ResumeReading(context.Outbox);
            }
        }

        while (HasFreeWorker && _paused.TryDequeue(out UdpSocket? socket))
        {
            socket.Resume(context.Outbox);
        }
    }

    private void Run(ServedRequest request, ProcessContext context)
    {
        request.Taken = context.Now;
        if (behaviour.MemoryPerRequestBytes > 0)
        {
            context.ChargeMemory(behaviour.MemoryPerRequestBytes);
        }

        int token = _lastToken = (_lastToken + 1) & int.MaxValue;
        _running.Add(token, request);
        context.RunCpu(behaviour.Draw(ref _dice), token);
    }

    private static void Send(ServedRequest request, CpuDone done, ProcessContext context)
    {
        bool isGone = request.Connection is { IsGone: true };
        var spent = new CpuSpent(request.Taken - request.Arrived, done);
        if (!isGone)
        {
            context.CpuSpent(request, spent);
        }

        if (request.Socket is { } socket)
        {
            context.Send(socket, request.Peer, request.Reply, request.Flow, isReply: true);
        }
        else if (request.Connection is { IsGone: false } served)
        {
            context.Send(served.Connection, request.Reply);
        }

        context.ExchangeEnded(
            request.Flow, isGone ? ExchangeOutcome.Reset : ExchangeOutcome.Reply, context.Now - request.Arrived,
            isGone ? 0 : request.Reply.Length, request.What, isServer: true);
    }

    // The connection's next request queues behind those of others; without one it may have to be closed.
    private void Next(ServedConnection? served, ProcessContext context)
    {
        if (served is null || served.IsGone)
        {
            return;
        }

        if (served.Waiting.TryDequeue(out ServedRequest? next))
        {
            _requests.Enqueue(next);
            return;
        }

        served.IsBusy = false;
        if (served.ClosesWhenDone)
        {
            Forget(served.Connection, context);
            context.Close(served.Connection);
        }
    }

    private void Forget(TcpConnection connection, ProcessContext context)
    {
        if (!_connections.Remove(connection, out ServedConnection? served))
        {
            return;
        }

        served.IsGone = true;
        if (served.HoldsWorker)
        {
            served.HoldsWorker = false;
            _busyWorkers--;
            Serve(context);
        }
    }
}
