using Emulator.Core.Time;

namespace Emulator.Linux.Sockets;

/// <summary>Which segments are lost, by time: one that left before another which has arrived, and is overdue by more
/// than what reordering explains.</summary>
/// <remarks>
/// Source: RFC 8985 sections 6.2 and 7; Linux tcp_recovery.c. As there, no tolerance is given once three segments have
/// arrived out of order, or in recovery, until reordering has been seen; then a quarter of the least round trip. Left
/// out: widening the tolerance by D-SACK.
/// </remarks>
internal sealed class Rack
{
    private const int DuplicatesForLoss = 3;
    private const long LeastLivesNanoseconds = 300_000_000_000;

    private long _sentAt;
    private uint _end;
    private long _roundTrip;
    private bool _advanced;
    private bool _reorderingSeen;
    private long _leastRoundTrip;
    private long _leastSince;

    /// <summary>The least round trip of the last 300 s (tcp_min_rtt_wlen), in nanoseconds; 0 before the
    /// first.</summary>
    public long LeastRoundTrip => _leastRoundTrip;

    /// <summary>Takes a round trip of data that was sent once.</summary>
    public void Measured(long roundTrip, SimTime now)
    {
        bool isStale = now.Nanoseconds - _leastSince > LeastLivesNanoseconds;
        if (_leastRoundTrip == 0 || roundTrip <= _leastRoundTrip || isStale)
        {
            (_leastRoundTrip, _leastSince) = (Math.Max(1, roundTrip), now.Nanoseconds);
        }
    }

    /// <summary>A segment that was never sent again arrived after a later one.</summary>
    public void SawReordering() => _reorderingSeen = true;

    /// <summary>A segment has arrived.</summary>
    public void Arrived(in SentSegment segment, SimTime now)
    {
        long roundTrip = now.Nanoseconds - segment.SentAt;
        if (roundTrip < _leastRoundTrip && segment.Is(SentSegmentState.EverResent))
        {
            return; // It may have been the original.
        }

        _advanced = true;
        _roundTrip = roundTrip;
        if (IsAfter(segment.SentAt, segment.End, _sentAt, _end))
        {
            (_sentAt, _end) = (segment.SentAt, segment.End);
        }
    }

    /// <summary>Marks what is lost, after something arrived.</summary>
    /// <returns>How long until more will be, in nanoseconds; 0 for nothing to wait for.</returns>
    public long MarkLost(TcpConnection c, SimTime now, out int newlyLost, out bool lostAgain)
    {
        (newlyLost, lostAgain) = (0, false);
        RetransmitQueue sent = c.Sent;
        if (!_advanced || (sent.Sacked == 0 && sent.Resent == 0))
        {
            _advanced = false;
            return 0;
        }

        _advanced = false;
        return Detect(c, now, out newlyLost, out lostAgain);
    }

    /// <summary>The same when the time to wait has passed.</summary>
    public long Detect(TcpConnection c, SimTime now, out int newlyLost, out bool lostAgain)
    {
        (newlyLost, lostAgain) = (0, false);
        long wait = 0;
        long tolerance = Tolerance(c);
        RetransmitQueue sent = c.Sent;
        for (int i = 0; i < sent.Count; i++)
        {
            ref SentSegment segment = ref sent[i];
            bool waitsToBeResent = segment.Is(SentSegmentState.Lost) && !segment.Is(SentSegmentState.Resent);
            if (waitsToBeResent || segment.Is(SentSegmentState.Sacked)
                || !IsAfter(_sentAt, _end, segment.SentAt, segment.End))
            {
                continue;
            }

            long left = Overdue(segment, tolerance, now);
            if (left > 0)
            {
                wait = Math.Max(wait, left);
                continue;
            }

            lostAgain |= segment.Is(SentSegmentState.Resent);
            newlyLost += sent.MarkLost(ref segment) ? 1 : 0;
        }

        return wait;
    }

    /// <summary>How long until a segment is overdue, in nanoseconds; zero or less where it is.</summary>
    public long Overdue(in SentSegment segment, long tolerance, SimTime now) =>
        _roundTrip + tolerance - (now.Nanoseconds - segment.SentAt);

    private long Tolerance(TcpConnection c)
    {
        bool isRepairing = c.Congestion.State >= CongestionState.Recovery;
        if (!_reorderingSeen && (isRepairing || c.Sent.Sacked >= DuplicatesForLoss))
        {
            return 0;
        }

        return Math.Min(_leastRoundTrip / 4, c.Timeout.Smoothed.Nanoseconds);
    }

    private static bool IsAfter(long time, uint end, long otherTime, uint otherEnd) =>
        time > otherTime || (time == otherTime && TcpSequence.After(end, otherEnd));
}
