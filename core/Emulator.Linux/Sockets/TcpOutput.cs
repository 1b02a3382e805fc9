using Emulator.Core.Actors;
using Emulator.Core.Packets;
using Emulator.Core.Time;

namespace Emulator.Linux.Sockets;

/// <summary>Makes the segments of a connection and sends what its windows allow.</summary>
/// <remarks>Source: RFC 9293 section 3.8; Linux tcp_output.c. DF is set on every segment.</remarks>
internal static class TcpOutput
{
    /// <summary>Sends a SYN, or a SYN-ACK where one came.</summary>
    public static void SendSyn(TcpConnection c, Outbox outbox)
    {
        bool answers = c.State == TcpState.SynReceived;
        bool offersTimestamps = !answers || c.TimestampsOn;
        int mss = c.PathMtu - IPv4Packet.HeaderLength - TcpSegment.HeaderLength;
        int perSegment = c.TimestampsOn ? mss - 12 : mss; // Unknown before an answer, but after a TIME-WAIT.
        int window = SocketLimits.ReceiveWindowInitial / perSegment * perSegment;
        c.FirstWindow = window;
        var options = new TcpOptions
        {
            MaximumSegmentSize = (ushort)mss,
            SackPermitted = !answers || c.SackOn,
            Timestamps = offersTimestamps ? (c.Table.Timestamp(c, outbox.Now), c.TimestampRecent) : null,
            WindowScale = !answers || c.ReceiveWindowScale > 0 ? SocketLimits.WindowScale : null,
        };
        if (answers)
        {
            c.ReceiveEdge = TcpSequence.Max(c.ReceiveEdge, c.ReceiveNext + (uint)window);
        }

        bool isFirst = c.SendMax == c.InitialSendSequence || (answers && c.Retries == 0 && c.SynSentAt is null);
        c.SynSentAt = isFirst ? outbox.Now : null;
        Emit(
            c,
            new TcpSegment
            {
                SourcePort = c.Local.Port,
                DestinationPort = c.Remote.Port,
                SequenceNumber = c.InitialSendSequence,
                AcknowledgmentNumber = answers ? c.ReceiveNext : 0,
                Flags = answers ? TcpFlags.Syn | TcpFlags.Ack : TcpFlags.Syn,
                Window = (ushort)Math.Min(window, ushort.MaxValue),
                Options = options,
            },
            outbox);
        c.SendMax = c.InitialSendSequence + 1;
    }

    /// <summary>Sends data and FIN, new or again, as far as congestion window and peer allow.</summary>
    public static void SendPending(TcpConnection c, Outbox outbox)
    {
        if (!c.MaySend)
        {
            return;
        }

        if (c.InFlight == 0 && c.SendBuffer.Length > 0)
        {
            Resume(c, outbox);
        }

        int before = c.Sent.Count;
        int sent = 0;
        while (SendNextSegment(c, outbox))
        {
            sent++;
        }

        c.Congestion.Sent(sent, c.Sent.Count, c.Sent.InFlight, c.SendUnacknowledged, c.SendMax);
        bool waits = TcpSequence.After(c.SendBuffer.End, c.SendMax) && c.InFlight == 0;
        if (sent > 0)
        {
            TcpTimers.AfterSending(c, before == 0, outbox);
        }
        else if (waits && !c.MainTimer.IsArmed)
        {
            TcpTimers.Restart(c, outbox);
        }
    }

    /// <summary>Sends one new segment whatever the congestion window says; false when there is none or the peer's
    /// window has no room.</summary>
    public static bool SendProbeOfNewData(TcpConnection c, Outbox outbox)
    {
        int length = Math.Min((int)(c.SendBuffer.End - c.SendMax), c.SendMss);
        if (length <= 0 || (int)(c.SendMax - c.SendUnacknowledged) + length > c.SendWindow)
        {
            return false;
        }

        SendData(c, c.SendMax, length, outbox);
        return true;
    }

    /// <summary>Sends what is held for lost again, as far as the congestion window allows.</summary>
    public static void ResendLost(TcpConnection c, Outbox outbox)
    {
        RetransmitQueue sent = c.Sent;
        for (int i = 0; i < sent.Count && sent.Resent < sent.Lost && sent.InFlight < c.Congestion.Window; i++)
        {
            if (sent[i].Is(SentSegmentState.Lost) && !sent[i].Is(SentSegmentState.Resent))
            {
                Resend(c, i, outbox);
                c.Congestion.Resent(1);
                if (i == 0)
                {
                    TcpTimers.HeadResent(c, outbox);
                }
            }
        }
    }

