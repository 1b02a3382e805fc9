using Emulator.Core.Time;

namespace Emulator.Linux.Sockets;

/// <summary>The window follows a cubic function of the time since the last loss, and is never below what NewReno would
/// have.</summary>
/// <remarks>
/// Source: RFC 9438 with the figures and integer arithmetic of Linux' tcp_cubic.c: beta 717/1024, C 0.4 (41/1024 a
/// second cubed), fast convergence, HyStart (<see cref="HyStart"/>). Times in ticks of 1/1024 s; the clock that decides
/// how often the function is evaluated ticks in milliseconds (HZ 1000). The cube root is exact, where Linux' is
/// approximated from a table of 64 to within 1 in 300.
/// </remarks>
internal sealed class Cubic : CongestionAlgorithm
{
    private const int BetaScale = 1024;
    private const int Beta = 717;
    private const int RoundTripScale = 41 * 10;

    // 2^40 / 410: a window difference times this is the cube of K in ticks.
    private const ulong CubeFactor = (1UL << 40) / RoundTripScale;

    // Segments that NewReno with the same beta needs for one more, times eight and over the window.
    private const int FriendlyScale = 8 * (BetaScale + Beta) / 3 / (BetaScale - Beta);

    private readonly HyStart _hyStart = new();
    private int _perSegment;
    private int _lastMax;
    private int _lastWindow;
    private long _lastTime;
    private int _origin;
    private long _timeToOrigin;
    private long _leastDelay;
    private long _epoch = -1;
    private int _delivered;
    private int _friendlyWindow;

    /// <summary>The whole part of the cube root.</summary>
    public static ulong CubeRoot(ulong value)
    {
        ulong root = 0;
        for (int shift = 63; shift >= 0; shift -= 3)
        {
            // Digit by digit in base 8: (2r + 1)^3 - (2r)^3 = 3 * 2r * (2r + 1) + 1.
            root <<= 1;
            ulong step = (3 * root * (root + 1)) + 1;
            if ((value >> shift) >= step)
            {
                value -= step << shift;
                root++;
            }
        }

        return root;
    }

    /// <inheritdoc/>
    public override int Reduce(int window)
    {
        _epoch = -1;
        _lastMax = window < _lastMax ? window * (BetaScale + Beta) / (2 * BetaScale) : window;
        return Math.Max(window * Beta / BetaScale, 2);
    }

    /// <inheritdoc/>
    public override void Grow(CongestionControl control, int delivered, SimTime now)
    {
        if (control.InSlowStart)
        {
            delivered = control.SlowStart(delivered);
            if (delivered == 0)
            {
                return;
            }
        }

        Update(control.Window, delivered, now.Nanoseconds / 1_000_000);
        Add(control, _perSegment, delivered);
    }

    /// <inheritdoc/>
    public override void Measured(CongestionControl control, in RoundTripSample sample)
    {
        // Samples right after a recovery tell of the queue that caused it.
        if (_epoch >= 0 && (sample.Now.Nanoseconds / 1_000_000) - _epoch < 1_000)
        {
            return;
        }

        long delay = Math.Max(1_000, sample.RoundTrip.Nanoseconds);
        if (_leastDelay == 0 || _leastDelay > delay)
        {
            _leastDelay = delay;
        }

        if (control.InSlowStart)
        {
            _hyStart.Measured(control, sample, _leastDelay);
        }
    }

    /// <inheritdoc/>
    public override void Restarted(SimTime lastSent, SimTime now)
    {
        long idle = (now - lastSent).Nanoseconds / 1_000_000;
        if (_epoch >= 0 && idle > 0)
        {
            _epoch = Math.Min(_epoch + idle, now.Nanoseconds / 1_000_000);
        }
    }

    /// <inheritdoc/>
    public override void TimedOut(SimTime now, uint sendNext)
    {
        (_perSegment, _lastMax, _lastWindow, _lastTime, _origin, _timeToOrigin) = (0, 0, 0, 0, 0, 0);
        (_leastDelay, _epoch, _delivered, _friendlyWindow) = (0, -1, 0, 0);
        _hyStart.Reset(now, sendNext);
        _hyStart.SearchAgain();
    }

    // How many delivered segments make the window grow by one. Linux: bictcp_update.
    private void Update(int window, int delivered, long now)
    {
        _delivered += delivered;
        if (_lastWindow == window && now - _lastTime <= 1_000 / 32)
        {
            return;
        }

        if (_epoch < 0 || now != _lastTime)
        {
            _lastWindow = window;
            _lastTime = now;
            if (_epoch < 0)
            {
                Begin(window, delivered, now);
            }

            _perSegment = FromFunction(window, now);
        }

        BeFriendly(window);
        _perSegment = Math.Max(_perSegment, 2);
    }

    private void Begin(int window, int delivered, long now)
    {
        _epoch = now;
        _delivered = delivered;
        _friendlyWindow = window;
        _timeToOrigin = _lastMax <= window ? 0 : (long)CubeRoot(CubeFactor * (ulong)(_lastMax - window));
        _origin = Math.Max(_lastMax, window);
    }

    private int FromFunction(int window, long now)
    {
        long time = ((now - _epoch + (_leastDelay / 1_000_000)) << 10) / 1_000;
        long offset = Math.Abs(time - _timeToOrigin);
        UInt128 cube = (UInt128)(ulong)offset * (ulong)offset * (ulong)offset;
        long change = (long)UInt128.Min((cube * RoundTripScale) >> 40, int.MaxValue);
        long target = time < _timeToOrigin ? _origin - change : _origin + change;
        int perSegment = target > window ? (int)(window / (target - window)) : 100 * window;

        // Before the first loss the function knows nothing: 5 % a round trip.
        return _lastMax == 0 ? Math.Min(perSegment, 20) : perSegment;
    }

    private void BeFriendly(int window)
    {
        int needed = Math.Max(1, (window * FriendlyScale) >> 3);
        while (_delivered > needed)
        {
            _delivered -= needed;
            _friendlyWindow++;
        }

        if (_friendlyWindow > window)
        {
            _perSegment = Math.Min(_perSegment, window / (_friendlyWindow - window));
        }
    }
}
