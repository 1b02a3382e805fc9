using Emulator.Core.Packets;
using Emulator.Linux.Processes;
using Emulator.Linux.Sockets;
using Emulator.LinuxOracle.Tests.Steps;

namespace Emulator.LinuxOracle.Tests.Kernel;

/// <summary>What becomes of a socket that poll(2) reports.</summary>
internal sealed class SocketEvents(SocketLoop loop)
{
    private readonly byte[] _buffer = new byte[256 * 1024];

    /// <summary>Takes what has come.</summary>
    public void Handle(KernelSocket socket, short events)
    {
        switch (socket.Kind)
        {
            case SocketKind.Listener:
                Accept(socket);
                break;
            case SocketKind.Connection when socket.IsConnecting:
                Connected(socket);
                break;
            case SocketKind.Connection:
                if (!socket.IsPaused && !socket.IsEnded)
                {
                    Read(socket);
                }
                else if ((events & (Libc.PollErr | Libc.PollHup)) != 0)
                {
                    Gone(socket);
                }

                break;
            default:
                while ((events & Libc.PollErr) != 0 && socket.TryReceive(_buffer, errors: true, out Received error))
                {
                    NoteError(socket, error);
                }

                while (socket.TryReceive(_buffer, errors: false, out Received received))
                {
                    Datagram(socket, received);
                }

                break;
        }
    }

    private static void Send(KernelSocket socket, Payload bytes) => socket.Send(bytes.ToBytes().Span);

    private void Accept(KernelSocket listener)
    {
        var order = listener.Session as KernelListener;
        while (true)
        {
            string name = order is null ? "" : $"{order.Step.Name}#{order.Accepted + 1}";
            if (listener.Accept(name, out string from) is not { } socket)
            {
                return;
            }

            loop.Add(socket);
            if (order is null)
            {
                socket.Session = new KernelEcho();
                continue;
            }

            order.Accepted++;
            socket.Session = new KernelConnection(order.Step.ClosesWithPeer, null);
            socket.IsPaused = order.Step.IsPaused;
            loop.Seen.Note(name, $"accepted {from}");
        }
    }

    private void Connected(KernelSocket socket)
    {
        socket.IsConnecting = false;
        int error = socket.TakeError();
        if (error != 0)
        {
            loop.Seen.Note(socket.Name, Errno.NameOf(error));
            socket.IsGone = true;
            return;
        }

        loop.Seen.Note(socket.Name, "connected");
        if (socket.Session is KernelConnection { Step: { Request: > 0 } step })
        {
            Send(socket, AskedReply.Request(step.Request, step.Reply));
        }
    }

    private void Read(KernelSocket socket)
    {
        while (socket.TryReceive(_buffer, errors: false, out Received received))
        {
            if (received.Errno != 0)
            {
                socket.IsGone = true;
                Ended(socket, Errno.NameOf(received.Errno), closes: false);
                return;
            }

            if (received.Length == 0)
            {
                Ended(socket, "end", socket.Session is KernelEcho or KernelConnection { ClosesWithPeer: true });
                return;
            }

            if (socket.Session is KernelEcho echo)
            {
                Serve(socket, echo, _buffer.AsSpan(0, received.Length));
                continue;
            }

            loop.Seen.NoteBytes(socket.Name, received.Length);
            var session = (KernelConnection)socket.Session!; // Set when it was opened.
            session.Received += received.Length;
            if (session.Step is { ClosesAfterReply: true } step && session.Received >= step.Reply)
            {
                loop.Remove(socket);
                return;
            }
        }
    }

    private void Gone(KernelSocket socket)
    {
        socket.IsGone = true;
        if (socket.TakeError() is not 0 and int error)
        {
            loop.Seen.Note(socket.Name, Errno.NameOf(error));
        }
    }

    private void Ended(KernelSocket socket, string what, bool closes)
    {
        socket.IsEnded = true;
        if (socket.Name.Length > 0)
        {
            loop.Seen.Note(socket.Name, what);
        }

        if (closes || socket.Name.Length == 0)
        {
            loop.Remove(socket);
        }
    }

    private static void Serve(KernelSocket socket, KernelEcho echo, Span<byte> bytes)
    {
        if (echo.Missing == 0)
        {
            var first = new BytesPayload(bytes.ToArray());
            if (!AskedReply.TryRead(first, out int asked, out int length))
            {
                socket.Send(bytes);
                return;
            }

            (echo.Missing, echo.Asked) = (length, asked);
        }

        echo.Missing = Math.Max(0, echo.Missing - bytes.Length);
        if (echo.Missing == 0)
        {
            Send(socket, new FillerPayload(echo.Asked));
        }
    }

    private void Datagram(KernelSocket socket, Received received)
    {
        if (received.Errno != 0)
        {
            return; // What the error queue has told already.
        }

        if (socket.Name.Length > 0)
        {
            bool isPing = socket.Kind == SocketKind.Ping;
            loop.Seen.Note(
                socket.Name,
                $"{received.Length - (isPing ? IcmpMessage.HeaderLength : 0)} bytes from "
                    + $"{(isPing ? received.From.Split(':')[0] : received.From)} ttl {received.TimeToLive}");
            return;
        }

        var bytes = new BytesPayload(_buffer.AsSpan(0, received.Length).ToArray());
        Payload reply = AskedReply.TryRead(bytes, out int asked, out _) ? new FillerPayload(asked) : bytes;
        string[] from = received.From.Split(':');
        socket.Send(reply.ToBytes().Span, from[0], int.Parse(from[1], null));
    }

    // An error of this host's own (origin 1) is what the call has said already.
    private void NoteError(KernelSocket socket, Received error)
    {
        if (error.Origin == 2 && socket.Name.Length > 0)
        {
            loop.Seen.NoteError(
                socket.Name, Errno.NameOf(error.Errno), error.Type, error.Code, error.Offender,
                error.Errno == Errno.MessageTooLong ? error.Mtu : 0);
        }
    }
}

/// <summary>What a listener of a scenario remembers.</summary>
internal sealed class KernelListener(OracleStep.Listen step)
{
    public OracleStep.Listen Step { get; } = step;

    public int Accepted { get; set; }
}

/// <summary>What a connection of a scenario remembers.</summary>
internal sealed class KernelConnection(bool closesWithPeer, OracleStep.Connect? step)
{
    public bool ClosesWithPeer { get; } = closesWithPeer;

    public OracleStep.Connect? Step { get; } = step;

    public long Received { get; set; }
}

/// <summary>What an echo server remembers of a connection.</summary>
internal sealed class KernelEcho
{
    public int Missing { get; set; }

    public int Asked { get; set; }
}