    /// <summary>Sends one segment again; where it is now too large, its first part, and where it is small, together
    /// with those after it (Linux: tcp_retrans_try_collapse).</summary>
    public static void Resend(TcpConnection c, int place, Outbox outbox, bool isHoleEnd = false)
    {
        RetransmitQueue sent = c.Sent;
        uint start = sent[place].Start;
        while (!isHoleEnd && place + 1 < sent.Count && !sent[place + 1].Is(SentSegmentState.Sacked)
            && (int)(TcpSequence.Min(sent[place + 1].End, c.SendBuffer.End) - start) <= c.SendMss
            && (int)(sent[place + 1].End - c.SendUnacknowledged) <= c.SendWindow)
        {
            sent.JoinNext(place);
        }

        uint dataEnd = TcpSequence.Min(sent[place].End, c.SendBuffer.End);
        int length = Math.Min((int)(dataEnd - start), c.SendMss);
        if (length < (int)(dataEnd - start))
        {
            sent.Split(place, start + (uint)length);
        }

        if (length > 0)
        {
            SendData(c, start, length, outbox, isHoleEnd && start + (uint)length == dataEnd);
        }
        else
        {
            SendBare(c, c.FinSequence, TcpFlags.Fin | TcpFlags.Ack, outbox);
        }

        sent.MarkResent(ref sent[place], outbox.Now.Nanoseconds);
    }

    /// <summary>Sends what is under way and too large again at the present segment size, after the path's MTU shrank:
    /// no sign of congestion (Linux: tcp_simple_retransmit). Pieces are cut where the large segments ended as one run,
    /// the last pushed.</summary>
    public static void ResendTooLarge(TcpConnection c, Outbox outbox)
    {
        RetransmitQueue sent = c.Sent;
        for (int i = 0; i < sent.Count; i++)
        {
            if (!IsTooLarge(c, i))
            {
                continue;
            }

            while (IsTooLarge(c, i + 1))
            {
                sent.JoinNext(i);
            }

            for (bool isWhole = false; !isWhole; i++)
            {
                isWhole = !IsTooLarge(c, i);
                sent.MarkLost(ref sent[i]);
                Resend(c, i, outbox, isHoleEnd: true);
            }

            i--;
            c.Congestion.EnterResize(c.SendMax);
        }
    }

    /// <summary>Sends an acknowledgment without data.</summary>
    public static void SendAck(TcpConnection c, Outbox outbox) => SendBare(c, c.SendMax, TcpFlags.Ack, outbox);

    /// <summary>Asks for a window.</summary>
    public static void SendProbe(TcpConnection c, Outbox outbox) =>
        SendBare(c, c.SendUnacknowledged - 1, TcpFlags.Ack, outbox);

    /// <summary>Sends an acknowledgment when the window has opened by two segments or half the buffer.</summary>
    public static void SendWindowUpdate(TcpConnection c, Outbox outbox)
    {
        if (c.State is not (TcpState.Established or TcpState.FinWait1 or TcpState.FinWait2))
        {
            return;
        }

        int advertised = (int)(c.ReceiveEdge - c.ReceiveNext);
        int free = c.ReceiveBuffer - c.ReceiveQueue.ReadyBytes;
        if (free - advertised >= Math.Min(2 * c.SendMss, c.ReceiveBuffer / 2) && advertised < c.ReceiveBuffer / 2)
        {
            SendAck(c, outbox);
        }
    }

    /// <summary>Resets the connection.</summary>
    public static void SendReset(TcpConnection c, Outbox outbox) =>
        SendBare(c, c.SendMax, TcpFlags.Rst | TcpFlags.Ack, outbox);

    private static bool IsTooLarge(TcpConnection c, int place) =>
        place < c.Sent.Count && !c.Sent[place].Is(SentSegmentState.Sacked)
        && (int)(TcpSequence.Min(c.Sent[place].End, c.SendBuffer.End) - c.Sent[place].Start) > c.SendMss;

    // Nothing is under way: the path may have changed meanwhile.
    private static void Resume(TcpConnection c, Outbox outbox)
    {
        SimDuration idle = outbox.Now - c.LastSent;
        if (c.LastSent.Nanoseconds > 0 && idle > c.Timeout.Value)
        {
            c.Congestion.RestartAfterIdle(idle, c.Timeout.Value);
        }

        if (c.LastSent.Nanoseconds > 0)
        {
            c.Congestion.Algorithm.Restarted(c.LastSent, outbox.Now);
        }
    }

    private static bool SendNextSegment(TcpConnection c, Outbox outbox)
    {
        uint next = c.SendMax;
        int available = (int)(c.SendBuffer.End - next);
        if (available <= 0)
        {
            return SendFin(c, next, outbox);
        }

        int mss = c.SendMss;
        int length = Math.Min(available, mss);
        int usable = c.SendWindow - (int)(next - c.SendUnacknowledged);
        if (usable <= 0 || c.Sent.InFlight >= c.Congestion.Window)
        {
            return false;
        }

        if (usable < length)
        {
            // Sender's side of silly-window avoidance (RFC 9293 section 3.8.6.2.1).
            if (c.InFlight > 0 && usable < mss)
            {
                return false;
            }

            length = usable;
        }

        SendData(c, next, length, outbox);
        return true;
    }

