using Emulator.Core.Time;

namespace Emulator.Kubernetes.Scheduler;

/// <summary>The scheduler's settings, with kube-scheduler's names and defaults where it has them.</summary>
public sealed record SchedulerOptions
{
    /// <summary>The defaults.</summary>
    public static readonly SchedulerOptions Default = new();

    /// <summary>Which pods it schedules: those whose <c>schedulerName</c> is this. Default
    /// <c>default-scheduler</c>.</summary>
    public string SchedulerName { get; init; } = "default-scheduler";

    /// <summary>What choosing a node for one pod costs in virtual time. Default 1 ms, so 1,000 pods a second.</summary>
    /// <remarks>kube-scheduler's own benchmark (scheduler_perf, 5,000 nodes) reaches 680 to 810 pods a
    /// second.</remarks>
    public SimDuration CycleCost { get; init; } = SimDuration.FromMilliseconds(1);

    /// <summary>The back-off after a pod's first attempt. Default 1 s.</summary>
    public SimDuration PodInitialBackoff { get; init; } = SimDuration.FromSeconds(1);

    /// <summary>The greatest back-off. Default 10 s.</summary>
    public SimDuration PodMaxBackoff { get; init; } = SimDuration.FromSeconds(10);

    /// <summary>After how long an unschedulable pod is tried again though nothing happened. Default 5
    /// minutes.</summary>
    public SimDuration UnschedulableFlush { get; init; } = SimDuration.FromSeconds(300);

    /// <summary>How often it is looked for such pods. Default 30 s.</summary>
    public SimDuration UnschedulableFlushPeriod { get; init; } = SimDuration.FromSeconds(30);

    /// <summary>Of how many nodes in a hundred enough must be feasible; 0 is adaptive, 100 looks at all. Default
    /// 0.</summary>
    public int PercentageOfNodesToScore { get; init; }
}
