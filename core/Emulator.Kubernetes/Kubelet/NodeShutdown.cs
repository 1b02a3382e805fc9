using Emulator.Core.Actors;
using Emulator.Core.Time;
using Emulator.Kubernetes.Kubelet.Containers;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>Shuts a node down: pods end by priority, each group in its time, then the machine is off.</summary>
/// <remarks>
/// Source: kubernetes pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go. The critical pods (priority from
/// 2,000,000,000 on) come last and have <c>shutdownGracePeriodCriticalPods</c> of <c>shutdownGracePeriod</c>. Without a
/// grace every process is killed and the API hears nothing. Left out: grace periods by pod priority; and a machine that
/// is off still answers for its own addresses.
/// In: <see cref="ShutDown"/>, its timer. Out: what ends pods.
/// </remarks>
internal sealed class NodeShutdown(PodSurroundings around, PodLifecycle lifecycle, Action off)
{
    /// <summary>The purpose of its timer among the kubelet's.</summary>
    public const int Timer = 1;

    private static readonly Rejection Terminated =
        new("Terminated", "Pod was terminated in response to imminent node shutdown.");

    private LazyTimer _timer;
    private List<PodWorker> _ending = [];
    private int _group = -1;

    /// <summary>Whether it has begun.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Begins.</summary>
    public void Begin(Outbox outbox)
    {
        if (HasBegun)
        {
            return;
        }

        HasBegun = true;
        if (around.Options.ShutdownGracePeriod == SimDuration.Zero)
        {
            PowerOff(outbox);
            return;
        }

        around.Events.OfNode("Normal", "NodeShutdown", "Shutdown manager detected shutdown event", outbox);
        lifecycle.Stopped = PodStopped;
        NextGroup(outbox);
    }

    /// <summary>A group's time is over.</summary>
    public void Take(TimerMessage timer, Outbox outbox)
    {
        if (_timer.Expired(around.Self, timer, outbox))
        {
            NextGroup(outbox);
        }
    }

    private void PodStopped(Outbox outbox)
    {
        if (_group < 2 && _ending.TrueForAll(w => w.Stage == PodStage.Stopped))
        {
            NextGroup(outbox);
        }
    }

    private void NextGroup(Outbox outbox)
    {
        _timer.Cancel();
        while (++_group < 2)
        {
            SimDuration critical = around.Options.ShutdownGracePeriodCriticalPods;
            SimDuration grace = _group == 1 ? critical : around.Options.ShutdownGracePeriod - critical;
            _ending = [.. lifecycle.Active.Where(
                w => w.Pod.Priority >= PodQos.SystemCriticalPriority == (_group == 1))];
            foreach (PodWorker worker in _ending)
            {
                SimDuration own = SimDuration.FromSeconds(worker.Pod.TerminationGracePeriodSeconds);
                lifecycle.Evict(worker, Terminated, own < grace ? own : grace, outbox);
            }

            if (_ending.Count > 0)
            {
                _timer.Arm(around.Self, Timer, outbox.Now + grace, outbox);
                return;
            }
        }

        PowerOff(outbox);
    }

    /// <summary>The end of the machine is the end of all that runs on it.</summary>
    private void PowerOff(Outbox outbox)
    {
        foreach (PodWorker worker in lifecycle.Active)
        {
            foreach (ContainerRecord record in worker.Containers.Where(c => c.IsRunning))
            {
                ContainerStopper.Kill(worker, record, outbox);
            }
        }

        off();
    }
}

/// <summary>A machine is told to shut down; sent to its kubelet.</summary>
public sealed record ShutDown : Message;
