using Emulator.Core.Time;

namespace Emulator.Linux.Cgroups.Cpu;

/// <summary>A machine's processors and how its kernel enforces quotas.</summary>
public sealed record CpuOptions
{
    /// <summary>How many cores; 1 or more, default 4.</summary>
    public int Cores { get; init; } = 4;

    /// <summary>The distance of the ticks at which a quota is enforced; 0, the default, enforces it exactly, 4 ms is a
    /// kernel of HZ=250: a group runs until the next tick and pays the overrun back in later periods.</summary>
    public SimDuration Tick { get; init; }

    /// <summary>When the first tick falls, from 0 to <see cref="Tick"/>; default 0.</summary>
    public SimDuration TickOffset { get; init; }
}

/// <summary>CFS bandwidth: at most so much CPU time in each period.</summary>
/// <param name="Quota">CPU time a period, summed over cores; 1 ms or more.</param>
/// <param name="Period">1 ms to 1 s; Kubernetes writes 100 ms.</param>
/// <param name="Burst">Unused time of former periods that may be kept, at most the quota; default 0.</param>
public readonly record struct CpuQuota(SimDuration Quota, SimDuration Period, SimDuration Burst = default);

/// <summary>A cgroup's figures as <c>cpu.stat</c> has them.</summary>
/// <param name="Usage">CPU time used by it and all below.</param>
/// <param name="Periods">nr_periods: periods that have ended while something could run.</param>
/// <param name="ThrottledPeriods">nr_throttled: those in which it was throttled.</param>
/// <param name="Throttled">Time throttled, summed over the CPUs that would have run.</param>
/// <param name="Bursts">nr_bursts: periods in which more than the quota was used.</param>
/// <param name="BurstTime">What was used above the quota.</param>
public readonly record struct CpuStat(
    SimDuration Usage, long Periods, long ThrottledPeriods, SimDuration Throttled, long Bursts, SimDuration BurstTime);

/// <summary>A task that has had its CPU time.</summary>
/// <param name="Task">The number that <see cref="CpuScheduler.Enqueue"/> gave.</param>
/// <param name="Started">When it was enqueued.</param>
/// <param name="Finished">When it was done.</param>
/// <param name="Throttled">For how long of that its cgroup was throttled.</param>
public readonly record struct CpuCompletion(long Task, SimTime Started, SimTime Finished, SimDuration Throttled);
