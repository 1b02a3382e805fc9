using Emulator.Core.Time;

namespace Emulator.Linux.Sockets;

/// <summary>How many segments a connection may have under way, and how that shrinks while losses are
/// repaired.</summary>
/// <remarks>
/// Source: Linux tcp_input.c: proportional rate reduction (RFC 6937) in <see cref="Reduce"/>, tcp_enter_loss in
/// <see cref="EnterLoss"/>; RFC 6928 (initial window), RFC 5681 section 4.1 with Linux' halving a timeout after idle.
/// Left out: undoing a reduction that proves needless (F-RTO, Eifel, D-SACK), ECN.
/// </remarks>
internal sealed class CongestionControl(CongestionAlgorithm algorithm)
{
    /// <summary>No window is larger.</summary>
    public const int WindowMax = 1 << 20;

    private int _windowAtReduction;
    private int _deliveredInReduction;
    private int _sentInReduction;
    private int _mostOut;
    private uint _usageEnd;
    private bool _wasLimited;

    /// <summary>The algorithm.</summary>
    public CongestionAlgorithm Algorithm => algorithm;

    /// <summary>The congestion window, in segments.</summary>
    public int Window { get; set => field = Math.Clamp(value, 1, WindowMax); } = SocketLimits.InitialWindowSegments;

    /// <summary>Slow start ends here, in segments.</summary>
    public int Threshold { get; set; } = int.MaxValue;

    /// <summary>Segments delivered towards the next step of growth. Linux: snd_cwnd_cnt.</summary>
    public int GrowthCount { get; set; }

    /// <summary>What the connection believes.</summary>
    public CongestionState State { get; private set; }

    /// <summary>The present state ends when this is acknowledged. Linux: high_seq.</summary>
    public uint StateEnd { get; set; }

    /// <summary>What a tail-loss probe must hear acknowledged; null when none is under way.</summary>
    public uint? ProbeEnd { get; set; }

    /// <summary>Whether that probe was old data.</summary>
    public bool ProbeWasResent { get; set; }

    /// <summary>Whether the window grows by what is delivered.</summary>
    public bool InSlowStart => Window < Threshold;

    /// <summary>Whether the window follows the reduction, not the algorithm.</summary>
    public bool IsReducing => State == CongestionState.Recovery;

    /// <summary>Begins. A SYN that had to be repeated more than once tells of a bad path.</summary>
    public void Start(int repeatedSyns) => Window = repeatedSyns > 1 ? 1 : SocketLimits.InitialWindowSegments;

    /// <summary>Slow start; gives what is left beyond its end.</summary>
    public int SlowStart(int delivered)
    {
        int window = (int)Math.Min((long)Window + delivered, Threshold);
        delivered -= window - Window;
        Window = window;
        return delivered;
    }

    /// <summary>Segments were delivered: the reduction or the algorithm says what that means.</summary>
    public void Delivered(int delivered, int newlyLost, bool advanced, bool mayGrow, int inFlight, SimTime now)
    {
        if (IsReducing)
        {
            Reduce(delivered, newlyLost, advanced, inFlight);
        }
        else if (mayGrow && IsInUse)
        {
            algorithm.Grow(this, delivered, now);
        }
    }

    /// <summary>Some of the window was sent.</summary>
    /// <param name="segments">How many; none when only the fullness of the window is news.</param>
    /// <param name="count">Segments not acknowledged.</param>
    /// <param name="inFlight">Segments thought to be in the network.</param>
    /// <param name="unacknowledged">SND.UNA.</param>
    /// <param name="next">SND.NXT.</param>
    public void Sent(int segments, int count, int inFlight, uint unacknowledged, uint next)
    {
        _sentInReduction += IsReducing ? segments : 0;
        bool isLimited = inFlight >= Window;
        if ((segments > 0 || isLimited) && (!TcpSequence.Before(unacknowledged, _usageEnd) || isLimited
            || (!_wasLimited && count > _mostOut)))
        {
            (_wasLimited, _mostOut, _usageEnd) = (isLimited, count, next);
        }
    }

