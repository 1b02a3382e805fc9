using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Linux.Processes;
using Emulator.Linux.Sockets;
using Emulator.LinuxOracle.Tests.Steps;

namespace Emulator.LinuxOracle.Tests.Emulated;

/// <summary>A running <see cref="Puppet"/>.</summary>
internal sealed class PuppetProcess(Transcript seen) : Process
{
    private readonly Dictionary<string, object> _sockets = new(StringComparer.Ordinal);

    public override void OnStart(ProcessContext context)
    {
    }

    public override void OnMessage(Core.Actors.Message message, ProcessContext context)
    {
        if (message is not PuppetOrder { Step: { } step })
        {
            return;
        }

        switch (step)
        {
            case OracleStep.Listen listen:
                Listen(listen, context);
                break;
            case OracleStep.Connect connect:
                Connect(connect, context);
                break;
            case OracleStep.Send send:
                if (!context.Send(Connection(send.Name), new FillerPayload(send.Bytes)))
                {
                    seen.Note(send.Name, "EPIPE");
                }

                break;
            case OracleStep.Shutdown shutdown:
                Connection(shutdown.Name).CloseSending(context.Outbox);
                break;
            case OracleStep.Close close:
                Close(close.Name, context);
                break;
            case OracleStep.Abort abort:
                context.Abort(Connection(abort.Name));
                break;
            case OracleStep.Read read when read.IsPaused:
                Connection(read.Name).PauseReading();
                break;
            case OracleStep.Read read:
                Connection(read.Name).ResumeReading(context.Outbox);
                break;
            case OracleStep.Bind bind:
                Bind(bind, context);
                break;
            case OracleStep.SendTo send:
                SendTo(send, context);
                break;
            case OracleStep.Ping ping:
                Ping(ping, context);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(step.ToString());
        }
    }

    public override void OnDatagram(
        UdpSocket socket, IPv4Packet packet, UdpDatagram datagram, ProcessContext context) => seen.Note(
            NameOf(socket),
            $"{datagram.Data.Length} bytes from {packet.Source}:{datagram.SourcePort} ttl {packet.TimeToLive}");

    public override void OnUdpError(UdpSocket socket, SocketFailure failure, ProcessContext context) =>
        Note(NameOf(socket), failure);

    public override void OnAccepted(TcpListener listener, TcpConnection connection, ProcessContext context)
    {
        var order = (PuppetListener)listener.Session!; // Set when it was opened.
        string name = $"{order.Step.Name}#{++order.Accepted}";
        connection.Session = new PuppetConnection(name, order.Step.ClosesWithPeer, null);
        _sockets.Add(name, connection);
        seen.Note(name, $"accepted {connection.Remote}");
        if (order.Step.IsPaused)
        {
            connection.PauseReading();
        }
    }

    public override void OnConnected(TcpConnection connection, ProcessContext context)
    {
        PuppetConnection session = Of(connection);
        seen.Note(session.Name, "connected");
        if (session.Step is { Request: > 0 } step)
        {
            context.Send(connection, AskedReply.Request(step.Request, step.Reply));
        }
    }

    public override void OnReceived(TcpConnection connection, Payload bytes, ProcessContext context)
    {
        PuppetConnection session = Of(connection);
        seen.NoteBytes(session.Name, bytes.Length);
        session.Received += bytes.Length;
        if (session.Step is { ClosesAfterReply: true } step && session.Received >= step.Reply)
        {
            context.Close(connection);
        }
    }

    public override void OnPeerClosed(TcpConnection connection, ProcessContext context)
    {
        PuppetConnection session = Of(connection);
        seen.Note(session.Name, "end");
        if (session.ClosesWithPeer)
        {
            context.Close(connection);
        }
    }

    public override void OnFailed(TcpConnection connection, SocketFailure failure, ProcessContext context) =>
        seen.Note(Of(connection).Name, failure.Error.Name());

    public override void OnEchoReply(PingSocket socket, IPv4Packet packet, IcmpMessage reply, ProcessContext context) =>
        seen.Note(NameOf(socket), $"{reply.Data.Length} bytes from {packet.Source} ttl {packet.TimeToLive}");

