using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Linux.Sockets;

/// <summary>What a connection does with a segment.</summary>
/// <remarks>Source: RFC 9293 section 3.10.7.4, in its order; RFC 5961 (challenge acknowledgments). Acknowledgments that
/// are due leave before the process is called, as on a real kernel, where it runs later.</remarks>
internal static class TcpInput
{
    /// <summary>Takes a segment for a connection.</summary>
    public static void Receive(TcpConnection c, IPv4Packet packet, TcpSegment segment, Outbox outbox)
    {
        ActorRef self = c.Table.Network.Self;
        if (c.State == TcpState.SynSent)
        {
            TcpHandshake.ReceiveInSynSent(c, packet, segment, outbox);
            return;
        }

        if (c.State == TcpState.TimeWait)
        {
            TcpAcceptance.ReceiveInTimeWait(c, packet, segment, outbox);
            return;
        }

        if (RepeatsHandshake(c, packet, segment, outbox) || !TcpAcceptance.Accepts(c, packet, segment, outbox)
            || Resets(c, packet, segment, outbox))
        {
            return;
        }

        if ((segment.Flags & TcpFlags.Syn) != 0)
        {
            outbox.Dropped(self, packet, DropReason.TcpInvalidSegment);
            TcpAcceptance.Answer(c, segment, outbox);
            return;
        }

        if ((segment.Flags & TcpFlags.Ack) == 0 || !AcknowledgesWhatWasSent(c, packet, segment, outbox))
        {
            if ((segment.Flags & TcpFlags.Ack) == 0)
            {
                outbox.Dropped(self, packet, DropReason.TcpInvalidSegment);
            }

            return;
        }

        Take(c, packet, segment, outbox);
    }

    /// <summary>Hands what waits to the process.</summary>
    public static void Deliver(TcpConnection c, Outbox outbox)
    {
        while (c.Handler is not null && !c.IsReadingPaused && c.ReceiveQueue.TryTake(out Payload bytes))
        {
            c.ConsumedSinceGrowth += bytes.Length;
            c.Handler.OnReceived(c, bytes, outbox);
        }

        if (c.ConsumedSinceGrowth >= c.ReceiveBuffer && c.ReceiveBuffer < SocketLimits.ReceiveWindowMax)
        {
            c.ReceiveBuffer = Math.Min(2 * c.ReceiveBuffer, SocketLimits.ReceiveWindowMax);
            c.ConsumedSinceGrowth = 0;
        }

        if (c.PeerFinReceived && !c.PeerClosedReported && !c.IsReadingPaused && c.ReceiveQueue.ReadyBytes == 0)
        {
            c.PeerClosedReported = true;
            c.Handler?.OnPeerClosed(c, outbox);
        }
    }

    /// <summary>Ends a connection that failed, and tells its process.</summary>
    public static void Fail(TcpConnection c, SocketFailure failure, Outbox outbox)
    {
        ISocketHandler? handler = c.Handler;
        TcpTable.Remove(c);
        handler?.OnFailed(c, failure, outbox);
    }

    private static void Take(TcpConnection c, IPv4Packet packet, TcpSegment segment, Outbox outbox)
    {
        bool isNew = false;
        if (c.State == TcpState.SynReceived)
        {
            c.Listener?.Completed();
            TcpHandshake.Establish(c, segment, outbox);
            isNew = true;
        }

        TcpAcceptance.KeepTimestamp(c, segment);
        TcpAcknowledgment.Receive(c, segment, outbox);
        bool taken = TcpSegmentText.Receive(c, packet, segment, outbox);
        if (c.State == TcpState.Closed || !taken)
        {
            return;
        }

        TcpOutput.SendPending(c, outbox);
        AcknowledgeWhenDue(c, outbox);
        if (isNew && !Announce(c, outbox))
        {
            return;
        }

        Deliver(c, outbox);
        TellWritable(c, outbox);
    }

    // Tells the process of a connection whose handshake is complete; false when nobody wants it any more.
    private static bool Announce(TcpConnection c, Outbox outbox)
    {
        if (c.Listener is null)
        {
            c.Handler?.OnConnected(c, outbox);
            return true;
        }

        c.Handler = c.Listener.Handler;
        if (c.Handler is null)
        {
            c.Abort(outbox);
            return false;
        }

        c.Handler.OnAccepted(c.Listener, c, outbox);
        return true;
    }

    private static void AcknowledgeWhenDue(TcpConnection c, Outbox outbox)
    {
        if (!c.Acks.IsPending)
        {
            return;
        }

        bool moreThanOneSegment = c.Acks.BytesPending > c.SendMss;
        if (c.Acks.IsUrgent || c.Acks.IsQuick || moreThanOneSegment || c.ReceiveQueue.OutOfOrderCount > 0)
        {
            TcpOutput.SendAck(c, outbox);
        }
        else
        {
            TcpTimers.DelayAck(c, outbox);
        }
    }

    private static void TellWritable(TcpConnection c, Outbox outbox)
    {
        if (c.WasRefusedRoom && c.Handler is not null && c.SendBuffer.Length <= SocketLimits.SendBufferMax / 2)
        {
            c.WasRefusedRoom = false;
            c.Handler.OnWritable(c, outbox);
        }
    }

    // The peer did not hear our SYN-ACK and sends its SYN again.
    private static bool RepeatsHandshake(TcpConnection c, IPv4Packet packet, TcpSegment segment, Outbox outbox)
    {
        bool isSyn = (segment.Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst)) == TcpFlags.Syn;
        if (c.State != TcpState.SynReceived || !isSyn || segment.SequenceNumber + 1 != c.ReceiveNext)
        {
            return false;
        }

        outbox.Delivered(c.Table.Network.Self, packet);
        c.SynSentAt = null;
        TcpOutput.SendSyn(c, outbox);
        return true;
    }

    private static bool Resets(TcpConnection c, IPv4Packet packet, TcpSegment segment, Outbox outbox)
    {
        if ((segment.Flags & TcpFlags.Rst) == 0)
        {
            return false;
        }

        ActorRef self = c.Table.Network.Self;
        if (segment.SequenceNumber != c.ReceiveNext)
        {
            outbox.Dropped(self, packet, DropReason.TcpInvalidSegment);
            TcpAcceptance.Answer(c, segment, outbox);
            return true;
        }

        outbox.Delivered(self, packet);
        // Linux: tcp_reset.
        SocketError error = c.State switch
        {
            TcpState.SynReceived when c.Listener is null => SocketError.ConnectionRefused,
            TcpState.CloseWait => SocketError.BrokenPipe,
            _ => SocketError.ConnectionReset,
        };
        Fail(c, SocketFailure.Of(error), outbox);
        return true;
    }

    private static bool AcknowledgesWhatWasSent(
        TcpConnection c, IPv4Packet packet, TcpSegment segment, Outbox outbox)
    {
        uint ack = segment.AcknowledgmentNumber;
        if (c.State == TcpState.SynReceived)
        {
            if (ack == c.SendMax)
            {
                return true;
            }

            outbox.Dropped(c.Table.Network.Self, packet, DropReason.TcpInvalidSegment);
            TcpReset.Answer(c.Table.Network, packet, segment, outbox);
            return false;
        }

        if (!TcpSequence.After(ack, c.SendMax))
        {
            return true;
        }

        outbox.Dropped(c.Table.Network.Self, packet, DropReason.TcpInvalidSegment);
        TcpOutput.SendAck(c, outbox);
        return false;
    }
}
