using Emulator.Core.Actors;
using Emulator.Core.Time;

namespace Emulator.Linux.Sockets;

/// <summary>What a connection's main timer waits for: one thing at a time.</summary>
internal enum TcpMainTimer : byte
{
    /// <summary>An acknowledgment; else send again.</summary>
    Retransmit,

    /// <summary>The end of what reordering explains; else what is missing is lost (RACK).</summary>
    Reordering,

    /// <summary>An acknowledgment for the tail; else send one segment as a probe (TLP).</summary>
    LossProbe,

    /// <summary>A window; else ask for one.</summary>
    WindowProbe,

    /// <summary>The peer's FIN, when nobody here reads any more.</summary>
    FinWait2,

    /// <summary>The end of TIME-WAIT.</summary>
    TimeWait,
}

/// <summary>What connections do when time has passed. Source: Linux tcp_timer.c; RFC 6298 section 5;
/// RFC 8985 section 7 (tail-loss probe).</summary>
internal static class TcpTimers
{
    /// <summary>The purpose of the main timer in a <see cref="SocketTimer"/>.</summary>
    public const int Main = 0;

    /// <summary>The purpose of the delayed acknowledgment.</summary>
    public const int DelayedAck = 1;

    /// <summary>Waits for one thing.</summary>
    public static void Start(TcpConnection c, TcpMainTimer purpose, SimDuration delay, Outbox outbox)
    {
        c.MainPurpose = purpose;
        c.MainTimer.Arm(c.Table.Network.Self, c.Id, Main, outbox.Now + delay, outbox);
    }

    /// <summary>Waits for an acknowledgment when something is under way, for a window when something waits for
    /// one.</summary>
    public static void Restart(TcpConnection c, Outbox outbox)
    {
        if (c.State is TcpState.Closed or TcpState.TimeWait)
        {
            return;
        }

        if (c.InFlight > 0)
        {
            Start(c, TcpMainTimer.Retransmit, c.Timeout.Value, outbox);
        }
        else if (c.MaySend && TcpSequence.After(c.SendBuffer.End, c.SendMax))
        {
            Start(c, TcpMainTimer.WindowProbe, c.Timeout.Value, outbox);
        }
        else
        {
            c.MainTimer.Cancel();
        }
    }

    /// <summary>An acknowledgment came. Linux: tcp_set_xmit_timer, or RACK's timer in its place.</summary>
    public static void AfterAcknowledgment(TcpConnection c, long reorderingWait, Outbox outbox)
    {
        if (reorderingWait > 0)
        {
            var wait = new SimDuration(reorderingWait + SocketLimits.TimerSlack.Nanoseconds);
            Start(c, TcpMainTimer.Reordering, wait, outbox);
        }
        else if (!ScheduleProbe(c, c.Timeout.Value, outbox))
        {
            Rearm(c, outbox);
        }
    }

    /// <summary>New segments left. Linux: tcp_event_new_data_sent, tcp_schedule_loss_probe.</summary>
    public static void AfterSending(TcpConnection c, bool wasEmpty, Outbox outbox)
    {
        bool waitsForSegments = c.MainTimer.IsArmed
            && c.MainPurpose is TcpMainTimer.Retransmit or TcpMainTimer.Reordering;
        if (!ScheduleProbe(c, new SimDuration(UntilTimeout(c, outbox.Now)), outbox)
            && (wasEmpty || !waitsForSegments))
        {
            Rearm(c, outbox);
        }
    }

    /// <summary>The oldest segment was sent again: its timeout begins anew.</summary>
    public static void HeadResent(TcpConnection c, Outbox outbox)
    {
        if (!c.MainTimer.IsArmed || c.MainPurpose != TcpMainTimer.Reordering)
        {
            Start(c, TcpMainTimer.Retransmit, c.Timeout.Value, outbox);
        }
    }

    /// <summary>Holds an acknowledgment back.</summary>
    public static void DelayAck(TcpConnection c, Outbox outbox)
    {
        if (!c.AckTimer.IsArmed)
        {
            c.AckTimer.Arm(c.Table.Network.Self, c.Id, DelayedAck, outbox.Now + SocketLimits.DelayedAck, outbox);
        }
    }