    public override void OnPingError(
        PingSocket socket, ushort sequence, SocketFailure failure, ProcessContext context) =>
        Note(NameOf(socket), failure);

    private static PuppetConnection Of(TcpConnection connection) =>
        (PuppetConnection)connection.Session!; // Set when it was opened.

    private void Note(string socket, SocketFailure failure) => seen.NoteError(
        socket, failure.Error.Name(), (int)failure.IcmpType, failure.IcmpCode, $"{failure.Offender}", failure.Mtu);

    private void Note(string socket, SocketError error)
    {
        if (error != SocketError.None)
        {
            seen.Note(socket, error.Name());
        }
    }

    private TcpConnection Connection(string name) => (TcpConnection)_sockets[name];

    private string NameOf(object socket) => _sockets.First(s => ReferenceEquals(s.Value, socket)).Key;

    private void Listen(OracleStep.Listen step, ProcessContext context)
    {
        if (context.TryListenTcp((ushort)step.Port, out TcpListener? listener, out SocketError error))
        {
            listener.Session = new PuppetListener(step);
            _sockets.Add(step.Name, listener);
        }

        Note(step.Name, error);
    }

    private void Connect(OracleStep.Connect step, ProcessContext context)
    {
        var options = new TcpConnectOptions((ushort)step.LocalPort, default, (byte)step.TimeToLive);
        if (context.TryConnectTcp(
            Parse(step.To), context.NewFlow(), out TcpConnection? connection, out SocketError error, options))
        {
            connection.Session = new PuppetConnection(step.Name, step.ClosesWithPeer, step);
            _sockets.Add(step.Name, connection);
        }

        Note(step.Name, error);
    }

    private void Bind(OracleStep.Bind step, ProcessContext context)
    {
        IPv4Address address = step.Address.Length == 0 ? IPv4Address.Any : IPv4Address.Parse(step.Address);
        if (context.TryBindUdp((ushort)step.Port, out UdpSocket? socket, out SocketError error, address))
        {
            socket.ReceiveErrors = true;
            socket.PathMtuDiscovery = step.Discovery;
            _sockets.Add(step.Name, socket);
        }

        Note(step.Name, error);
    }

    private void SendTo(OracleStep.SendTo step, ProcessContext context)
    {
        var socket = (UdpSocket)_sockets[step.Name];
        Payload bytes = step.Reply == 0 ? new FillerPayload(step.Bytes) : AskedReply.Request(step.Bytes, step.Reply);
        Note(step.Name, socket.Send(
            Parse(step.To), bytes, context.NewFlow(), false, context.Outbox, (byte)step.TimeToLive));
    }

    private void Ping(OracleStep.Ping step, ProcessContext context)
    {
        PingSocket socket = context.OpenPing((ushort)step.Identifier)
            ?? throw new InvalidOperationException($"{step.Name}: {step.Identifier} is taken.");
        socket.PathMtuDiscovery = step.Discovery;
        _sockets.Add(step.Name, socket);
        Note(step.Name, socket.Send(
            IPv4Address.Parse(step.To), 1, step.Bytes, context.NewFlow(), context.Outbox, (byte)step.TimeToLive));
    }

    private void Close(string name, ProcessContext context)
    {
        switch (_sockets[name])
        {
            case TcpConnection connection:
                context.Close(connection);
                break;
            case TcpListener listener:
                listener.Close();
                break;
            case UdpSocket socket:
                socket.Close();
                break;
            case PingSocket socket:
                socket.Close();
                break;
            default:
                throw new System.Diagnostics.UnreachableException(name);
        }
    }

    private static Endpoint Parse(string text) => new(
        IPv4Address.Parse(text.Split(':')[0]), ushort.Parse(text.Split(':')[1], null));

    private sealed class PuppetListener(OracleStep.Listen step)
    {
        public OracleStep.Listen Step { get; } = step;

        public int Accepted { get; set; }
    }

    private sealed class PuppetConnection(string name, bool closesWithPeer, OracleStep.Connect? step)
    {
        public string Name { get; } = name;

        public bool ClosesWithPeer { get; } = closesWithPeer;

        public OracleStep.Connect? Step { get; } = step;

        public int Received { get; set; }
    }
}
