using Emulator.Core.Actors;
using Emulator.Core.Packets;
using Emulator.Core.Time;

namespace Emulator.Linux.Sockets;

/// <summary>What the acknowledgment, window and SACK blocks of a segment do to the sending side.</summary>
/// <remarks>Source: RFC 9293 section 3.10.7.4 (ESTABLISHED, ACK), RFC 6298 section 5; Linux tcp_ack,
/// tcp_clean_rtx_queue, tcp_sacktag_write_queue.</remarks>
internal static class TcpAcknowledgment
{
    /// <summary>Takes the acknowledgment of a segment that has passed all checks.</summary>
    public static void Receive(TcpConnection c, TcpSegment segment, Outbox outbox)
    {
        uint ack = segment.AcknowledgmentNumber;
        if (TcpSequence.Before(ack, c.SendUnacknowledged))
        {
            return;
        }

        int window = segment.Window << c.SendWindowScale;
        var news = new AcknowledgmentNews
        {
            Advanced = ack != c.SendUnacknowledged,
            IsDuplicate = ack == c.SendUnacknowledged && c.InFlight > 0 && segment.Data.Length == 0
                && window == c.SendWindow && (segment.Flags & TcpFlags.Fin) == 0,
        };
        bool hadData = c.InFlight > 0;
        foreach (SackBlock block in segment.Options.SackBlocks)
        {
            TakeBlock(c, block, ref news, outbox.Now);
        }

        bool isFinAcknowledged = news.Advanced && c.FinSent && ack == c.FinSequence + 1;
        if (news.Advanced)
        {
            Advance(c, ack, ref news, outbox.Now);
        }

        if (hadData)
        {
            Judge(c, segment, ref news, outbox);
        }

        UpdateWindow(c, segment, window);
        if (isFinAcknowledged)
        {
            FinAcknowledged(c, outbox);
        }
    }

    private static void Judge(TcpConnection c, TcpSegment segment, ref AcknowledgmentNews news, Outbox outbox)
    {
        Measure(c, segment, news, outbox.Now);
        TcpRecovery.Take(c, ref news, outbox);
        if (news.Advanced || news.ReorderingWait > 0)
        {
            TcpTimers.AfterAcknowledgment(c, news.ReorderingWait, outbox);
        }

        c.Congestion.Delivered(
            news.Delivered, news.NewlyLost, news.Advanced, news.Advanced, c.Sent.InFlight, outbox.Now);
        if (c.Sent.Lost > c.Sent.Resent)
        {
            TcpOutput.ResendLost(c, outbox);
        }
    }

    private static void TakeBlock(TcpConnection c, SackBlock block, ref AcknowledgmentNews news, SimTime now)
    {
        (int first, int end) = c.SackOn ? c.Sent.Covered(block) : default;
        for (int i = first; i < end; i++)
        {
            ref SentSegment segment = ref c.Sent[i];
            if (segment.Is(SentSegmentState.Sacked))
            {
                continue;
            }

            c.Rack.Arrived(segment, now);
            if (!segment.Is(SentSegmentState.EverResent))
            {
                NoteReordering(c, segment);
                news.SackedOnce = (news.SackedOnce?.First ?? segment.SentAt, segment.SentAt);
            }

            c.Sent.MarkSacked(ref segment);
            news.Sacked = true;
            news.Delivered++;
        }
    }

    private static void Advance(TcpConnection c, uint ack, ref AcknowledgmentNews news, SimTime now)
    {
        c.SendUnacknowledged = ack;
        RetransmitQueue sent = c.Sent;
        while (sent.Count > 0 && !TcpSequence.After(sent[0].End, ack))
        {
            TakeAcknowledged(c, sent.RemoveFirst(), ref news, now);
        }

        if (sent.Count > 0 && TcpSequence.Before(sent[0].Start, ack))
        {
            sent[0].Start = ack;
        }

        c.SendBuffer.DiscardBefore(ack);
        c.Retries = 0;
        c.Timeout.Backoff = 0;
        c.SoftError = SocketError.None;
    }

    private static void TakeAcknowledged(
        TcpConnection c, in SentSegment segment, ref AcknowledgmentNews news, SimTime now)
    {
        bool wasSacked = segment.Is(SentSegmentState.Sacked);
        if (segment.Is(SentSegmentState.EverResent))
        {
            news.ResentAcknowledged = true;
        }
        else if (!wasSacked)
        {
            NoteReordering(c, segment);
            news.SentOnce = (news.SentOnce?.First ?? segment.SentAt, segment.SentAt);
        }

        if (!wasSacked)
        {
            news.Delivered++;
            c.Rack.Arrived(segment, now);
        }
    }

    private static void NoteReordering(TcpConnection c, in SentSegment segment)
    {
        if (c.SackOn && c.Sent.Sacked > 0 && TcpSequence.Before(segment.Start, c.Sent.HighestSacked))
        {
            c.Rack.SawReordering();
        }
    }

    // RFC 6298 section 3 with Linux' preferences: data sent once, else selectively acknowledged, else the timestamp.
    private static void Measure(TcpConnection c, TcpSegment segment, in AcknowledgmentNews news, SimTime now)
    {
        (long First, long Last)? sample = news.ResentAcknowledged ? null : news.SentOnce;
        sample ??= news.SackedOnce;
        if (sample is not { } sentAt)
        {
            if (news.Advanced && c.TimestampsOn && segment.Options.Timestamps is { EchoReply: not 0 } stamps)
            {
                uint milliseconds = c.Table.Timestamp(c, now) - stamps.EchoReply;
                c.Timeout.Sample(SimDuration.FromMilliseconds(Math.Min(milliseconds, 600_000)));
            }

            return;
        }

        c.Timeout.Sample(new SimDuration(now.Nanoseconds - sentAt.First));
        var last = new SimDuration(now.Nanoseconds - (news.SackedOnce ?? sentAt).Last);
        c.Rack.Measured(last.Nanoseconds, now);
        c.Congestion.Algorithm.Measured(c.Congestion, new RoundTripSample(
            last, now, c.SendUnacknowledged, c.SendMax, c.Timeout.Smoothed, c.SendMss));
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
