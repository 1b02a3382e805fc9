using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.ApiMachinery;
using Emulator.Kubernetes.Kubelet.Containers;
using Emulator.Kubernetes.Kubelet.Probes;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>A kubelet's pods, from their arrival to their end.</summary>
/// <remarks>
/// Source: kubernetes pkg/kubelet (pod_workers.go, kuberuntime). A pod's start writes its status once; its end deletes
/// the object. Left out: postStart hooks, volumes, hostPort's port mapping.
/// </remarks>
internal sealed class PodLifecycle
{
    private readonly PodSurroundings _around;
    private readonly PodAdmission _admission;
    private readonly PodSandboxes _sandboxes;
    private readonly PodStatusWriter _statuses;
    private readonly Prober _prober;
    private readonly ContainerRunner _runner;
    private readonly ContainerStopper _stopper;
    private readonly PodTermination _termination;
    private readonly PodResize _resize;
    private readonly Dictionary<string, PodWorker> _workers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PodWorker> _byName = new(StringComparer.Ordinal);

    public PodLifecycle(PodSurroundings around, Cidr podCidr, Outbox outbox)
    {
        _around = around;
        _sandboxes = new PodSandboxes(around, podCidr);
        _statuses = new PodStatusWriter(around);
        _prober = new Prober(around) { OnChange = ProbeChanged };
        _stopper = new ContainerStopper(around, _prober);
        _termination = new PodTermination(around, _stopper, _statuses);
        _runner = new ContainerRunner(around, _prober, _stopper);
        _admission = new PodAdmission(around.Options.Reserved.ForScheduling(around.Options.Capacity));
        _resize = new PodResize(around, _admission, _stopper);
        outbox.Send(around.Host, new ReportExits(around.Self));
    }

    /// <summary>Pods that have something on the node, in the order of their UIDs.</summary>
    public IEnumerable<PodWorker> Active => _workers.Values
        .Where(w => w.Stage is not (PodStage.Rejected or PodStage.Stopped))
        .OrderBy(w => w.Pod.Uid, StringComparer.Ordinal);

    /// <summary>Why a new pod is not let in, besides what <see cref="PodAdmission"/> says; null when it is.</summary>
    public Func<PodWorker, Rejection?>? Closed { get; set; }

    /// <summary>Told when a container that writes to its file system has started, or ended while its pod goes on, and
    /// when nothing is left of its pod.</summary>
    public Action<Outbox>? StorageChanged { get; set; }

    /// <summary>Told when nothing is left of a pod but its object; null when nobody cares.</summary>
    public Action<Outbox>? Stopped { get; set; }

    /// <summary>A static pod has a mirror in the API, or, null, has none any more.</summary>
    public void Mirrored(string uid, string? mirrorUid, Outbox outbox)
    {
        if (_workers.TryGetValue(uid, out PodWorker? worker) && worker.MirrorUid != mirrorUid)
        {
            worker.MirrorUid = mirrorUid;
            if (mirrorUid is not null && worker.Reported is { } status)
            {
                _statuses.Write(worker, status, outbox);
            }
        }
    }

    /// <summary>A pod by its UID; null when it is not here.</summary>
    public PodWorker? Find(string uid) => _workers.GetValueOrDefault(uid);

    /// <summary>A pod of this node, new or changed.</summary>
    public void Take(ApiObject @object, Outbox outbox)
    {
        PodView pod = PodView.Of(@object);
        if (_workers.TryGetValue(pod.Uid, out PodWorker? worker))
        {
            worker.See(pod);
            if (pod.IsTerminating)
            {
                Terminate(worker, outbox);
            }
            else if (worker.Stage == PodStage.Running)
            {
                _resize.Sync(worker, outbox);
                Sync(worker, outbox);
            }
        }
        else if (pod.IsTerminating)
        {
            // Nothing of it is here: only the object waits for the kubelet's word.
            worker = new PodWorker(pod, outbox.Now) { Stage = PodStage.Stopped };
            _workers.Add(pod.Uid, worker);
            _termination.Delete(worker, outbox);
        }
        else if (!pod.IsTerminal)
        {
            Admit(new PodWorker(pod, outbox.Now), outbox);
        }
    }

    /// <summary>A static pod begins.</summary>
    public void Run(ApiObject pod, Outbox outbox) =>
        Admit(new PodWorker(PodView.Of(pod), outbox.Now, isStatic: true), outbox);

    /// <summary>A pod's object is gone: whatever is left of it ends at once.</summary>
    public void Forget(ApiObject @object, Outbox outbox)
    {
        if (!_workers.Remove(@object.Uid, out PodWorker? worker))
        {
            return;
        }

        foreach (ContainerRecord record in worker.Containers.Where(c => c.IsRunning))
        {
            ContainerStopper.Kill(worker, record, outbox);
            record.Ended(137, false, outbox.Now);
        }

        bool wasHere = worker.Stage is not (PodStage.Stopped or PodStage.Rejected);
        if (_byName.GetValueOrDefault(PodSurroundings.NamespaceName(worker.Pod)) == worker)
        {
            _byName.Remove(PodSurroundings.NamespaceName(worker.Pod));
        }

        _around.Events.Forget(@object.Uid);
        if (wasHere)
        {
            Remove(worker, outbox);
            TellStopped(worker, outbox);
        }
    }

