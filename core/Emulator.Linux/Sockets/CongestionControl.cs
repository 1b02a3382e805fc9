namespace Emulator.Linux.Sockets;

/// <summary>How much a connection may have under way, in bytes: NewReno, beginning with ten segments.</summary>
/// <remarks>
/// Source: RFC 5681, RFC 6582 (NewReno), RFC 6928 (initial window). Linux' default is CUBIC (RFC 9438); its growth
/// after a loss is left out.
/// </remarks>
internal sealed class CongestionControl
{
    private int _acknowledgedInAvoidance;

    /// <summary>The congestion window.</summary>
    public int Window { get; private set; }

    /// <summary>Slow start ends here.</summary>
    public int Threshold { get; private set; } = int.MaxValue;

    /// <summary>Whether lost segments are being sent again after duplicate acknowledgments.</summary>
    public bool InRecovery { get; private set; }

    /// <summary>The recovery ends when this is acknowledged.</summary>
    public uint RecoveryPoint { get; private set; }

    /// <summary>Begins.</summary>
    public void Start(int mss) => Window = SocketLimits.InitialWindowSegments * mss;

    /// <summary>New data was acknowledged outside of recovery while the window was in use.</summary>
    public void Grow(int acknowledged, int mss)
    {
        if (Window < Threshold)
        {
            Window += Math.Min(acknowledged, 2 * mss);
            return;
        }

        _acknowledgedInAvoidance += acknowledged;
        if (_acknowledgedInAvoidance >= Window)
        {
            _acknowledgedInAvoidance -= Window;
            Window += mss;
        }
    }

    /// <summary>The third duplicate acknowledgment: halve, and count the three segments that left the
    /// network.</summary>
    public void EnterRecovery(int inFlight, uint sent, int mss)
    {
        Threshold = Math.Max(inFlight / 2, 2 * mss);
        Window = Threshold + (3 * mss);
        InRecovery = true;
        RecoveryPoint = sent;
    }

    /// <summary>One more duplicate: one more segment has left the network.</summary>
    public void Inflate(int mss) => Window += mss;

    /// <summary>A partial acknowledgment: take away what was acknowledged, give back one segment.</summary>
    public void Deflate(int acknowledged, int mss) => Window = Math.Max(Window - acknowledged + mss, mss);

    /// <summary>All that was under way at the loss is acknowledged.</summary>
    public void ExitRecovery(int inFlight, int mss)
    {
        Window = Math.Min(Threshold, Math.Max(inFlight, mss) + mss);
        InRecovery = false;
        _acknowledgedInAvoidance = 0;
    }

    /// <summary>The retransmission timer expired.</summary>
    public void Collapse(int inFlight, int mss, bool isFirst)
    {
        if (isFirst)
        {
            Threshold = Math.Max(inFlight / 2, 2 * mss);
        }

        Window = mss;
        InRecovery = false;
        _acknowledgedInAvoidance = 0;
    }

    /// <summary>Nothing was sent for longer than a retransmission timeout (RFC 5681 section 4.1).</summary>
    public void RestartAfterIdle(int mss) => Window = Math.Min(Window, SocketLimits.InitialWindowSegments * mss);
}
