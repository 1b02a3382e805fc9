using Emulator.Core.Time;

namespace Emulator.Kubernetes.Kubelet.Probes;

/// <summary>One probe of one running container: when it asks, and what its answers add up to.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/prober/worker.go. The first time is the container's start and
/// <c>initialDelaySeconds</c>, then every <c>periodSeconds</c>, to the nanosecond: the kubelet's jitter after its own
/// start is left out.</remarks>
/// <param name="kind">What it is for.</param>
/// <param name="spec">How it asks.</param>
public sealed class ProbeWorker(ProbeKind kind, ProbeSpec spec)
{
    private bool? _lastResult;
    private int _run;

    /// <summary>What it is for.</summary>
    public ProbeKind Kind { get; } = kind;

    /// <summary>How it asks.</summary>
    public ProbeSpec Spec { get; } = spec;

    /// <summary>What it says: null before it has said anything.</summary>
    public bool? Outcome { get; private set; }

    /// <summary>Whether it asks no more: it has done its work, or waits for the container's next start.</summary>
    public bool IsOver { get; private set; }

    /// <summary>When it asks next, for a container that started at a time and a worker that may ask from a time on.
    /// </summary>
    public SimTime NextAfter(SimTime startedAt, SimTime now)
    {
        SimTime first = startedAt + Spec.InitialDelay;
        if (now < first)
        {
            return first;
        }

        long periods = ((now - first).Nanoseconds / Spec.Period.Nanoseconds) + 1;
        return first + (Spec.Period * periods);
    }

    /// <summary>Takes an answer; true when what the probe says has changed with it.</summary>
    public bool Take(bool success)
    {
        if (IsOver)
        {
            return false;
        }

        _run = _lastResult == success ? _run + 1 : 1;
        _lastResult = success;
        if (_run < (success ? Spec.SuccessThreshold : Spec.FailureThreshold) || Outcome == success)
        {
            return false;
        }

        Outcome = success;
        IsOver = Kind == ProbeKind.Startup || (Kind == ProbeKind.Liveness && !success);
        return true;
    }

    /// <summary>It asks no more.</summary>
    public void End() => IsOver = true;
}
