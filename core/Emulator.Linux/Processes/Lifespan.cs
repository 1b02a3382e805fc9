using Emulator.Core.Actors;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.Cgroups;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Processes;

/// <summary>A program with a life of its own: it takes time to start, ends, hangs or takes time to stop.</summary>
/// <remarks>Left out: a process that ends while it starts up; it ends when it would have.</remarks>
/// <param name="Inner">What it does while it is well.</param>
public sealed record Lifespan(Program Inner) : Program
{
    /// <summary>From the process' start until it opens its sockets. Default 0.</summary>
    public SimDuration StartUp { get; init; }

    /// <summary>From the process' start until it ends by itself; null (the default) never.</summary>
    public SimDuration? RunTime { get; init; }

    /// <summary>The exit code when it ends by itself, 0 to 255. Default 0.</summary>
    public int ExitCode { get; init; }

    /// <summary>From the process' start until it hangs: its kernel still accepts, but it answers nobody and hears no
    /// SIGTERM. Null (the default) never.</summary>
    public SimDuration? HangsAfter { get; init; }

    /// <summary>From SIGTERM until it has ended, with exit code 0; null (the default) leaves SIGTERM to the inner
    /// program.</summary>
    public SimDuration? StopTime { get; init; }

    /// <inheritdoc/>
    public override string Name => Inner.Name;

    /// <inheritdoc/>
    public override Process Start() => new Running(this, Inner.Start());

    /// <summary>The process: hands everything on while it is well.</summary>
    private sealed class Running(Lifespan life, Process inner) : Process
    {
        // The inner program's own timers have small numbers.
        private const int StartUpTimer = int.MinValue;
        private const int EndTimer = int.MinValue + 1;
        private const int HangTimer = int.MinValue + 2;
        private const int StopTimer = int.MinValue + 3;
        private bool _isUp;
        private bool _hangs;

        /// <summary>Who hears what happens: nobody while it starts up or hangs.</summary>
        private Process Live => _isUp && !_hangs ? inner : Deaf.Instance;

        public override void OnStart(ProcessContext context)
        {
            if (life.RunTime is { } runTime)
            {
                context.StartTimer(EndTimer, runTime);
            }

            if (life.HangsAfter is { } healthy)
            {
                context.StartTimer(HangTimer, healthy);
            }

            if (life.StartUp > SimDuration.Zero)
            {
                context.StartTimer(StartUpTimer, life.StartUp);
                return;
            }

            _isUp = true;
            inner.OnStart(context);
        }

        public override void OnTimer(int timer, ProcessContext context)
        {
            switch (timer)
            {
                case StartUpTimer:
                    _isUp = true;
                    inner.OnStart(context);
                    break;
                case HangTimer:
                    _hangs = true;
                    break;
                case EndTimer:
                    End(life.ExitCode, context);
                    break;
                case StopTimer:
                    End(0, context);
                    break;
                default:
                    Live.OnTimer(timer, context);
                    break;
            }
        }

        public override void OnTerminate(ProcessContext context)
        {
            if (_hangs)
            {
                return;
            }

            if (life.StopTime is { } stopTime)
            {
                context.StartTimer(StopTimer, stopTime);
            }
            else
            {
                inner.OnTerminate(context);
            }
        }

        public override void OnKilled(ProcessContext context)
        {
            if (_isUp)
            {
                inner.OnKilled(context);
            }
        }

        public override void OnMessage(Message message, ProcessContext context) =>
            Live.OnMessage(message, context);

        public override void OnExchange(int token, ExchangeResult result, ProcessContext context) =>
            Live.OnExchange(token, result, context);

        public override void OnCpuDone(CpuDone done, ProcessContext context) => Live.OnCpuDone(done, context);

        public override void OnDatagram(
            UdpSocket socket, IPv4Packet packet, UdpDatagram datagram, ProcessContext context) =>
            Live.OnDatagram(socket, packet, datagram, context);

        public override void OnUdpError(UdpSocket socket, SocketFailure failure, ProcessContext context) =>
            Live.OnUdpError(socket, failure, context);

        public override void OnAccepted(TcpListener listener, TcpConnection connection, ProcessContext context) =>
            Live.OnAccepted(listener, connection, context);

        public override void OnConnected(TcpConnection connection, ProcessContext context) =>
            Live.OnConnected(connection, context);

        public override void OnReceived(TcpConnection connection, Payload bytes, ProcessContext context) =>
            Live.OnReceived(connection, bytes, context);

        public override void OnPeerClosed(TcpConnection connection, ProcessContext context) =>
            Live.OnPeerClosed(connection, context);

        public override void OnWritable(TcpConnection connection, ProcessContext context) =>
            Live.OnWritable(connection, context);

        public override void OnFailed(TcpConnection connection, SocketFailure failure, ProcessContext context) =>
            Live.OnFailed(connection, failure, context);

        public override void OnEchoReply(
            PingSocket socket, IPv4Packet packet, IcmpMessage reply, ProcessContext context) =>
            Live.OnEchoReply(socket, packet, reply, context);

        public override void OnPingError(
            PingSocket socket, ushort sequence, SocketFailure failure, ProcessContext context) =>
            Live.OnPingError(socket, sequence, failure, context);

        private void End(int code, ProcessContext context)
        {
            if (_isUp)
            {
                inner.OnKilled(context);
            }

            context.Exit(code);
        }
    }

    /// <summary>Hears nothing and does nothing.</summary>
    private sealed class Deaf : Process
    {
        public static readonly Deaf Instance = new();

        public override void OnStart(ProcessContext context)
        {
        }

        public override void OnPeerClosed(TcpConnection connection, ProcessContext context)
        {
        }
    }
}
