using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Time;

namespace Emulator.Linux.Sockets;

/// <summary>One end of a TCP connection: what a process does with it, and the state that <see cref="TcpInput"/>,
/// <see cref="TcpOutput"/> and <see cref="TcpTimers"/> work on.</summary>
/// <remarks>
/// Source: RFC 9293, names as there and in Linux' <c>struct tcp_sock</c>. Left out: urgent data, ECN, Nagle's algorithm
/// (as with TCP_NODELAY), keep-alive probes, TCP Fast Open.
/// </remarks>
public sealed class TcpConnection
{
    internal TcpConnection(TcpTable table, long id, Endpoint local, Endpoint remote, ISocketHandler? handler)
    {
        Table = table;
        Id = id;
        Local = local;
        Remote = remote;
        Handler = handler;
        Congestion = new CongestionControl(CongestionAlgorithm.Of(table.Network.Congestion));
    }

    /// <summary>The connection's number in its table.</summary>
    public long Id { get; }

    /// <summary>This end.</summary>
    public Endpoint Local { get; }

    /// <summary>The other end, as this side addresses it.</summary>
    public Endpoint Remote { get; }

    /// <summary>Where it is in its life.</summary>
    public TcpState State { get; internal set; }

    /// <summary>True on the side that listened: its segments are replies.</summary>
    public bool IsPassive { get; internal init; }

    /// <summary>The exchange that segments from now on belong to. A listening side follows its client's data.</summary>
    public ulong Flow { get; set; }

    /// <summary>TTL of its packets (IP_TTL); 0 takes the namespace's default.</summary>
    public byte TimeToLive { get; internal set; }

    /// <summary>Whatever the process wants to remember beside the connection.</summary>
    public object? Session { get; set; }

    /// <summary>True while bytes wait in the connection instead of reaching the process; the window closes.</summary>
    public bool IsReadingPaused { get; private set; }

    /// <summary>Bytes given to the connection that the peer has not acknowledged.</summary>
    public int UnacknowledgedBytes => SendBuffer.Length;

    internal TcpTable Table { get; }

    internal ISocketHandler? Handler { get; set; }

    internal TcpListener? Listener { get; init; }

    // What this side sends. Source: RFC 9293 section 3.3.1.
    internal TcpSendBuffer SendBuffer { get; } = new();

    internal RetransmitQueue Sent { get; } = new();

    internal CongestionControl Congestion { get; }

    internal Rack Rack { get; } = new();

    internal uint InitialSendSequence { get; set; }

    internal uint SendUnacknowledged { get; set; }

    // The highest sequence number sent, plus one: SND.NXT.
    internal uint SendMax { get; set; }

    internal int SendWindow { get; set; }

    internal uint SendWindowSequence { get; set; }

    internal uint SendWindowAcknowledgment { get; set; }

    internal byte SendWindowScale { get; set; }

    internal int PeerMss { get; set; } = SocketLimits.DefaultMss;

    internal int PathMtu { get; set; }

    internal bool FinQueued { get; set; }

    internal bool WasRefusedRoom { get; set; }

    internal int DuplicateAcks { get; set; }

    // What this side receives.
    internal TcpReceiveQueue ReceiveQueue { get; } = new();

    internal uint ReceiveNext { get; set; }

    // What the last segment acknowledged. Linux: rcv_wup.
    internal uint ReceiveAcknowledged { get; set; }

    // What came a second time, for the next acknowledgment to tell (RFC 2883). Linux: duplicate_sack.
    internal SackBlock? Duplicate { get; set; }

    // When a segment outside of the window was last answered. Linux: last_oow_ack_time.
    internal SimTime? OutOfWindowAnswered { get; set; }

    // One past the last byte that the peer was allowed to send; never moves back.
    internal uint ReceiveEdge { get; set; }

    internal byte ReceiveWindowScale { get; set; }

    internal int ReceiveBuffer { get; set; } = SocketLimits.ReceiveWindowInitial;

    // What the SYN offered; until the process has taken a buffer full, no more is. Linux: rcv_ssthresh.
    internal int FirstWindow { get; set; } = SocketLimits.ReceiveWindowInitial;

    internal int ConsumedSinceGrowth { get; set; }

    internal bool PeerFinReceived { get; set; }

    internal bool PeerClosedReported { get; set; }

    // Options in use.
    internal bool TimestampsOn { get; set; }

    internal bool SackOn { get; set; }

    internal uint TimestampRecent { get; set; }

    internal TcpAckPolicy Acks = new();

