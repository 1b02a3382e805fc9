using Emulator.Core.Actors;
using Emulator.Core.Packets;
using Emulator.Core.Time;

namespace Emulator.Linux.Sockets;

/// <summary>What an acknowledgment has told so far, while it is worked off.</summary>
internal struct AcknowledgmentNews
{
    /// <summary>SND.UNA moved.</summary>
    public bool Advanced;

    /// <summary>Segments that arrived, acknowledged or selectively so.</summary>
    public int Delivered;

    /// <summary>A SACK block told something new.</summary>
    public bool Sacked;

    /// <summary>Data was acknowledged that had been sent again.</summary>
    public bool ResentAcknowledged;

    /// <summary>When the first and the last of the segments acknowledged left that were sent once; null without
    /// one.</summary>
    public (long First, long Last)? SentOnce;

    /// <summary>The same for selectively acknowledged ones.</summary>
    public (long First, long Last)? SackedOnce;

    /// <summary>Neither data, window nor acknowledgment is new: a duplicate.</summary>
    public bool IsDuplicate;

    /// <summary>Segments found to be lost.</summary>
    public int NewlyLost;

    /// <summary>One of them had been sent again.</summary>
    public bool LostAgain;

    /// <summary>How long until reordering no longer explains what is missing, in nanoseconds; 0 for nothing
    /// missing.</summary>
    public long ReorderingWait;
}

/// <summary>Finds out what is lost and leads a connection through the repair.</summary>
/// <remarks>
/// Source: Linux tcp_input.c (tcp_fastretrans_alert, tcp_process_loss, tcp_process_tlp_ack) with RACK
/// (<see cref="Rack"/>) as its only detection where the peer has SACK; RFC 6582 where it has not. Limited transmit
/// (RFC 3042) follows from counting arrived segments out of the network.
/// </remarks>
internal static class TcpRecovery
{
    private const int DuplicatesForLoss = 3;

    /// <summary>Takes what an acknowledgment told.</summary>
    public static void Take(TcpConnection c, ref AcknowledgmentNews news, Outbox outbox)
    {
        CongestionControl congestion = c.Congestion;
        TakeProbeAnswer(c, news, outbox.Now);
        bool isDubious = news.IsDuplicate || news.Sacked || congestion.State != CongestionState.Open;
        if (!isDubious)
        {
            return;
        }

        bool isOver = !TcpSequence.Before(c.SendUnacknowledged, congestion.StateEnd);
        if (congestion.State == CongestionState.Recovery && isOver)
        {
            congestion.EndReduction();
            congestion.Open();
        }
        else if (congestion.State == CongestionState.Loss && isOver)
        {
            congestion.Open();
        }

        CountDuplicates(c, ref news);
        FindLost(c, ref news, outbox.Now);
        switch (congestion.State)
        {
            case CongestionState.Recovery:
            case CongestionState.Loss when !news.LostAgain:
                break;
            case CongestionState.Loss:
            case CongestionState.Open:
            case CongestionState.Disorder:
                Judge(c);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(congestion.State.ToString());
        }
    }

    /// <summary>Enough time has passed for what is missing to be lost. Linux: tcp_rack_reo_timeout.</summary>
    public static void ReorderingExpired(TcpConnection c, Outbox outbox)
    {
        c.Rack.Detect(c, outbox.Now, out int newlyLost, out _);
        if (newlyLost > 0)
        {
            if (c.Congestion.State != CongestionState.Recovery)
            {
                c.Congestion.EnterRecovery(c.SendMax);
            }

            c.Congestion.Delivered(1, newlyLost, false, false, c.Sent.InFlight, outbox.Now);
            TcpOutput.ResendLost(c, outbox);
        }
    }

    // RFC 8985 section 7.4.2, without D-SACK.
    private static void TakeProbeAnswer(TcpConnection c, in AcknowledgmentNews news, SimTime now)
    {
        CongestionControl congestion = c.Congestion;
        if (congestion.ProbeEnd is not uint end || TcpSequence.Before(c.SendUnacknowledged, end))
        {
            return;
        }

        if (!congestion.ProbeWasResent || (news.IsDuplicate && !news.Sacked))
        {
            congestion.ProbeEnd = null;
        }
        else if (TcpSequence.After(c.SendUnacknowledged, end))
        {
            congestion.PayForProbe(c.SendMax);
            congestion.KeepOpen(IsDisordered(c), c.SendMax);
        }
    }

    // Linux: tcp_time_to_recover, tcp_try_to_open.
    private static void Judge(TcpConnection c)
    {
        if (c.Sent.Lost > 0)
        {
            c.Congestion.EnterRecovery(c.SendMax);
        }
        else
        {
            c.Congestion.KeepOpen(IsDisordered(c), c.SendMax);
        }
    }

    private static bool IsDisordered(TcpConnection c) => c.Sent.Sacked + c.Sent.Lost + c.Sent.Resent > 0;

    private static void FindLost(TcpConnection c, ref AcknowledgmentNews news, SimTime now)
    {
        if (c.SackOn)
        {
            news.ReorderingWait = c.Rack.MarkLost(c, now, out news.NewlyLost, out news.LostAgain);
        }
        else if (c.Sent.Count > 0 && (c.DuplicateAcks >= DuplicatesForLoss
            || (c.Congestion.State == CongestionState.Recovery && news.Advanced)))
        {
            ref SentSegment first = ref c.Sent[0];
            news.NewlyLost = !first.Is(SentSegmentState.Resent) && c.Sent.MarkLost(ref first) ? 1 : 0;
        }
    }

    // Without SACK each duplicate tells that one more segment has arrived: the oldest after the missing one.
    private static void CountDuplicates(TcpConnection c, ref AcknowledgmentNews news)
    {
        if (c.SackOn)
        {
            return;
        }

        if (news.Advanced)
        {
            c.DuplicateAcks = 0;
            c.Sent.ForgetSacks();
        }
        else if (news.IsDuplicate)
        {
            c.DuplicateAcks++;
            int place = 1 + c.Sent.Sacked;
            if (place < c.Sent.Count && !c.Sent[place].Is(SentSegmentState.Sacked))
            {
                c.Sent.MarkSacked(ref c.Sent[place]);
                news.Delivered++;
            }
        }
    }
}
