using Emulator.Core.Time;

namespace Emulator.Linux.Sockets;

/// <summary>Ends slow start before it overruns the path: when acknowledgments come in a train half a round trip long,
/// or round trips grow.</summary>
/// <remarks>Source: Linux tcp_cubic.c (hystart_update) with its defaults: both detections, from a window of 16, ack
/// spacing 2 ms, 8 samples, delay threshold an eighth of the least delay within 4 to 16 ms.</remarks>
internal sealed class HyStart
{
    private const int WindowMin = 16;
    private const int SamplesMin = 8;
    private const long SpacingNanoseconds = 2_000_000;
    private const long GsoBytes = 65_536;

    private long _roundStart;
    private long _lastAck;
    private long _roundLeast = long.MaxValue;
    private uint _roundEnd;
    private int _samples;
    private bool _found;
    private bool _hasRound;

    /// <summary>Begins a round.</summary>
    public void Reset(SimTime now, uint sendNext)
    {
        (_roundStart, _lastAck) = (now.Nanoseconds, now.Nanoseconds);
        (_roundEnd, _roundLeast, _samples, _hasRound) = (sendNext, long.MaxValue, 0, true);
    }

    /// <summary>Slow start begins anew.</summary>
    public void SearchAgain() => _found = false;

    /// <summary>Takes a round trip in slow start; may end it.</summary>
    public void Measured(CongestionControl control, in RoundTripSample sample, long leastDelay)
    {
        if (_found)
        {
            return;
        }

        if (!_hasRound || TcpSequence.After(sample.Unacknowledged, _roundEnd))
        {
            Reset(sample.Now, sample.Next);
        }

        if (control.Window < WindowMin)
        {
            return;
        }

        long now = sample.Now.Nanoseconds;
        if (now - _lastAck <= SpacingNanoseconds)
        {
            _lastAck = now;
            Decide(control, now - _roundStart > (leastDelay + AckDelay(control, sample)) / 2);
        }

        _roundLeast = Math.Min(_roundLeast, sample.RoundTrip.Nanoseconds);
        if (_samples < SamplesMin)
        {
            _samples++;
        }
        else
        {
            Decide(control, _roundLeast > leastDelay + Math.Clamp(leastDelay / 8, 4_000_000, 16_000_000));
        }
    }

    private void Decide(CongestionControl control, bool isFull)
    {
        if (isFull && !_found)
        {
            _found = true;
            control.Threshold = control.Window;
        }
    }

    // Four GSO packets at twice the present rate, at most 1 ms.
    private static long AckDelay(CongestionControl control, in RoundTripSample sample)
    {
        long bytes = 2L * control.Window * sample.Mss;
        return Math.Min(1_000_000, GsoBytes * 4 * Math.Max(1, sample.Smoothed.Nanoseconds) / bytes);
    }
}
