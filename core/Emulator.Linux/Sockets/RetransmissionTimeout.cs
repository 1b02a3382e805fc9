using Emulator.Core.Time;

namespace Emulator.Linux.Sockets;

/// <summary>How long a connection waits for an acknowledgment: smoothed round trip plus four variances, at least 200 ms
/// of the latter as Linux has it.</summary>
/// <remarks>Source: RFC 6298 section 2; Linux tcp_rtt_estimator for the least value. Integer nanoseconds.</remarks>
internal struct RetransmissionTimeout()
{
    private long _smoothed;
    private long _variance;

    /// <summary>How many times it has doubled.</summary>
    public int Backoff { get; set; }

    /// <summary>The smoothed round trip; zero before the first sample.</summary>
    public readonly SimDuration Smoothed => new(_smoothed);

    /// <summary>The timeout now, back-off included.</summary>
    public readonly SimDuration Value
    {
        get
        {
            long least = SocketLimits.RetransmissionTimeoutMin.Nanoseconds;
            long timeout = _smoothed == 0
                ? SocketLimits.RetransmissionTimeoutInitial.Nanoseconds
                : _smoothed + Math.Max(4 * _variance, least);
            long most = SocketLimits.RetransmissionTimeoutMax.Nanoseconds;
            return new SimDuration(Math.Min(timeout << Math.Min(Backoff, 20), most));
        }
    }

    /// <summary>Takes a round trip of data that was sent once (Karn's rule).</summary>
    public void Sample(SimDuration roundTrip)
    {
        long sample = Math.Max(1, roundTrip.Nanoseconds);
        if (_smoothed == 0)
        {
            _smoothed = sample;
            _variance = sample / 2;
        }
        else
        {
            _variance += (Math.Abs(_smoothed - sample) - _variance) / 4;
            _smoothed += (sample - _smoothed) / 8;
        }
    }
}
