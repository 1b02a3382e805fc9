using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Time;
using Emulator.Kubernetes.Kubelet.Containers;
using Emulator.Linux.Processes;

namespace Emulator.Kubernetes.Kubelet.Probes;

/// <summary>Asks the probes of a node's containers, from the node's own network namespace: real packets.</summary>
/// <remarks>A container without probes costs nothing. A probe asks again when its answer has come.</remarks>
internal sealed class Prober(PodSurroundings around)
{
    private readonly Dictionary<long, Question> _asked = [];
    private long _lastToken;

    /// <summary>What a probe says has changed; the last argument is what it says now.</summary>
    public required Action<PodWorker, ContainerRecord, ProbeWorker, Outbox> OnChange { get; init; }

    /// <summary>A container has started.</summary>
    public void Start(PodWorker worker, ContainerRecord record, Outbox outbox)
    {
        record.Probes = null;
        foreach (ProbeKind kind in (ReadOnlySpan<ProbeKind>)
            [ProbeKind.Startup, ProbeKind.Readiness, ProbeKind.Liveness])
        {
            if (ProbeSpec.Of(record.Spec, kind) is { } spec)
            {
                record.Probes ??= new ProbeWorker?[3];
                record.Probes[(int)kind] = new ProbeWorker(kind, spec);
            }
        }

        record.IsStarted = Find(record, ProbeKind.Startup) is null;
        record.IsReady = record.IsStarted && Find(record, ProbeKind.Readiness) is null;
        if (record.IsStarted)
        {
            Begin(worker, record, ProbeKind.Readiness, outbox);
            Begin(worker, record, ProbeKind.Liveness, outbox);
        }
        else
        {
            Begin(worker, record, ProbeKind.Startup, outbox);
        }
    }

    /// <summary>A container has started up: the other probes begin, the readiness probe at once.</summary>
    public void StartedUp(PodWorker worker, ContainerRecord record, Outbox outbox)
    {
        Begin(worker, record, ProbeKind.Readiness, outbox);
        Begin(worker, record, ProbeKind.Liveness, outbox);
    }

    /// <summary>A container is about to be stopped: it is not killed by probes any more.</summary>
    public static void Stopping(ContainerRecord record)
    {
        Find(record, ProbeKind.Startup)?.End();
        Find(record, ProbeKind.Liveness)?.End();
    }

    /// <summary>A container has ended.</summary>
    public static void Ended(ContainerRecord record) => record.Probes = null;

    /// <summary>The probe of a kind; null when the container has none now.</summary>
    public static ProbeWorker? Find(ContainerRecord record, ProbeKind kind) => record.Probes?[(int)kind];

    /// <summary>It is time to ask.</summary>
    public void Ask(PodWorker worker, ContainerRecord record, ProbeKind kind, Outbox outbox)
    {
        if (Find(record, kind) is not { IsOver: false } probe || record.RunningSince is not { } startedAt)
        {
            return;
        }

        if (probe.Spec.Handler == ProbeHandler.Exec)
        {
            bool success = record.Behaviour.IsHealthy(startedAt, outbox.Now);
            Take(worker, record, probe, success, "command terminated with exit code 1", outbox);
            return;
        }

        string label = $"{kind.ToString().ToLowerInvariant()} probe of container {record.Spec.Name}";
        Exchange(
            new Question(worker, record, record.Generation, probe, null),
            ProbeQuestion.Of(probe.Spec, AddressOf(worker), probe.Spec.Timeout, label), outbox);
    }

    /// <summary>Asks a hook's question; what the answer is does not matter.</summary>
    public void Ask(
        PodWorker worker, ContainerRecord record, ProbeSpec hook, SimDuration timeout, Action<Outbox> done,
        Outbox outbox) => Exchange(
            new Question(worker, record, record.Generation, null, done),
            ProbeQuestion.Of(
                hook, AddressOf(worker), timeout, $"preStop hook of container {record.Spec.Name}"),
            outbox);

    /// <summary>An answer has come.</summary>
    public void Take(ExchangeCompleted completed, Outbox outbox)
    {
        if (!_asked.Remove(completed.Token, out Question? question)
            || question.Record.Generation != question.Generation)
        {
            return;
        }

        if (question.Probe is { } probe)
        {
            Take(
                question.Worker, question.Record, probe, ProbeQuestion.IsSuccess(probe.Spec, completed.Result),
                ProbeQuestion.Problem(probe.Spec, AddressOf(question.Worker), completed.Result), outbox);
        }
        else
        {
            question.Done?.Invoke(outbox);
        }
    }

    private void Take(
        PodWorker worker, ContainerRecord record, ProbeWorker probe, bool success, string problem, Outbox outbox)
    {
        if (!success && !probe.IsOver)
        {
            around.Events.Warning(
                worker.Pod, record.Spec.Name, "Unhealthy", $"{probe.Kind} probe failed: {problem}", outbox);
        }

        bool changed = probe.Take(success);
        if (changed)
        {
            OnChange(worker, record, probe, outbox);
        }

        // The container may have ended meanwhile, or have other probes.
        if (!probe.IsOver && ReferenceEquals(Find(record, probe.Kind), probe)
            && record.RunningSince is { } startedAt)
        {
            Arm(worker, record, probe.Kind, probe.NextAfter(startedAt, outbox.Now), outbox);
        }
    }

    private void Begin(PodWorker worker, ContainerRecord record, ProbeKind kind, Outbox outbox)
    {
        if (Find(record, kind) is { } probe && record.RunningSince is { } startedAt)
        {
            SimTime first = startedAt + probe.Spec.InitialDelay;
            Arm(worker, record, kind, first < outbox.Now ? outbox.Now : first, outbox);
        }
    }

    private void Arm(PodWorker worker, ContainerRecord record, ProbeKind kind, SimTime at, Outbox outbox) =>
        around.Later(
            worker, PodStepKind.Probe, (at - outbox.Now).Nanoseconds, outbox, record.Index, record.Generation, kind);

    private void Exchange(Question question, ExchangeRequest request, Outbox outbox)
    {
        _asked.Add(++_lastToken, question);
        outbox.Send(around.Host, new RunExchange(request, around.Self, _lastToken));
    }

    private IPv4Address AddressOf(PodWorker worker) =>
        worker.Attachment?.Address ?? around.Options.NodeAddress;

    private sealed record Question(
        PodWorker Worker, ContainerRecord Record, int Generation, ProbeWorker? Probe, Action<Outbox>? Done);
}
