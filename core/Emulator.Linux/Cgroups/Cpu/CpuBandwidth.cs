namespace Emulator.Linux.Cgroups.Cpu;

/// <summary>The quota of one cgroup: what is left in the period, and the counters.</summary>
/// <remarks>
/// Source: Linux kernel/sched/fair.c (do_sched_cfs_period_timer, __refill_cfs_bandwidth_runtime), core.c
/// (tg_set_cfs_bandwidth). Periods lie on a grid that starts when the quota is set. The timer stops after a whole
/// period without use, so idle periods are not counted. Left out: the slices of 5 ms in which CPUs fetch the quota.
/// Amounts are in <see cref="CpuRate.PartsPerNanosecond"/>.
/// </remarks>
internal sealed class CpuBandwidth(long quotaNanoseconds, long periodNanoseconds, long burstNanoseconds, long origin)
{
    private const int EndsAfterUse = 2;

    private readonly Int128 _quota = (Int128)quotaNanoseconds * CpuRate.PartsPerNanosecond;
    private readonly Int128 _most = ((Int128)quotaNanoseconds + burstNanoseconds) * CpuRate.PartsPerNanosecond;
    private Int128 _left = (Int128)quotaNanoseconds * CpuRate.PartsPerNanosecond;
    private Int128 _leftAtStart = (Int128)quotaNanoseconds * CpuRate.PartsPerNanosecond;
    private Int128 _burst;
    private readonly long _origin = origin;
    private long _settled = origin;
    // How many ends of periods the timer still sees: two after the last use. Setting a quota starts it.
    private int _endsUntilSleep = EndsAfterUse;

    public bool IsThrottled { get; private set; }

    public bool IsSpent => _left <= 0;

    public long Periods { get; private set; }

    public long ThrottledPeriods { get; private set; }

    public long ThrottledNanoseconds { get; private set; }

    public long Bursts { get; private set; }

    public long BurstNanoseconds => (long)(_burst / CpuRate.PartsPerNanosecond);

    /// <summary>Takes over the counters of the quota that this one replaces.</summary>
    public void Inherit(CpuBandwidth before)
    {
        (Periods, ThrottledPeriods) = (before.Periods, before.ThrottledPeriods);
        (ThrottledNanoseconds, Bursts, _burst) = (before.ThrottledNanoseconds, before.Bursts, before._burst);
    }

    /// <summary>A copy, to see what it would say at another time.</summary>
    public CpuBandwidth Copy() => (CpuBandwidth)MemberwiseClone();

    public void Throttle() => IsThrottled = true;

    /// <summary>Gives back what a task did not need of its last nanosecond.</summary>
    public void Return(Int128 parts) => _left += parts;

    /// <summary>Goes on to an instant, at a rate that did not change since the last.</summary>
    /// <param name="now">Until when, that instant included.</param>
    /// <param name="used">What was used since.</param>
    /// <param name="processors">How many CPUs would have run while it was throttled.</param>
    public void Advance(long now, Int128 used, int processors)
    {
        long elapsed = now - _settled;
        if (elapsed == 0)
        {
            return;
        }

        long boundaries = Index(now) - Index(_settled);
        if (IsThrottled)
        {
            ThrottledNanoseconds += elapsed * processors;
            Refill(boundaries, 0);
        }
        else if (boundaries == 0)
        {
            _left -= used;
        }
        else
        {
            long toFirst = Boundary(Index(_settled) + 1) - _settled;
            Int128 first = used * toFirst / elapsed;
            Int128 each = boundaries > 1 ? used * periodNanoseconds / elapsed : 0;
            _left -= first;
            Refill(1, 0);
            Refill(boundaries - 1, each);
            _left -= used - first - (each * (boundaries - 1));
        }

        _endsUntilSleep = EndsAfterUse;
        _settled = now;
    }

    /// <summary>Goes on to an instant without tasks: at most two periods are counted, then the timer
    /// sleeps.</summary>
    public void Rest(long now)
    {
        long boundaries = Index(now) - Index(_settled);
        if (IsThrottled && boundaries > 0)
        {
            long needed = Math.Min(boundaries, PeriodsUntilLeft());
            Refill(needed, 0);
            boundaries -= needed;
        }

        for (; boundaries > 0 && _endsUntilSleep > 0 && !IsThrottled; boundaries--, _endsUntilSleep--)
        {
            Refill(1, 0);
        }

        _settled = now;
    }

    /// <summary>When it must be looked at next, at a rate that does not change; <see cref="long.MaxValue"/> for
    /// never.</summary>
    public long NextEvent(CpuRate rate, long tick, long tickOffset)
    {
        if (IsThrottled)
        {
            return Boundary(Index(_settled) + PeriodsUntilLeft());
        }

        if (rate.Numerator == 0)
        {
            return long.MaxValue;
        }

        long end = Boundary(Index(_settled) + 1);
        long takes = rate.TimeFor(_left);
        long spent = takes > end - _settled ? end : _settled + takes;
        if (spent >= end)
        {
            return rate.Served(periodNanoseconds) <= _quota ? long.MaxValue : end;
        }

        if (tick > 0)
        {
            long since = (spent - tickOffset) % tick;
            spent += since == 0 ? 0 : since < 0 ? -since : tick - since;
        }

        return Math.Min(spent, end);
    }

    private long PeriodsUntilLeft() => _left > 0 ? 1 : (long)(-_left / _quota) + 1;

    private long Index(long time) => (time - _origin) / periodNanoseconds;

    private long Boundary(long index) => _origin + (index * periodNanoseconds);

    // So many ends of periods; in each period but the first, which is settled, this much was used.
    private void Refill(long periods, Int128 usedInEach)
    {
        if (periods == 0)
        {
            return;
        }

        Periods += periods;
        // What was used above the quota came out of the burst; an overrun of ticks did not.
        Int128 above = usedInEach == 0 ? Int128.Min(_leftAtStart - (_left + _quota), _most - _quota) : 0;
        if (above > 0)
        {
            Bursts++;
            _burst += above;
        }

        _left = Int128.Min(_left + ((_quota - usedInEach) * periods), _most);
        _leftAtStart = _left;
        if (IsThrottled)
        {
            ThrottledPeriods += periods;
            IsThrottled = _left <= 0;
        }
    }
}