    /// <summary>Takes a timer message.</summary>
    public static void Receive(TcpConnection c, SocketTimer message, Outbox outbox)
    {
        ActorRef self = c.Table.Network.Self;
        if (message.Purpose == DelayedAck)
        {
            if (c.AckTimer.Expired(self, c.Id, DelayedAck, message, outbox) && c.Acks.IsPending)
            {
                c.Acks.IsPingPong = false;
                TcpOutput.SendAck(c, outbox);
            }

            return;
        }

        if (c.MainTimer.Expired(self, c.Id, Main, message, outbox))
        {
            Expire(c, outbox);
        }
    }

    private static void Expire(TcpConnection c, Outbox outbox)
    {
        switch (c.MainPurpose)
        {
            case TcpMainTimer.FinWait2:
            case TcpMainTimer.TimeWait:
                TcpTable.Remove(c);
                break;
            case TcpMainTimer.WindowProbe:
                Probe(c, outbox);
                break;
            case TcpMainTimer.Reordering:
                TcpRecovery.ReorderingExpired(c, outbox);
                if (!c.MainTimer.IsArmed)
                {
                    Rearm(c, outbox);
                }

                break;
            case TcpMainTimer.LossProbe:
                ProbeTail(c, outbox);
                break;
            case TcpMainTimer.Retransmit when c.State == TcpState.SynSent:
                RepeatSyn(c, outbox);
                break;
            case TcpMainTimer.Retransmit when c.State == TcpState.SynReceived:
                RepeatSynAck(c, outbox);
                break;
            case TcpMainTimer.Retransmit:
                Retransmit(c, outbox);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(c.MainPurpose.ToString());
        }
    }

    private static void RepeatSyn(TcpConnection c, Outbox outbox)
    {
        if (c.Retries >= SocketLimits.SynRetries + SocketLimits.SynLinearTimeouts)
        {
            Fail(c, outbox);
            return;
        }

        if (++c.Retries > SocketLimits.SynLinearTimeouts)
        {
            c.Timeout.Backoff++;
        }

        TcpOutput.SendSyn(c, outbox);
        Start(c, TcpMainTimer.Retransmit, c.Timeout.Value, outbox);
    }

    private static void RepeatSynAck(TcpConnection c, Outbox outbox)
    {
        if (c.Retries >= SocketLimits.SynAckRetries)
        {
            TcpTable.Remove(c);
            return;
        }

        c.Retries++;
        c.Timeout.Backoff++;
        TcpOutput.SendSyn(c, outbox);
        Start(c, TcpMainTimer.Retransmit, c.Timeout.Value, outbox);
    }

    private static void Retransmit(TcpConnection c, Outbox outbox)
    {
        if (c.Retries == 0)
        {
            c.StallStarted = outbox.Now + new SimDuration(-c.Timeout.Value.Nanoseconds);
        }

        if (HasGivenUp(c, outbox.Now))
        {
            Fail(c, outbox);
            return;
        }

        EnterLoss(c, outbox.Now);
        c.Retries++;
        c.Timeout.Backoff++;
        TcpOutput.Resend(c, 0, outbox);
        Start(c, TcpMainTimer.Retransmit, c.Timeout.Value, outbox);
    }

    // Holds for lost what cannot have arrived in time. Linux: tcp_enter_loss, tcp_timeout_mark_lost.
    private static void EnterLoss(TcpConnection c, SimTime now)
    {
        RetransmitQueue sent = c.Sent;
        if (sent[0].Is(SentSegmentState.Sacked) || !c.SackOn)
        {
            sent.ForgetSacks();
        }

        for (int i = 0; i < sent.Count; i++)
        {
            if (i == 0 || !c.SackOn || c.Rack.Overdue(sent[i], 0, now) <= 0)
            {
                sent.MarkLost(ref sent[i]);
            }
        }

        c.DuplicateAcks = 0;
        CongestionControl congestion = c.Congestion;
        bool isNew = congestion.State <= CongestionState.Disorder
            || !TcpSequence.After(congestion.StateEnd, c.SendUnacknowledged)
            || (congestion.State == CongestionState.Loss && c.Retries == 0);
        congestion.EnterLoss(isNew, sent.InFlight, c.SendMax, now);
    }

