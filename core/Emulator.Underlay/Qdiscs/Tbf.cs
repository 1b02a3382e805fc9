using Emulator.Core.Journal;

namespace Emulator.Underlay.Qdiscs;

/// <summary>A token bucket: frames wait, first in first out, until there are tokens for their bytes.</summary>
/// <remarks>A state machine of its own, for a wire or a device's egress: a frame's length and the time in, its fate
/// out. Source: Linux sch_tbf.c (tbf_enqueue, tbf_dequeue) over a bfifo, tokens in nanoseconds at the rate.</remarks>
public sealed class Tbf
{
    private SchedulerRate _rate;
    private SchedulerRate? _peak;
    private long _bucket;
    private long _peakBucket;
    private long _frameMax;
    private long _limit;
    private readonly Queue<(long LeavesAt, int Length)> _waiting = new();
    private long _backlog;
    private long _tokens;
    private long _peakTokens;
    private long _checkedAt;
    private long _lastDeparture;

    /// <summary>A full bucket.</summary>
    /// <param name="options">Its parameters.</param>
    /// <param name="now">Now, in nanoseconds.</param>
    /// <exception cref="ArgumentException">A parameter is out of its range.</exception>
    public Tbf(TbfOptions options, long now)
    {
        Change(options);
        (_checkedAt, _lastDeparture) = (now, now);
    }

    /// <summary>Takes other parameters: the bucket is full again, what waits keeps its turn (tbf_change).</summary>
    /// <exception cref="ArgumentException">A parameter is out of its range.</exception>
    public void Change(TbfOptions options)
    {
        options.Validate("tbf");
        _rate = new SchedulerRate(options.RateBytesPerSecond);
        _bucket = _rate.Nanoseconds(options.BurstBytes);
        _frameMax = options.BurstBytes;
        (_peak, _peakBucket) = (null, 0);
        if (options.PeakRateBytesPerSecond > 0)
        {
            var peak = new SchedulerRate(options.PeakRateBytesPerSecond);
            _peak = peak;
            _peakBucket = peak.Nanoseconds(options.MtuBytes);
            _frameMax = Math.Min(_frameMax, options.MtuBytes);
        }

        _limit = options.LimitBytes;
        (_tokens, _peakTokens) = (_bucket, _peakBucket);
    }

    /// <summary>Takes a frame.</summary>
    /// <param name="length">Its bytes.</param>
    /// <param name="now">When it comes, in nanoseconds; not before the last.</param>
    public QdiscFate Enqueue(int length, long now)
    {
        if (length > _frameMax || BacklogAt(now) + length > _limit)
        {
            return QdiscFate.Dropped(DropReason.QdiscDrop);
        }

        long leaves = Math.Max(now, _lastDeparture);
        long wait;
        while ((wait = Spend(length, leaves)) > 0)
        {
            leaves += wait;
        }

        _lastDeparture = leaves;
        _waiting.Enqueue((leaves, length));
        _backlog += length;
        return new QdiscFate(DropReason.None, leaves, null);
    }

    // Bytes that wait.
    private long BacklogAt(long now)
    {
        while (_waiting.TryPeek(out (long LeavesAt, int Length) first) && first.LeavesAt <= now)
        {
            _backlog -= _waiting.Dequeue().Length;
        }

        return _backlog;
    }

    // Takes the tokens of a frame and gives zero, or how long until there are enough.
    private long Spend(int length, long now)
    {
        long earned = Math.Min(now - _checkedAt, _bucket);
        long peakTokens = 0;
        if (_peak is { } peak)
        {
            peakTokens = Math.Min(earned + _peakTokens, _peakBucket) - peak.Nanoseconds(length);
        }

        long tokens = Math.Min(earned + _tokens, _bucket) - _rate.Nanoseconds(length);
        if (tokens < 0 || peakTokens < 0)
        {
            return Math.Max(-tokens, -peakTokens);
        }

        (_tokens, _peakTokens, _checkedAt) = (tokens, peakTokens, now);
        return 0;
    }
}
