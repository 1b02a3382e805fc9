using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Linux.Sockets;

/// <summary>What the data and FIN of a segment do to the receiving side; accounts for the packet.</summary>
/// <remarks>Source: RFC 9293 section 3.10.7.4 (segment text, FIN).</remarks>
internal static class TcpSegmentText
{
    /// <summary>Takes the data of a segment that has passed all checks; false when the connection was reset because of
    /// it or there was no room for it. What came before is dropped, and acknowledged once more.</summary>
    public static bool Receive(TcpConnection c, IPv4Packet packet, TcpSegment segment, Outbox outbox)
    {
        ActorRef self = c.Table.Network.Self;
        bool hasFin = (segment.Flags & TcpFlags.Fin) != 0;
        if (segment.Data.Length == 0 && !hasFin)
        {
            outbox.Delivered(self, packet);
            return true;
        }

        if (IsUnwanted(c, segment))
        {
            // RFC 9293 section 3.10.7.4 with 3.6.1: data for a process that has closed draws a reset.
            outbox.Dropped(self, packet, DropReason.NoSocket);
            TcpReset.Answer(c.Table.Network, packet, segment, outbox);
            TcpTable.Remove(c);
            return false;
        }

        if (c.IsPassive && packet.Identity.Flow != 0)
        {
            c.Flow = packet.Identity.Flow;
        }

        uint end = segment.SequenceNumber + TcpReset.SequenceLength(segment);
        if (!TcpSequence.After(end, c.ReceiveNext))
        {
            outbox.Dropped(self, packet, DropReason.TcpOldSegment);
            c.Duplicate = new SackBlock(segment.SequenceNumber, end);
            c.Acks.Require(urgent: true);
            return true;
        }

        if (TcpSequence.After(segment.SequenceNumber, c.ReceiveNext))
        {
            return KeepBeyondGap(c, packet, segment, outbox);
        }

        outbox.Delivered(self, packet);
        TakeInOrder(c, segment, outbox);
        return true;
    }

    private static void TakeInOrder(TcpConnection c, TcpSegment segment, Outbox outbox)
    {
        int known = (int)(c.ReceiveNext - segment.SequenceNumber);
        int fresh = Math.Min(segment.Data.Length - known, (int)(c.ReceiveEdge - c.ReceiveNext));
        bool gapExisted = c.ReceiveQueue.OutOfOrderCount > 0;
        if (known > 0)
        {
            c.Duplicate = new SackBlock(segment.SequenceNumber, c.ReceiveNext);
        }

        if (fresh > 0)
        {
            c.ReceiveQueue.Append(segment.Data.Slice(known, fresh));
            c.ReceiveNext = c.ReceiveQueue.JoinFrom(c.ReceiveNext + (uint)fresh);
            c.Acks.Received(fresh, outbox.Now);
        }

        if (gapExisted)
        {
            c.Acks.Require(urgent: true);
        }

        bool hasFin = (segment.Flags & TcpFlags.Fin) != 0;
        uint finSequence = segment.SequenceNumber + (uint)segment.Data.Length;
        if (hasFin && finSequence == c.ReceiveNext && !c.PeerFinReceived)
        {
            TakeFin(c, outbox);
        }
    }

    private static void TakeFin(TcpConnection c, Outbox outbox)
    {
        c.ReceiveNext++;
        c.ReceiveEdge = TcpSequence.Max(c.ReceiveEdge, c.ReceiveNext);
        c.PeerFinReceived = true;
        switch (c.State)
        {
            case TcpState.Established:
                // Linux enters ping-pong mode here, so that this side's own FIN may carry the acknowledgment.
                c.State = TcpState.CloseWait;
                c.Acks.IsPingPong = true;
                c.Acks.Require(urgent: false);
                break;
            case TcpState.FinWait1:
                c.State = TcpState.Closing;
                c.Acks.Require(urgent: true);
                break;
            case TcpState.FinWait2:
                c.State = TcpState.TimeWait;
                c.Acks.Require(urgent: true);
                TcpTimers.Start(c, TcpMainTimer.TimeWait, SocketLimits.TimeWait, outbox);
                break;
            default:
                c.Acks.Require(urgent: true);
                break;
        }
    }

    private static bool KeepBeyondGap(TcpConnection c, IPv4Packet packet, TcpSegment segment, Outbox outbox)
    {
        ActorRef self = c.Table.Network.Self;
        int room = (int)(c.ReceiveEdge - segment.SequenceNumber);
        int length = Math.Min(segment.Data.Length, room);
        if (length > 0 && !c.ReceiveQueue.TryKeep(segment.SequenceNumber, segment.Data.Slice(0, length)))
        {
            outbox.Dropped(self, packet, DropReason.SocketReceiveBuffer);
            return false;
        }

        // A FIN beyond the gap is not kept: the peer sends it again.
        outbox.Delivered(self, packet);
        c.Acks.Require(urgent: true);
        return true;
    }

    private static bool IsUnwanted(TcpConnection c, TcpSegment segment)
    {
        bool isClosed = c.Handler is null && c.State is TcpState.FinWait1 or TcpState.FinWait2 or TcpState.Closing;
        uint end = segment.SequenceNumber + (uint)segment.Data.Length;
        return isClosed && segment.Data.Length > 0 && TcpSequence.After(end, c.ReceiveNext);
    }
}
