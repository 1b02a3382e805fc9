using Emulator.Core.Actors;
using Emulator.Core.Time;

namespace Emulator.Linux.Sockets;

/// <summary>What a connection's main timer waits for: one thing at a time.</summary>
internal enum TcpMainTimer : byte
{
    /// <summary>An acknowledgment; else send again.</summary>
    Retransmit,

    /// <summary>A window; else ask for one.</summary>
    WindowProbe,

    /// <summary>The peer's FIN, when nobody here reads any more.</summary>
    FinWait2,

    /// <summary>The end of TIME-WAIT.</summary>
    TimeWait,
}

/// <summary>What connections do when time has passed. Source: Linux tcp_timer.c; RFC 6298 section 5.</summary>
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
        else if (c.MaySend && TcpSequence.After(c.SendBuffer.End, c.SendNext))
        {
            Start(c, TcpMainTimer.WindowProbe, c.Timeout.Value, outbox);
        }
        else
        {
            c.MainTimer.Cancel();
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

        c.IsTiming = false;
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
        c.IsTiming = false;
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

        c.Congestion.Collapse(c.InFlight, c.SendMss, c.Retries == 0);
        c.Retries++;
        c.Timeout.Backoff++;
        c.Sacked.Clear();
        c.DuplicateAcks = 0;
        c.IsTiming = false;
        c.SendNext = c.SendUnacknowledged;
        TcpOutput.SendPending(c, outbox);
        Start(c, TcpMainTimer.Retransmit, c.Timeout.Value, outbox);
    }

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
