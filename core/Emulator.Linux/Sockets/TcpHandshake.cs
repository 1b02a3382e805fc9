using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Linux.Sockets;

/// <summary>How connections begin. Source: RFC 9293 sections 3.10.7.2 and 3.10.7.3.</summary>
internal static class TcpHandshake
{
    /// <summary>A segment for a listener.</summary>
    public static void ReceiveInListen(TcpListener listener, IPv4Packet packet, TcpSegment segment, Outbox outbox)
    {
        TcpTable table = listener.Table;
        ActorRef self = table.Network.Self;
        bool isSyn = (segment.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst)) == TcpFlags.Syn;
        if (!isSyn)
        {
            outbox.Dropped(self, packet, DropReason.TcpInvalidSegment);
            if ((segment.Flags & TcpFlags.Ack) != 0)
            {
                TcpReset.Answer(table.Network, packet, segment, outbox);
            }

            return;
        }

        if (listener.Pending + listener.Unaccepted >= listener.Backlog || !table.HasRoom
            || !table.Network.TryRoute(packet.Source, out _, out int mtu))
        {
            outbox.Dropped(self, packet, DropReason.ListenOverflow);
            return;
        }

        outbox.Delivered(self, packet);
        var local = new Endpoint(packet.Destination, segment.DestinationPort);
        var remote = new Endpoint(packet.Source, segment.SourcePort);
        TcpConnection c = table.Add(local, remote, null, mtu, packet.Identity.Flow, listener, outbox);
        listener.Pending++;
        TakeSyn(c, segment);
        c.State = TcpState.SynReceived;
        TcpOutput.SendSyn(c, outbox);
        TcpTimers.Start(c, TcpMainTimer.Retransmit, c.Timeout.Value, outbox);
    }

    /// <summary>A segment for a connection that sent its SYN.</summary>
    public static void ReceiveInSynSent(TcpConnection c, IPv4Packet packet, TcpSegment segment, Outbox outbox)
    {
        ActorRef self = c.Table.Network.Self;
        bool hasAck = (segment.Flags & TcpFlags.Ack) != 0;
        if (hasAck && segment.AcknowledgmentNumber != c.SendMax)
        {
            outbox.Dropped(self, packet, DropReason.TcpInvalidSegment);
            TcpReset.Answer(c.Table.Network, packet, segment, outbox);
            return;
        }

        if ((segment.Flags & TcpFlags.Rst) != 0)
        {
            if (hasAck)
            {
                outbox.Delivered(self, packet);
                TcpInput.Fail(c, SocketFailure.Of(SocketError.ConnectionRefused), outbox);
            }
            else
            {
                outbox.Dropped(self, packet, DropReason.TcpInvalidSegment);
            }

            return;
        }

        if ((segment.Flags & TcpFlags.Syn) == 0)
        {
            outbox.Dropped(self, packet, DropReason.TcpInvalidSegment);
            return;
        }

        outbox.Delivered(self, packet);
        TakeSyn(c, segment);
        if (!hasAck)
        {
            // Both sides opened at once.
            c.State = TcpState.SynReceived;
            TcpOutput.SendSyn(c, outbox);
            return;
        }

        TakeAnswer(c, segment, outbox);
    }

    /// <summary>The acknowledgment of a SYN came: data may flow.</summary>
    public static void Establish(TcpConnection c, TcpSegment segment, Outbox outbox)
    {
        c.SendUnacknowledged = c.InitialSendSequence + 1;
        c.Congestion.Start(c.Retries);
        if (c.SynSentAt is { } sentAt && c.Retries == 0)
        {
            c.Timeout.Sample(outbox.Now - sentAt);
            c.Rack.Measured((outbox.Now - sentAt).Nanoseconds, outbox.Now);
        }

        c.SynSentAt = null;
        c.Timeout.Backoff = 0;
        c.Retries = 0;
        c.SoftError = SocketError.None;
        c.SendWindowSequence = segment.SequenceNumber;
        c.SendWindowAcknowledgment = segment.AcknowledgmentNumber;
        bool isScaled = (segment.Flags & TcpFlags.Syn) == 0;
        c.SendWindow = segment.Window << (isScaled ? c.SendWindowScale : 0);
        c.MainTimer.Cancel();
        c.State = c.FinQueued ? TcpState.FinWait1 : TcpState.Established;
    }

    private static void TakeAnswer(TcpConnection c, TcpSegment segment, Outbox outbox)
    {
        c.ReceiveEdge = c.ReceiveNext + (uint)c.FirstWindow;
        Establish(c, segment, outbox);
        TcpOutput.SendAck(c, outbox);
        TcpOutput.SendPending(c, outbox);
        c.Handler?.OnConnected(c, outbox);
    }

    private static void TakeSyn(TcpConnection c, TcpSegment syn)
    {
        c.ReceiveNext = syn.SequenceNumber + 1;
        c.ReceiveEdge = c.ReceiveNext;
        c.ReceiveAcknowledged = c.ReceiveNext;
        TcpOptions options = syn.Options;
        c.PeerMss = options.MaximumSegmentSize is > 0 and ushort size ? size : SocketLimits.DefaultMss;
        c.SackOn = options.SackPermitted;
        c.TimestampsOn = options.Timestamps is not null;
        c.TimestampRecent = options.Timestamps?.Value ?? 0;
        if (options.WindowScale is byte scale)
        {
            c.SendWindowScale = Math.Min(scale, (byte)14);
            c.ReceiveWindowScale = SocketLimits.WindowScale;
        }
    }
}
