using Emulator.Core.Time;

namespace Emulator.Linux.Sockets;

/// <summary>How fast a connection's window grows and by how much it shrinks (<c>struct
/// tcp_congestion_ops</c>).</summary>
/// <remarks>One for each connection; it may keep state. Windows in segments.</remarks>
internal abstract class CongestionAlgorithm
{
    /// <summary>The algorithm of a name.</summary>
    public static CongestionAlgorithm Of(CongestionKind kind) =>
        kind == CongestionKind.Reno ? new NewReno() : new Cubic();

    /// <summary>A loss: where slow start shall end from now on. Linux: ssthresh.</summary>
    public abstract int Reduce(int window);

    /// <summary>Segments arrived while the window was in use. Linux: cong_avoid.</summary>
    public abstract void Grow(CongestionControl control, int delivered, SimTime now);

    /// <summary>A round trip was measured. Linux: pkts_acked.</summary>
    public virtual void Measured(CongestionControl control, in RoundTripSample sample)
    {
    }

    /// <summary>Data leaves after nothing was under way. Linux: CA_EVENT_TX_START.</summary>
    public virtual void Restarted(SimTime lastSent, SimTime now)
    {
    }

    /// <summary>The retransmission timer expired. Linux: set_state(TCP_CA_Loss).</summary>
    public virtual void TimedOut(SimTime now, uint sendNext)
    {
    }

    /// <summary>One segment more for each <paramref name="perSegment"/> delivered. Linux: tcp_cong_avoid_ai.</summary>
    protected static void Add(CongestionControl control, int perSegment, int delivered)
    {
        if (control.GrowthCount >= perSegment)
        {
            control.GrowthCount = 0;
            control.Window++;
        }

        control.GrowthCount += delivered;
        if (control.GrowthCount >= perSegment)
        {
            int more = control.GrowthCount / perSegment;
            control.GrowthCount -= more * perSegment;
            control.Window += more;
        }
    }
}

/// <summary>A measured round trip and where the connection was.</summary>
/// <param name="RoundTrip">From the last segment acknowledged, as it left, to now.</param>
/// <param name="Now">Now.</param>
/// <param name="Unacknowledged">SND.UNA.</param>
/// <param name="Next">SND.NXT.</param>
/// <param name="Smoothed">The smoothed round trip.</param>
/// <param name="Mss">Bytes a segment.</param>
internal readonly record struct RoundTripSample(
    SimDuration RoundTrip, SimTime Now, uint Unacknowledged, uint Next, SimDuration Smoothed, int Mss);
