using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Packets;

namespace Emulator.Linux.Sockets;

/// <summary>Whether a segment lies in a connection's window, and what answers one that does not.</summary>
/// <remarks>Source: RFC 9293 section 3.10.7.4 (first check); RFC 7323 section 5 (PAWS) with Linux' slack of one tick;
/// Linux tcp_validate_incoming, tcp_timewait_state_process. Left out: the exception of
/// tcp_disordered_ack.</remarks>
internal static class TcpAcceptance
{
    /// <summary>True where the segment may be processed; else it has been dropped and answered.</summary>
    /// <remarks>As in Linux, what was received but not yet acknowledged is still inside the window: a segment there
    /// may carry an acknowledgment that counts.</remarks>
    public static bool Accepts(TcpConnection c, IPv4Packet packet, TcpSegment segment, Outbox outbox)
    {
        bool isReset = (segment.Flags & TcpFlags.Rst) != 0;
        uint end = segment.SequenceNumber + TcpReset.SequenceLength(segment);
        bool isOld = (!isReset && IsStale(c, segment)) || TcpSequence.Before(end, c.ReceiveAcknowledged);
        if (!isOld && !TcpSequence.After(segment.SequenceNumber, c.ReceiveEdge))
        {
            return true;
        }

        DropReason reason = isOld && !isReset ? DropReason.TcpOldSegment : DropReason.TcpInvalidSegment;
        outbox.Dropped(c.Table.Network.Self, packet, reason);
        if (!isReset)
        {
            if (TcpSequence.Before(segment.SequenceNumber, c.ReceiveNext) && end != segment.SequenceNumber)
            {
                c.Duplicate = new SackBlock(segment.SequenceNumber, TcpSequence.Min(end, c.ReceiveNext));
            }

            Answer(c, segment, outbox);
        }

        return false;
    }

    /// <summary>A segment for a connection in TIME-WAIT; a SYN that reopens it has been taken before.</summary>
    public static void ReceiveInTimeWait(TcpConnection c, IPv4Packet packet, TcpSegment segment, Outbox outbox)
    {
        ActorRef self = c.Table.Network.Self;
        bool isReset = (segment.Flags & TcpFlags.Rst) != 0;
        bool isStale = !isReset && IsStale(c, segment);
        bool isNext = segment.SequenceNumber == c.ReceiveNext;
        if (!isStale && isNext && (isReset || TcpReset.SequenceLength(segment) == 0))
        {
            outbox.Delivered(self, packet);
            if (isReset)
            {
                TcpTable.Remove(c);
                return;
            }

            KeepTimestamp(c, segment);
            TcpTimers.Start(c, TcpMainTimer.TimeWait, SocketLimits.TimeWait, outbox);
            return;
        }

        bool isLate = isStale || TcpSequence.Before(segment.SequenceNumber, c.ReceiveNext);
        outbox.Dropped(
            self, packet, isLate && !isReset ? DropReason.TcpOldSegment : DropReason.TcpInvalidSegment);
        if (isReset)
        {
            return;
        }

        if (isStale || (segment.Flags & TcpFlags.Ack) != 0)
        {
            TcpTimers.Start(c, TcpMainTimer.TimeWait, SocketLimits.TimeWait, outbox);
        }

        Answer(c, segment, outbox);
    }

    /// <summary>Acknowledges what has come so far, in answer to a segment that was dropped. Bare ones, SYNs and resets
    /// are answered once in <see cref="SocketLimits.OutOfWindowAnswers"/>, lest two ends answer each other
    /// for ever.</summary>
    public static void Answer(TcpConnection c, TcpSegment segment, Outbox outbox)
    {
        bool hasText = segment.Data.Length > 0 || (segment.Flags & TcpFlags.Fin) != 0;
        bool mayLoop = !hasText || (segment.Flags & (TcpFlags.Syn | TcpFlags.Rst)) != 0;
        if (mayLoop)
        {
            if (c.OutOfWindowAnswered is { } last && outbox.Now - last < SocketLimits.OutOfWindowAnswers)
            {
                return;
            }

            c.OutOfWindowAnswered = outbox.Now;
        }

        TcpOutput.SendAck(c, outbox);
    }

    /// <summary>Keeps the timestamp to echo: that of a segment which spans the last acknowledgment, never an older one
    /// (RFC 7323 section 4.3).</summary>
    public static void KeepTimestamp(TcpConnection c, TcpSegment segment)
    {
        if (segment.Options.Timestamps is { } stamps
            && !TcpSequence.After(segment.SequenceNumber, c.ReceiveAcknowledged)
            && !TcpSequence.Before(stamps.Value, c.TimestampRecent))
        {
            c.TimestampRecent = stamps.Value;
        }
    }

    private static bool IsStale(TcpConnection c, TcpSegment segment) =>
        c.TimestampsOn && segment.Options.Timestamps is { } stamps
        && TcpSequence.Before(stamps.Value + 1, c.TimestampRecent);
}