    // One probe for each tail: after two round trips, or before the timeout where that is sooner. A lone segment may
    // be waiting for a held-back acknowledgment. Linux: tcp_schedule_loss_probe.
    private static bool ScheduleProbe(TcpConnection c, SimDuration timeout, Outbox outbox)
    {
        if (c.Sent.Count == 0 || !c.SackOn
            || c.Congestion.State != CongestionState.Open)
        {
            return false;
        }

        SimDuration slack = c.Sent.Count == 1 ? SocketLimits.RetransmissionTimeoutMin : SocketLimits.TimerSlack;
        long wait = (2 * c.Timeout.Smoothed.Nanoseconds) + slack.Nanoseconds;
        wait = c.Timeout.Smoothed.Nanoseconds == 0 ? SocketLimits.RetransmissionTimeoutInitial.Nanoseconds : wait;
        wait = timeout.Nanoseconds > 0 ? Math.Min(wait, timeout.Nanoseconds) : wait;
        Start(c, TcpMainTimer.LossProbe, new SimDuration(wait), outbox);
        return true;
    }

    // Linux: tcp_send_loss_probe.
    private static void ProbeTail(TcpConnection c, Outbox outbox)
    {
        CongestionControl congestion = c.Congestion;
        if (congestion.ProbeEnd is null && c.Sent.Count > 0)
        {
            bool isNew = TcpOutput.SendProbeOfNewData(c, outbox);
            if (!isNew)
            {
                TcpOutput.Resend(c, c.Sent.Count - 1, outbox);
            }

            congestion.ProbeWasResent = !isNew;
            congestion.ProbeEnd = c.SendMax;
            Start(c, TcpMainTimer.Retransmit, c.Timeout.Value, outbox);
            return;
        }

        Rearm(c, outbox);
    }

    // The timeout of the oldest segment, counted from when it left where another timer ran meanwhile.
    private static void Rearm(TcpConnection c, Outbox outbox)
    {
        if (c.Sent.Count > 0 && c.MainPurpose is TcpMainTimer.Reordering or TcpMainTimer.LossProbe)
        {
            long left = Math.Max(1_000_000, UntilTimeout(c, outbox.Now));
            Start(c, TcpMainTimer.Retransmit, new SimDuration(left), outbox);
        }
        else
        {
            Restart(c, outbox);
        }
    }

    private static long UntilTimeout(TcpConnection c, SimTime now) =>
        c.Sent[0].SentAt + c.Timeout.Value.Nanoseconds - now.Nanoseconds;

    // RFC 9293 section 3.8.6.1. Linux sends an old sequence number, which the peer must answer.
    private static void Probe(TcpConnection c, Outbox outbox)
    {
        if (c.Retries == 0)
        {
            c.StallStarted = outbox.Now;
        }

        if (c.Handler is null && HasGivenUp(c, outbox.Now))
        {
            Fail(c, outbox);
            return;
        }

        c.Retries++;
        c.Timeout.Backoff++;
        TcpOutput.SendProbe(c, outbox);
        Start(c, TcpMainTimer.WindowProbe, c.Timeout.Value, outbox);
    }

    private static bool HasGivenUp(TcpConnection c, SimTime now)
    {
        SimDuration limit = c.Handler is null ? SocketLimits.OrphanGiveUp : SocketLimits.RetransmissionGiveUp;
        return c.Retries > 0 && now - c.StallStarted >= limit;
    }

    private static void Fail(TcpConnection c, Outbox outbox) =>
        TcpInput.Fail(
            c, SocketFailure.Of(c.SoftError == SocketError.None ? SocketError.TimedOut : c.SoftError), outbox);
}