    /// <summary>A namespace that was asked for exists.</summary>
    public void Take(NamespaceCreated created, Outbox outbox)
    {
        if (!_workers.TryGetValue(created.Uid, out PodWorker? worker) || worker.Stage != PodStage.Sandbox)
        {
            outbox.Send(_around.Host, new DeleteNamespace(created.Name, created.Uid));
            return;
        }

        _sandboxes.Created(worker, created.Namespace, outbox);
        ReportProblem(worker, outbox);
    }

    /// <summary>A process has ended by itself, or on SIGTERM. One that was killed meanwhile and started again is
    /// another.</summary>
    public void Take(ProcessExited exited, Outbox outbox)
    {
        string pod = exited.NamespaceName;
        string container = exited.ContainerName;
        if (container.LastIndexOf('/') is var slash and > 0)
        {
            (pod, container) = (container[..slash], container[(slash + 1)..]);
        }

        if (_byName.TryGetValue(pod, out PodWorker? worker)
            && worker.Containers.FirstOrDefault(c => c.Spec.Name == container) is { IsRunning: true } record
            && record.RestartCount == exited.Attempt)
        {
            Ended(worker, record, exited.ExitCode, exited.OutOfMemory, outbox);
        }
    }

    /// <summary>An exchange of a probe or a hook has ended.</summary>
    public void Take(ExchangeCompleted completed, Outbox outbox) => _prober.Take(completed, outbox);

    /// <summary>It is time for a pod's next step.</summary>
    public void Take(PodStep step, Outbox outbox)
    {
        if (!_workers.TryGetValue(step.Uid, out PodWorker? worker))
        {
            return;
        }

        if (step.Container >= 0)
        {
            if (worker.Containers[step.Container] is var record && record.Generation == step.Generation)
            {
                Take(worker, record, step, outbox);
            }

            return;
        }

        switch (step.Step)
        {
            case PodStepKind.Attach when worker.Stage == PodStage.Network:
                _sandboxes.Attach(worker, outbox);
                ReportProblem(worker, outbox);
                break;
            case PodStepKind.Configure when worker.Stage == PodStage.Network:
                _sandboxes.Configure(worker, outbox);
                break;
            case PodStepKind.Start when worker.Stage is PodStage.Sandbox or PodStage.Network:
                _around.Later(worker, PodStepKind.Start, PodStatusWriter.RetryPeriod.Nanoseconds, outbox);
                break;
            case PodStepKind.Start when worker.Stage == PodStage.Ready:
                worker.Stage = PodStage.Running;
                _resize.Sync(worker, outbox);
                Sync(worker, outbox);
                break;
            case PodStepKind.Report when worker.Unwritten is { } status
                && (worker.Stage < PodStage.Stopped || worker.KeepsObject): // Else the object goes with its status.
                _statuses.Write(worker, status, outbox);
                break;
            case PodStepKind.Remove when worker.Stage == PodStage.Stopping:
                Remove(worker, outbox);
                _termination.Delete(worker, outbox);
                TellStopped(worker, outbox);
                break;
            case PodStepKind.Delete when worker.Stage == PodStage.Stopped:
                _termination.Delete(worker, outbox);
                break;
        }
    }

    /// <summary>Ends a pod that nobody deleted: it fails, and its object stays.</summary>
    /// <param name="worker">The pod.</param>
    /// <param name="why">Its status' reason and message.</param>
    /// <param name="grace">Until SIGKILL.</param>
    /// <param name="outbox">Where all goes.</param>
    public void Evict(PodWorker worker, Rejection why, SimDuration grace, Outbox outbox)
    {
        if (worker.Stage < PodStage.Stopping && worker.Stage != PodStage.Rejected)
        {
            worker.Eviction = why;
            worker.KeepsObject = true;
            _termination.Stop(worker, grace, outbox);
        }
    }

    private void Take(PodWorker worker, ContainerRecord record, PodStep step, Outbox outbox)
    {
        switch (step.Step)
        {
            case PodStepKind.StartContainer when record.IsPlanned && worker.Stage == PodStage.Running:
                _runner.Start(worker, record, outbox);
                Sync(worker, outbox);
                break;
            case PodStepKind.Probe:
                _prober.Ask(worker, record, step.Probe, outbox);
                break;
            case PodStepKind.Terminate:
                _stopper.HookOver(worker, record, outbox);
                break;
            case PodStepKind.Kill when ContainerStopper.KillIfDue(worker, record, outbox):
                Ended(worker, record, 137, false, outbox);
                break;
        }
    }