    // Timers.
    internal RearmingTimer<SocketTimer> MainTimer;

    internal RearmingTimer<SocketTimer> AckTimer;

    internal TcpMainTimer MainPurpose { get; set; }

    internal RetransmissionTimeout Timeout = new();

    internal int Retries { get; set; }

    internal SimTime StallStarted { get; set; }

    internal SimTime LastSent { get; set; }

    internal SocketError SoftError { get; set; }

    // When the SYN left, if it left once: the first round trip.
    internal SimTime? SynSentAt { get; set; }

    /// <summary>Largest number of data bytes in one segment.</summary>
    internal int SendMss => Math.Max(
        SocketLimits.MssMin, Math.Min(PeerMss, PathMtu - IPv4Packet.HeaderLength - TcpSegment.HeaderLength))
        - (TimestampsOn ? 12 : 0);

    internal int InFlight => (int)(SendMax - SendUnacknowledged);

    internal uint FinSequence => SendBuffer.End;

    internal bool FinSent => FinQueued && TcpSequence.After(SendMax, FinSequence);

    internal bool MaySend => State is TcpState.Established or TcpState.CloseWait or TcpState.FinWait1
        or TcpState.Closing or TcpState.LastAck;

    /// <summary>Gives bytes to send; they leave as the windows allow. Before the connection is established they
    /// wait.</summary>
    /// <returns>False when <see cref="SocketLimits.SendBufferMax"/> would be passed (nothing is taken;
    /// <c>OnWritable</c> will tell), or when this side has closed.</returns>
    public bool Send(Payload bytes, Outbox outbox)
    {
        if (FinQueued || State is TcpState.Closed or TcpState.TimeWait || bytes.Length == 0)
        {
            return false;
        }

        if (SendBuffer.Length > 0 && SendBuffer.Length + bytes.Length > SocketLimits.SendBufferMax)
        {
            WasRefusedRoom = true;
            return false;
        }

        SendBuffer.Append(bytes);
        TcpOutput.SendPending(this, outbox);
        return true;
    }

    /// <summary>Sends no more (<c>shutdown(SHUT_WR)</c>): a FIN follows the last byte. Receiving goes on.</summary>
    public void CloseSending(Outbox outbox)
    {
        if (FinQueued || State is TcpState.Closed or TcpState.TimeWait)
        {
            return;
        }

        if (State == TcpState.SynSent)
        {
            TcpTable.Remove(this);
            return;
        }

        FinQueued = true;
        State = State switch
        {
            TcpState.Established => TcpState.FinWait1,
            TcpState.CloseWait => TcpState.LastAck,
            _ => State,
        };
        TcpOutput.SendPending(this, outbox);
    }

    /// <summary>Done with it (<c>close</c>): a FIN follows the last byte, or a reset where unread bytes would be lost.
    /// No more calls to the process.</summary>
    public void Close(Outbox outbox)
    {
        if (State == TcpState.Closed)
        {
            Handler = null;
            return;
        }

        // RFC 2525 section 2.17: closing with data unread must tell the peer by a reset.
        if (ReceiveQueue.ReadyBytes > 0)
        {
            Abort(outbox);
            return;
        }

        Handler = null;
        CloseSending(outbox);
        if (State == TcpState.FinWait2)
        {
            TcpTimers.Start(this, TcpMainTimer.FinWait2, SocketLimits.FinTimeout, outbox);
        }
    }

    /// <summary>Ends it at once; the peer gets a reset. No more calls to the process.</summary>
    public void Abort(Outbox outbox)
    {
        Handler = null;
        if (State is not (TcpState.Closed or TcpState.SynSent or TcpState.TimeWait))
        {
            TcpOutput.SendReset(this, outbox);
        }

        TcpTable.Remove(this);
    }

    /// <summary>Lets bytes wait in the connection; once the window is full, the peer must stop.</summary>
    public void PauseReading() => IsReadingPaused = true;

    /// <summary>Hands over what waited, and bytes directly from now on.</summary>
    public void ResumeReading(Outbox outbox)
    {
        IsReadingPaused = false;
        TcpInput.Deliver(this, outbox);
        if (State != TcpState.Closed)
        {
            TcpOutput.SendWindowUpdate(this, outbox);
        }
    }

    // Nothing is sent yet; the SYN has this number.
    internal void BeginAt(uint initial)
    {
        InitialSendSequence = initial;
        SendUnacknowledged = initial;
        SendMax = initial;
        SendBuffer.Reset(initial + 1);
    }
}
