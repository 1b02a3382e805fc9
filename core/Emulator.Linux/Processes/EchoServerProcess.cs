using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Packets.Http;
using Emulator.Core.Time;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Processes;

/// <summary>A running <see cref="EchoServer"/>. Exits with code 1 when one of its ports is taken.</summary>
internal class EchoServerProcess(EchoServer program) : Process
{
    private static readonly string[] Methods =
        ["GET ", "HEAD ", "POST ", "PUT ", "PATCH ", "DELETE ", "OPTIONS ", "TRACE "];

    /// <summary>How many connections may wait to be accepted.</summary>
    protected virtual int Backlog => SocketLimits.BacklogDefault;

    public override void OnStart(ProcessContext context)
    {
        foreach (ushort port in program.TcpPorts)
        {
            if (!context.TryListenTcp(port, out _, out _, Backlog))
            {
                context.Exit(1);
                return;
            }
        }

        foreach (ushort port in program.UdpPorts)
        {
            if (!context.TryBindUdp(port, out _, out _))
            {
                context.Exit(1);
                return;
            }
        }
    }

    public override void OnDatagram(UdpSocket socket, IPv4Packet packet, UdpDatagram datagram, ProcessContext context)
    {
        Payload reply = AskedReply.TryRead(datagram.Data, out int asked, out _) ? new FillerPayload(asked)
            : program.UdpReplyLength > 0 ? new FillerPayload(program.UdpReplyLength)
            : datagram.Data;
        Answer(
            socket, packet.Identity.Flow,
            ServedExchange.Udp with
            {
                Local = new Endpoint(packet.Destination, datagram.DestinationPort),
                Peer = new Endpoint(packet.Source, datagram.SourcePort),
                BytesReceived = datagram.Data.Length,
            },
            reply, context);
    }

    /// <summary>Answers a datagram, now or later.</summary>
    protected virtual void Answer(
        UdpSocket socket, ulong flow, ServedExchange what, Payload reply, ProcessContext context)
    {
        context.ExchangeStarted(flow, what, isServer: true);
        context.Send(socket, what.Peer, reply, flow, isReply: true);
        context.ExchangeEnded(flow, ExchangeOutcome.Reply, SimDuration.Zero, reply.Length, what, isServer: true);
    }

    public override void OnReceived(TcpConnection connection, Payload bytes, ProcessContext context)
    {
        connection.Session ??= LooksLikeHttp(bytes) ? new HttpReader(readsResponses: false) : new RawRequest();

        if (connection.Session is HttpReader reader)
        {
            reader.Append(bytes.ToBytes().Span);
            AnswerHttp(connection, reader, context);
            return;
        }

        AnswerRaw(connection, (RawRequest)connection.Session, bytes, context);
    }

    private void AnswerRaw(TcpConnection connection, RawRequest request, Payload bytes, ProcessContext context)
    {
        if (request.Missing == 0)
        {
            if (!AskedReply.TryRead(bytes, out int asked, out int length))
            {
                Answer(connection, Served(connection, bytes.Length), program.TcpReply ?? bytes, context);
                return;
            }

            (request.Missing, request.Asked, request.Length) = (length, asked, length);
        }

        request.Missing = Math.Max(0, request.Missing - bytes.Length);
        if (request.Missing == 0)
        {
            Answer(connection, Served(connection, request.Length), new FillerPayload(request.Asked), context);
        }
    }

    private void AnswerHttp(TcpConnection connection, HttpReader reader, ProcessContext context)
    {
        while (reader.TryRead(out HttpMessage? message))
        {
            var request = (HttpRequest)message;
            HttpResponse response = HttpResponse.OfText(200, "OK", program.PodName + "\n");
            response = response with { Headers = response.Headers.Add("X-Pod-Name", program.PodName) };
            if (request.Method == "HEAD")
            {
                response = response with
                {
                    Headers = response.Headers.Add("Content-Length", $"{response.Body.Length}"),
                    Body = ReadOnlyMemory<byte>.Empty,
                };
            }

            Answer(connection, ServedExchange.Http, response.ToPayload(), context);
            if (!request.KeepsAlive)
            {
                CloseAfterAnswers(connection, context);
                return;
            }
        }

        if (reader.Error is not null)
        {
            HttpResponse refusal = HttpResponse.OfText(
                reader.Error.Status, reader.Error.Reason, reader.Error.Message + "\n");
            Answer(connection, ServedExchange.Http, refusal.ToPayload(), context);
            CloseAfterAnswers(connection, context);
        }
    }

    private static ServedExchange Served(TcpConnection connection, int length) => ServedExchange.Tcp with
    {
        Local = connection.Local, Peer = connection.Remote, BytesReceived = length,
    };

    /// <summary>Answers a request, now or later.</summary>
    protected virtual void Answer(TcpConnection connection, IDescribed what, Payload reply, ProcessContext context)
    {
        context.ExchangeStarted(connection.Flow, what, isServer: true);
        context.Send(connection, reply);
        context.ExchangeEnded(
            connection.Flow, ExchangeOutcome.Reply, SimDuration.Zero, reply.Length, what, isServer: true);
    }

    /// <summary>Closes a connection once everything is answered.</summary>
    protected virtual void CloseAfterAnswers(TcpConnection connection, ProcessContext context) =>
        context.Close(connection);

    private static bool LooksLikeHttp(Payload bytes)
    {
        ReadOnlySpan<byte> start = bytes.ToBytes().Span;
        foreach (string method in Methods)
        {
            int length = Math.Min(start.Length, method.Length);
            bool isSame = true;
            for (int i = 0; i < length; i++)
            {
                isSame &= start[i] == method[i];
            }

            if (isSame)
            {
                return true;
            }
        }

        return false;
    }

    // A raw request of which some bytes have not come.
    private sealed class RawRequest
    {
        public int Missing { get; set; }

        public int Asked { get; set; }

        public int Length { get; set; }
    }
}