    /// <summary>Lost segments went out again.</summary>
    public void Resent(int segments) => _sentInReduction += IsReducing ? segments : 0;

    /// <summary>Something is lost: repair it, and come down to where the algorithm says.</summary>
    public void EnterRecovery(uint next)
    {
        if (!IsReducing)
        {
            BeginReduction(next);
        }

        State = CongestionState.Recovery;
    }

    /// <summary>A tail-loss probe repaired a loss: the window pays for it.</summary>
    public void PayForProbe(uint next)
    {
        BeginReduction(next);
        Window = Threshold;
    }

    /// <summary>What the state waited for is acknowledged.</summary>
    public void EndReduction()
    {
        if (Threshold < int.MaxValue)
        {
            Window = Threshold;
        }
    }

    /// <summary>Nothing to repair; out of order or not.</summary>
    public void KeepOpen(bool isDisordered, uint next)
    {
        CongestionState state = isDisordered ? CongestionState.Disorder : CongestionState.Open;
        if (State != state)
        {
            State = state;
            StateEnd = next;
        }
    }

    /// <summary>The repair is over.</summary>
    public void Open() => State = CongestionState.Open;

    /// <summary>The retransmission timer expired.</summary>
    /// <param name="isNew">Whether this is not one more time-out of the same loss.</param>
    /// <param name="inFlight">Segments in the network, those held for lost taken away.</param>
    /// <param name="next">SND.NXT.</param>
    /// <param name="now">Now.</param>
    public void EnterLoss(bool isNew, int inFlight, uint next, SimTime now)
    {
        if (isNew)
        {
            Threshold = algorithm.Reduce(Window);
        }

        Window = inFlight + 1;
        GrowthCount = 0;
        State = CongestionState.Loss;
        StateEnd = next;
        ProbeEnd = null;
        algorithm.TimedOut(now, next);
    }

    /// <summary>Segments became too large for the path and go again; no loss, no reduction.</summary>
    public void EnterResize(uint next)
    {
        State = CongestionState.Loss;
        StateEnd = next;
    }

    /// <summary>Nothing was under way for longer than a retransmission timeout.</summary>
    public void RestartAfterIdle(SimDuration idle, SimDuration timeout)
    {
        Threshold = IsReducing ? Threshold : Math.Max(Threshold, (Window / 2) + (Window / 4));
        int least = Math.Min(SocketLimits.InitialWindowSegments, Window);
        long left = idle.Nanoseconds - timeout.Nanoseconds;
        int window = Window;
        while (left > 0 && window > least)
        {
            window /= 2;
            left -= timeout.Nanoseconds;
        }

        Window = Math.Max(window, least);
    }

    private bool IsInUse => _wasLimited || (InSlowStart && Window < 2 * _mostOut);

    private void BeginReduction(uint next)
    {
        StateEnd = next;
        ProbeEnd = null;
        GrowthCount = 0;
        _windowAtReduction = Window;
        (_deliveredInReduction, _sentInReduction) = (0, 0);
        Threshold = algorithm.Reduce(Window);
    }

    // RFC 6937 with Linux' slow-start reduction bound. Linux: tcp_cwnd_reduction.
    private void Reduce(int delivered, int newlyLost, bool advanced, int inFlight)
    {
        if (delivered <= 0)
        {
            return;
        }

        _deliveredInReduction += delivered;
        int room = Threshold - inFlight;
        int send;
        if (room < 0)
        {
            long share = ((long)Threshold * _deliveredInReduction) + _windowAtReduction - 1;
            send = (int)(share / _windowAtReduction) - _sentInReduction;
        }
        else
        {
            send = Math.Max(_deliveredInReduction - _sentInReduction, delivered);
            send += advanced && newlyLost == 0 ? 1 : 0;
            send = Math.Min(room, send);
        }

        Window = inFlight + Math.Max(send, _sentInReduction == 0 ? 1 : 0);
    }
}
