using Emulator.Core.Actors;
using Emulator.Core.Packets;

namespace Emulator.Linux.Sockets;

/// <summary>What the acknowledgment, window and SACK blocks of a segment do to the sending side.</summary>
/// <remarks>Source: RFC 9293 section 3.10.7.4 (ESTABLISHED, ACK), RFC 5681 section 3.2, RFC 6582, RFC 6298 section
/// 5.</remarks>
internal static class TcpAcknowledgment
{
    private const int DuplicatesForLoss = 3;

    /// <summary>Takes the acknowledgment of a segment that has passed all checks.</summary>
    public static void Receive(TcpConnection c, TcpSegment segment, Outbox outbox)
    {
        uint ack = segment.AcknowledgmentNumber;
        if (TcpSequence.Before(ack, c.SendUnacknowledged))
        {
            return;
        }

        foreach (SackBlock block in segment.Options.SackBlocks)
        {
            c.Sacked.Add(block, c.SendUnacknowledged, c.SendMax);
        }

        int window = segment.Window << c.SendWindowScale;
        if (ack != c.SendUnacknowledged)
        {
            Advance(c, ack, outbox);
        }
        else if (c.InFlight > 0 && segment.Data.Length == 0 && window == c.SendWindow
            && (segment.Flags & TcpFlags.Fin) == 0)
        {
            Duplicate(c, outbox);
        }

        UpdateWindow(c, segment, window);
    }

    private static void Advance(TcpConnection c, uint ack, Outbox outbox)
    {
        int acknowledged = (int)(ack - c.SendUnacknowledged);
        bool isFinAcknowledged = c.FinSent && ack == c.FinSequence + 1;
        if (c.IsTiming && TcpSequence.After(ack, c.TimedSequence))
        {
            c.Timeout.Sample(outbox.Now - c.TimedSince);
            c.IsTiming = false;
        }

        c.SendUnacknowledged = ack;
        c.SendNext = TcpSequence.Max(c.SendNext, ack);
        c.SendBuffer.DiscardBefore(ack);
        c.Sacked.DiscardBefore(ack);
        c.Retries = 0;
        c.Timeout.Backoff = 0;
        c.DuplicateAcks = 0;
        c.SoftError = SocketError.None;
        int mss = c.SendMss;
        if (!c.Congestion.InRecovery)
        {
            if (c.IsWindowLimited)
            {
                c.Congestion.Grow(acknowledged, mss);
            }
        }
        else if (TcpSequence.Before(ack, c.Congestion.RecoveryPoint))
        {
            c.Congestion.Deflate(acknowledged, mss);
            TcpOutput.RetransmitFirst(c, ack, outbox);
        }
        else
        {
            c.Congestion.ExitRecovery(c.InFlight, mss);
        }

        TcpTimers.Restart(c, outbox);
        if (isFinAcknowledged)
        {
            FinAcknowledged(c, outbox);
        }
    }

    private static void Duplicate(TcpConnection c, Outbox outbox)
    {
        c.DuplicateAcks++;
        int mss = c.SendMss;
        if (c.Congestion.InRecovery)
        {
            c.Congestion.Inflate(mss);
        }
        else if (c.DuplicateAcks == DuplicatesForLoss && c.SendNext == c.SendMax)
        {
            c.Congestion.EnterRecovery(c.InFlight, c.SendMax, mss);
            TcpOutput.RetransmitFirst(c, c.SendUnacknowledged, outbox);
        }
    }

    // RFC 9293: only a segment that is newer, or acknowledges more, may move the window.
    private static void UpdateWindow(TcpConnection c, TcpSegment segment, int window)
    {
        bool isNewer = TcpSequence.Before(c.SendWindowSequence, segment.SequenceNumber)
            || (c.SendWindowSequence == segment.SequenceNumber
                && !TcpSequence.After(c.SendWindowAcknowledgment, segment.AcknowledgmentNumber));
        if (!isNewer)
        {
            return;
        }

        if (c.SendWindow == 0 && window > 0)
        {
            c.Retries = 0;
            c.Timeout.Backoff = 0;
        }

        c.SendWindow = window;
        c.SendWindowSequence = segment.SequenceNumber;
        c.SendWindowAcknowledgment = segment.AcknowledgmentNumber;
    }

    private static void FinAcknowledged(TcpConnection c, Outbox outbox)
    {
        switch (c.State)
        {
            case TcpState.FinWait1:
                c.State = TcpState.FinWait2;
                if (c.Handler is null)
                {
                    TcpTimers.Start(c, TcpMainTimer.FinWait2, SocketLimits.FinTimeout, outbox);
                }

                break;
            case TcpState.Closing:
                c.State = TcpState.TimeWait;
                TcpTimers.Start(c, TcpMainTimer.TimeWait, SocketLimits.TimeWait, outbox);
                break;
            case TcpState.LastAck:
                TcpTable.Remove(c);
                break;
            default:
                break;
        }
    }
}
