using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.Kubelet.Probes;

namespace Emulator.Kubernetes.Kubelet.Containers;

/// <summary>What a kubelet remembers of one container.</summary>
internal sealed class ContainerRecord(int index, ContainerView spec, ContainerKind kind, ContainerBehaviour behaviour)
{
    /// <summary>Its place among the pod's init containers and containers.</summary>
    public int Index { get; } = index;

    /// <summary>Its spec as the pod has it now.</summary>
    public ContainerView Spec { get; set; } = spec;

    /// <summary>The spec whose resources it has: another one than <see cref="Spec"/> while a resize waits.</summary>
    public ContainerView Allocated { get; set; } = spec;

    /// <summary>Whether it is being restarted for other resources.</summary>
    public bool IsResizing { get; set; }

    /// <summary>The image that it was started with last.</summary>
    public string Image { get; set; } = spec.Image;

    /// <summary>What it is to the pod.</summary>
    public ContainerKind Kind { get; } = kind;

    /// <summary>Its life as annotations tell it.</summary>
    public ContainerBehaviour Behaviour { get; } = behaviour;

    /// <summary>Its state.</summary>
    public ContainerState State { get; set; } = new ContainerWaiting("ContainerCreating");

    /// <summary>How it ended the last time; null when it never did.</summary>
    public ContainerTerminated? Last { get; set; }

    /// <summary>How it ended the time before; null when it never did.</summary>
    public ContainerTerminated? Earlier { get; set; }

    /// <summary>The resources that it was given; null while they were never changed.</summary>
    public JsonValue? Resources { get; set; }

    /// <summary>How often it was started again.</summary>
    public int RestartCount { get; set; }

    /// <summary>When it may be started again.</summary>
    public RestartBackOff BackOff { get; set; }

    /// <summary>Whether its startup probe, if it has one, has succeeded since its start.</summary>
    public bool IsStarted { get; set; }

    /// <summary>Whether it takes traffic.</summary>
    public bool IsReady { get; set; }

    /// <summary>Rises with each start, end and order to stop: what was planned before it does not count any
    /// more.</summary>
    public int Generation { get; set; }

    /// <summary>Until when it must have ended; null while nobody wants its end.</summary>
    public SimTime? StopDeadline { get; set; }

    /// <summary>Whether a start of it is planned: its image is being pulled, or it waits out its back-off.</summary>
    public bool IsPlanned { get; set; }

    /// <summary>Its probes, by <see cref="ProbeKind"/>; null while it does not run or has none.</summary>
    public ProbeWorker?[]? Probes { get; set; }

    /// <summary>What it has written since its last start, in billionths of a byte: a new start begins with an empty
    /// file system.</summary>
    public Int128 StorageNanobytes(SimTime now)
    {
        (SimTime From, SimTime To)? life = State is ContainerRunning running ? (running.StartedAt, now)
            : Last is { } last ? (last.StartedAt, last.FinishedAt) : null;
        return life is not { } span ? 0
            : ((Int128)Behaviour.Storage * 1_000_000_000)
                + ((Int128)Behaviour.StorageGrowth * (span.To - span.From).Nanoseconds);
    }

    /// <summary>The same in whole bytes, rounded down.</summary>
    public long StorageBytes(SimTime now) => (long)(StorageNanobytes(now) / 1_000_000_000);

    /// <summary>It has ended.</summary>
    public void Ended(int exitCode, bool outOfMemory, SimTime now)
    {
        Earlier = Last;
        Last = ContainerTerminated.Of(exitCode, outOfMemory, RunningSince ?? now, now);
        State = Last;
        Generation++;
        StopDeadline = null;
        IsReady = false;
        IsStarted = false;
        Prober.Ended(this);
    }

    /// <summary>Since when it runs; null when it does not.</summary>
    public SimTime? RunningSince => (State as ContainerRunning)?.StartedAt;

    /// <summary>Whether it runs.</summary>
    public bool IsRunning => State is ContainerRunning;
}