    private static bool SendFin(TcpConnection c, uint next, Outbox outbox)
    {
        if (!c.FinQueued || next != c.FinSequence)
        {
            return false;
        }

        SendBare(c, next, TcpFlags.Fin | TcpFlags.Ack, outbox);
        c.Sent.Append(next, next + 1, outbox.Now.Nanoseconds);
        c.SendMax = next + 1;
        return true;
    }

    private static bool FinGoesWith(TcpConnection c, uint start, int length) =>
        c.FinQueued && start + (uint)length == c.FinSequence;

    private static void SendData(TcpConnection c, uint start, int length, Outbox outbox, bool isHoleEnd = false)
    {
        Payload bytes = c.SendBuffer.Read(start, length, out bool endsWrite);
        TcpFlags flags = TcpFlags.Ack;
        flags |= endsWrite || isHoleEnd ? TcpFlags.Psh : TcpFlags.None;
        flags |= FinGoesWith(c, start, length) ? TcpFlags.Fin : TcpFlags.None;
        c.LastSent = outbox.Now;
        c.Acks.SentBytes(outbox.Now);
        Emit(c, Segment(c, start, flags, bytes, outbox), outbox);
        uint end = start + (uint)length + ((flags & TcpFlags.Fin) != 0 ? 1u : 0u);
        if (TcpSequence.After(end, c.SendMax))
        {
            c.Sent.Append(start, end, outbox.Now.Nanoseconds);
            c.SendMax = end;
        }
    }

    private static void SendBare(TcpConnection c, uint sequence, TcpFlags flags, Outbox outbox) =>
        Emit(c, Segment(c, sequence, flags, Payload.Empty, outbox), outbox);

    private static TcpSegment Segment(TcpConnection c, uint sequence, TcpFlags flags, Payload bytes, Outbox outbox)
    {
        c.ReceiveAcknowledged = c.ReceiveNext;
        SackBlock[] blocks = c.SackOn && c.ReceiveQueue.OutOfOrderCount > 0 ? c.ReceiveQueue.SackBlocks() : [];
        if (c.Duplicate is { } duplicate && c.SackOn)
        {
            // RFC 2883 section 4: the first block tells what came twice.
            blocks = [duplicate, .. blocks.Take(c.TimestampsOn ? 2 : 3)];
        }

        c.Duplicate = null;
        TcpOptions options = !c.TimestampsOn && blocks.Length == 0
            ? TcpOptions.None
            : new TcpOptions
            {
                Timestamps = c.TimestampsOn ? (c.Table.Timestamp(c, outbox.Now), c.TimestampRecent) : null,
                SackBlocks = blocks,
            };
        return new TcpSegment
        {
            SourcePort = c.Local.Port,
            DestinationPort = c.Remote.Port,
            SequenceNumber = sequence,
            AcknowledgmentNumber = c.ReceiveNext,
            Flags = flags,
            Window = ChooseWindow(c),
            Options = options,
            Data = bytes,
        };
    }

    // Never takes back what was offered (RFC 9293 section 3.8.6.2.2), but for what the scale rounds away; bytes up to
    // the old edge are still taken then (RFC 7323 section 2.4). While half of the buffer is free it rounds up.
    private static ushort ChooseWindow(TcpConnection c)
    {
        int offered = (int)(c.ReceiveEdge - c.ReceiveNext);
        int free = Math.Max(0, c.ReceiveBuffer - c.ReceiveQueue.ReadyBytes);
        free = c.ReceiveBuffer == SocketLimits.ReceiveWindowInitial ? Math.Min(free, c.FirstWindow) : free;
        int mss = Math.Min(c.SendMss, c.ReceiveBuffer);
        int unit = 1 << c.ReceiveWindowScale;
        int rounded = free < c.ReceiveBuffer / 2 ? free : free + unit - 1; // __tcp_select_window
        int window = Math.Max(offered, free < mss ? 0 : rounded);
        int field = Math.Min(window >> c.ReceiveWindowScale, ushort.MaxValue);
        uint edge = c.ReceiveNext + ((uint)field << c.ReceiveWindowScale);
        c.ReceiveEdge = TcpSequence.Max(c.ReceiveEdge, edge);
        return (ushort)field;
    }

    private static void Emit(TcpConnection c, TcpSegment segment, Outbox outbox)
    {
        if ((segment.Flags & TcpFlags.Ack) != 0)
        {
            c.Acks.Sent();
            c.AckTimer.Cancel();
        }

        INetworkLayer network = c.Table.Network;
        var identity = new PacketIdentity(network.NextPacketId(), c.Flow, c.IsPassive);
        var options = new OutputOptions(identity, DontFragment: true, c.TimeToLive);
        OutputError error = network.Output(c.Local.Address, c.Remote.Address, segment, options, outbox);
        if (error == OutputError.MessageTooLong && network.TryRoute(c.Remote.Address, out _, out int mtu))
        {
            c.PathMtu = Math.Max(SocketLimits.MtuMin, mtu);
        }

        // The connection lives on; the timer sends again. What it would say in the end is remembered.
        c.SoftError = error == OutputError.None ? c.SoftError : SocketFailure.Of(error);
    }
}
