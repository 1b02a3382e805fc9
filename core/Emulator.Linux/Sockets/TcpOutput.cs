using Emulator.Core.Actors;
using Emulator.Core.Packets;

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
        int perSegment = answers && c.TimestampsOn ? mss - 12 : mss;
        int window = SocketLimits.ReceiveWindowInitial / perSegment * perSegment;
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

        StartTiming(c, c.InitialSendSequence, outbox);
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
        c.SendNext = c.InitialSendSequence + 1;
        c.SendMax = c.SendNext;
    }

    /// <summary>Sends data and FIN, new or again, as far as congestion window and peer allow.</summary>
    public static void SendPending(TcpConnection c, Outbox outbox)
    {
        if (!c.MaySend)
        {
            return;
        }

        if (c.InFlight == 0 && outbox.Now - c.LastSent > c.Timeout.Value)
        {
            c.Congestion.RestartAfterIdle(c.SendMss);
        }

        bool sent = false;
        while (SendNextSegment(c, outbox))
        {
            sent = true;
        }

        bool waits = TcpSequence.After(c.SendBuffer.End, c.SendNext) && c.InFlight == 0;
        if ((sent && (!c.MainTimer.IsArmed || c.MainPurpose != TcpMainTimer.Retransmit))
            || (waits && !c.MainTimer.IsArmed))
        {
            TcpTimers.Restart(c, outbox);
        }
    }

    /// <summary>Sends the first segment that the peer lacks, whatever the windows say.</summary>
    public static void RetransmitFirst(TcpConnection c, uint from, Outbox outbox)
    {
        uint start = c.Sacked.SkipFrom(TcpSequence.Max(from, c.SendUnacknowledged));
        if (TcpSequence.Before(start, c.SendBuffer.End))
        {
            uint end = c.Sacked.HoleEnd(start, TcpSequence.Min(c.SendMax, c.SendBuffer.End));
            int length = Math.Min((int)(end - start), c.SendMss);
            if (length > 0)
            {
                SendData(c, start, length, outbox);
            }
        }
        else if (c.FinSent && TcpSequence.Before(start, c.SendMax))
        {
            SendBare(c, c.FinSequence, TcpFlags.Fin | TcpFlags.Ack, outbox);
        }
    }

    /// <summary>Sends a range again at the present segment size, after the path's MTU shrank.</summary>
    public static void RetransmitRange(TcpConnection c, uint start, uint end, Outbox outbox)
    {
        for (uint at = c.Sacked.SkipFrom(start); TcpSequence.Before(at, end); at = c.Sacked.SkipFrom(at))
        {
            int length = Math.Min((int)(c.Sacked.HoleEnd(at, end) - at), c.SendMss);
            SendData(c, at, length, outbox, isHoleEnd: at + (uint)length == end);
            at += (uint)length;
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

    private static bool SendNextSegment(TcpConnection c, Outbox outbox)
    {
        uint next = c.SendNext;
        bool isAgain = TcpSequence.Before(next, c.SendMax);
        if (isAgain)
        {
            next = c.Sacked.SkipFrom(next);
            c.SendNext = next;
            isAgain = TcpSequence.Before(next, c.SendMax);
        }

        int available = (int)(c.SendBuffer.End - next);
        if (available <= 0)
        {
            return SendFin(c, next, outbox);
        }

        int mss = c.SendMss;
        int length = Math.Min(available, mss);
        if (isAgain)
        {
            length = Math.Min(length, (int)(c.Sacked.HoleEnd(next, c.SendBuffer.End) - next));
        }

        int underWay = (int)(next - c.SendUnacknowledged);
        int usable = Math.Min(c.Congestion.Window, c.SendWindow) - underWay;
        c.IsWindowLimited = c.Congestion.Window - underWay < length;
        if (usable <= 0)
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
        c.SendNext = next + (uint)length + (FinGoesWith(c, next, length) ? 1u : 0u);
        return true;
    }

    private static bool SendFin(TcpConnection c, uint next, Outbox outbox)
    {
        if (!c.FinQueued || next != c.FinSequence)
        {
            return false;
        }

        SendBare(c, next, TcpFlags.Fin | TcpFlags.Ack, outbox);
        c.SendNext = next + 1;
        c.SendMax = TcpSequence.Max(c.SendMax, c.SendNext);
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
        if (TcpSequence.Before(start, c.SendMax))
        {
            c.IsTiming = false;
        }
        else
        {
            StartTiming(c, start, outbox);
        }

        c.LastSent = outbox.Now;
        c.Acks.SentBytes(outbox.Now);
        Emit(c, Segment(c, start, flags, bytes, outbox), outbox);
        uint end = start + (uint)length + ((flags & TcpFlags.Fin) != 0 ? 1u : 0u);
        if (TcpSequence.After(end, c.SendMax))
        {
            c.SendNext = c.SendNext == c.SendMax ? end : c.SendNext;
            c.SendMax = end;
        }
    }

    private static void SendBare(TcpConnection c, uint sequence, TcpFlags flags, Outbox outbox) =>
        Emit(c, Segment(c, sequence, flags, Payload.Empty, outbox), outbox);

    private static TcpSegment Segment(TcpConnection c, uint sequence, TcpFlags flags, Payload bytes, Outbox outbox)
    {
        c.ReceiveAcknowledged = c.ReceiveNext;
        SackBlock[] blocks = c.SackOn && c.ReceiveQueue.OutOfOrderCount > 0 ? c.ReceiveQueue.SackBlocks() : [];
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
    // the old edge are still taken then (RFC 7323 section 2.4).
    private static ushort ChooseWindow(TcpConnection c)
    {
        int offered = (int)(c.ReceiveEdge - c.ReceiveNext);
        int free = Math.Max(0, c.ReceiveBuffer - c.ReceiveQueue.ReadyBytes);
        int mss = Math.Min(c.SendMss, c.ReceiveBuffer);
        int window = Math.Max(offered, free < mss ? 0 : free);
        int field = Math.Min(window >> c.ReceiveWindowScale, ushort.MaxValue);
        uint edge = c.ReceiveNext + ((uint)field << c.ReceiveWindowScale);
        c.ReceiveEdge = TcpSequence.Max(c.ReceiveEdge, edge);
        return (ushort)field;
    }

    private static void StartTiming(TcpConnection c, uint sequence, Outbox outbox)
    {
        if (!c.IsTiming && c.Retries == 0)
        {
            c.IsTiming = true;
            c.TimedSequence = sequence;
            c.TimedSince = outbox.Now;
        }
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
