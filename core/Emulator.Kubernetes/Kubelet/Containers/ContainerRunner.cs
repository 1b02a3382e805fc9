using Emulator.Core.Actors;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.Kubelet.Probes;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Kubelet.Containers;

/// <summary>Does what <see cref="PodActions"/> says: starts containers in their order, at once, after a pull or after a
/// back-off, and stops those that must be started anew.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/kuberuntime (SyncPod, doBackOff). A back-off ends to the nanosecond: the
/// kubelet's own second between two looks at its containers is left out.</remarks>
internal sealed class ContainerRunner(PodSurroundings around, Prober prober, ContainerStopper stopper)
{
    private readonly ImageStore _images = new();

    /// <summary>Looks what is to be done for a pod that runs, and does it.</summary>
    /// <returns>False when the pod is done.</returns>
    public bool Sync(PodWorker worker, Outbox outbox)
    {
        PodActions actions = PodActions.Of(worker.Pod, new SandboxObservation(true, true, 0), Observe(worker));
        if (actions.KillPod)
        {
            return false;
        }

        foreach (string name in actions.Kill)
        {
            ContainerRecord record = Record(worker, name);
            stopper.Begin(
                worker, record, Grace(worker), $"Container {name} definition changed, will be restarted", outbox);
        }

        foreach (string name in actions.NextInit is { } next ? [.. actions.Start, next] : actions.Start)
        {
            ContainerRecord record = Record(worker, name);
            if (!record.IsRunning && !record.IsPlanned)
            {
                Plan(worker, record, outbox);
            }
        }

        return true;
    }

    /// <summary>A container's image is there, or its back-off is over.</summary>
    public void Start(PodWorker worker, ContainerRecord record, Outbox outbox)
    {
        if (record.Last is not null)
        {
            record.RestartCount++;
            record.BackOff = record.BackOff.AfterStart(outbox.Now);
        }

        record.IsPlanned = false;
        record.Generation++;
        record.StopDeadline = null;
        record.Image = record.Spec.Image;
        record.State = new ContainerRunning(outbox.Now);
        PodView pod = worker.Pod;
        string name = record.Spec.Name;
        around.Events.Normal(pod, name, "Created", $"Created container: {name}", outbox);
        around.Events.Normal(pod, name, "Started", $"Started container {name}", outbox);
        if (record.IsResizing)
        {
            record.IsResizing = false;
            PodResize.WritePod(worker, around.Cgroups, outbox);
        }

        around.Cgroups.Add(pod, record.Allocated, isRestart: record.Last is not null, outbox);
        outbox.Send(
            worker.Namespace!, // A pod whose containers start has its namespace.
            PodCgroups.Place(
                PodSurroundings.ProcessName(pod, record.Spec),
                record.Behaviour.Give(around.Programs(pod, record.Spec)), pod, record.Spec,
                around.Options.Capacity["memory"].Value, record.Behaviour.Pids) with { Attempt = record.RestartCount });
        prober.Start(worker, record, outbox);
    }

    /// <summary>The grace of a container that is stopped while its pod goes on.</summary>
    private static SimDuration Grace(PodWorker worker) =>
        SimDuration.FromSeconds(worker.Pod.TerminationGracePeriodSeconds);

    private static ContainerRecord Record(PodWorker worker, string name) =>
        worker.Containers.First(c => c.Spec.Name == name);

    private static List<ContainerObservation> Observe(PodWorker worker)
    {
        var seen = new List<ContainerObservation>(worker.Containers.Count);
        foreach (ContainerRecord record in worker.Containers)
        {
            if (record.IsRunning)
            {
                bool isChanged = record.StopDeadline is null && record.Image != record.Spec.Image;
                seen.Add(new ContainerObservation(
                    record.Spec.Name, ObservedState.Running, 0, isChanged, false, record.IsStarted));
            }
            else if (record.Last is { } last)
            {
                seen.Add(new ContainerObservation(record.Spec.Name, ObservedState.Exited, last.ExitCode));
            }
        }

        return seen;
    }

    private void Plan(PodWorker worker, ContainerRecord record, Outbox outbox)
    {
        SimTime earliest = record.Last is { } last ? record.BackOff.NextStart(last.FinishedAt) : outbox.Now;
        if (earliest > outbox.Now)
        {
            BackOff(worker, record, outbox);
            Await(worker, record, earliest, outbox);
            return;
        }

        string image = record.Spec.Image;
        SimTime ready = _images.ReadyAt(image, record.Behaviour.Pull, outbox.Now);
        if (ready > outbox.Now)
        {
            around.Events.Normal(worker.Pod, record.Spec.Name, "Pulling", $"Pulling image \"{image}\"", outbox);
            Await(worker, record, ready, outbox);
            return;
        }

        around.Events.Normal(
            worker.Pod, record.Spec.Name, "Pulled", $"Container image \"{image}\" already present on machine", outbox);
        Start(worker, record, outbox);
    }

    private void BackOff(PodWorker worker, ContainerRecord record, Outbox outbox)
    {
        PodView pod = worker.Pod;
        string who = $"restarting failed container={record.Spec.Name} pod={pod.Name}_{pod.Namespace}({pod.Uid})";
        string wait = DurationOf(record.BackOff.Duration);
        record.State = new ContainerWaiting("CrashLoopBackOff", $"back-off {wait} {who}");
        around.Events.Warning(
            pod, record.Spec.Name, "BackOff",
            $"Back-off restarting failed container {record.Spec.Name} in pod {pod.Name}_{pod.Namespace}({pod.Uid})",
            outbox);
    }

    private static string DurationOf(SimDuration wait)
    {
        long seconds = wait.Nanoseconds / 1_000_000_000;
        return seconds < 60 ? $"{seconds}s" : $"{seconds / 60}m{seconds % 60}s";
    }

    private void Await(PodWorker worker, ContainerRecord record, SimTime at, Outbox outbox)
    {
        record.IsPlanned = true;
        around.Later(
            worker, PodStepKind.StartContainer, (at - outbox.Now).Nanoseconds, outbox, record.Index,
            record.Generation);
    }
}