    private void Admit(PodWorker worker, Outbox outbox)
    {
        PodView pod = worker.Pod;
        _workers.Add(pod.Uid, worker);
        if ((Closed?.Invoke(worker) ?? _admission.Admit(pod)) is { } rejection)
        {
            worker.Stage = PodStage.Rejected;
            _around.Events.Warning(pod, "", rejection.Reason, rejection.Message, outbox);
            _statuses.Write(worker, PodStatus.Rejected(pod, rejection, outbox.Now), outbox);
            return;
        }

        _byName[PodSurroundings.NamespaceName(pod)] = worker;
        _around.Cgroups.Add(pod, outbox);
        _sandboxes.Create(worker, outbox);
        _around.Later(
            worker, PodStepKind.Start, (_around.Options.StartDuration + Spread(pod)).Nanoseconds, outbox);
    }

    /// <summary>Does what is to be done for a pod that runs, and writes its status if it has changed.</summary>
    private void Sync(PodWorker worker, Outbox outbox)
    {
        if (!_runner.Sync(worker, outbox))
        {
            worker.KeepsObject = true;
            _termination.Stop(worker, SimDuration.FromSeconds(worker.Pod.TerminationGracePeriodSeconds), outbox);
            return;
        }

        _statuses.Report(worker, outbox);
        TellStorage(worker, outbox);
    }

    private void TellStorage(PodWorker worker, Outbox outbox)
    {
        if (worker.HasStorage)
        {
            StorageChanged?.Invoke(outbox);
        }
    }

    private void TellStopped(PodWorker worker, Outbox outbox)
    {
        TellStorage(worker, outbox);
        Stopped?.Invoke(outbox);
    }

    private void ReportProblem(PodWorker worker, Outbox outbox)
    {
        if (worker.SandboxProblem is { } problem)
        {
            _around.Events.Warning(worker.Pod, "", "FailedCreatePodSandBox", problem, outbox);
            _statuses.Report(worker, outbox);
        }
    }

    private void ProbeChanged(PodWorker worker, ContainerRecord record, ProbeWorker probe, Outbox outbox)
    {
        bool success = probe.Outcome == true;
        if (probe.Kind == ProbeKind.Readiness)
        {
            record.IsReady = success;
            _statuses.Report(worker, outbox);
        }
        else if (!success)
        {
            string what = probe.Kind == ProbeKind.Startup ? "startup" : "liveness";
            _stopper.Begin(
                worker, record,
                SimDuration.FromSeconds(
                    probe.Spec.TerminationGracePeriodSeconds ?? worker.Pod.TerminationGracePeriodSeconds),
                $"Container {record.Spec.Name} failed {what} probe, will be restarted", outbox);
        }
        else if (probe.Kind == ProbeKind.Startup)
        {
            record.IsStarted = true;
            record.IsReady = Prober.Find(record, ProbeKind.Readiness) is null;
            _prober.StartedUp(worker, record, outbox);
            Sync(worker, outbox);
        }
    }

    private void Ended(PodWorker worker, ContainerRecord record, int exitCode, bool outOfMemory, Outbox outbox)
    {
        record.Ended(exitCode, outOfMemory, outbox.Now);
        if (worker.Stage == PodStage.Running)
        {
            Sync(worker, outbox);
        }
        else if (worker.Stage == PodStage.Stopping)
        {
            _termination.Continue(worker, outbox);
        }
    }

    /// <summary>Somebody deleted the pod, or wants it gone sooner.</summary>
    private void Terminate(PodWorker worker, Outbox outbox)
    {
        worker.KeepsObject = false;
        if (worker.Stage is PodStage.Rejected or PodStage.Stopped)
        {
            worker.Stage = PodStage.Stopped;
            _termination.Delete(worker, outbox);
            return;
        }

        PodView pod = worker.Pod;
        _termination.Stop(
            worker,
            SimDuration.FromSeconds(pod.Object.DeletionGracePeriodSeconds ?? pod.TerminationGracePeriodSeconds),
            outbox);
    }

    private void Remove(PodWorker worker, Outbox outbox)
    {
        _sandboxes.Remove(worker, outbox);
        _around.Cgroups.Remove(worker.Pod, outbox);
        _admission.Release(worker.Pod);
        worker.Stage = PodStage.Stopped;
        foreach (PodWorker other in Active.Where(w => w is { ResizePending: not null, Stage: PodStage.Running }))
        {
            _resize.Sync(other, outbox);
            Sync(other, outbox);
        }
    }

    private SimDuration Spread(PodView pod) => new(_around.Options.StartSpread.Nanoseconds <= 0
        ? 0
        : (long)(StableHash.Of(pod.Uid) % (ulong)_around.Options.StartSpread.Nanoseconds));
}
