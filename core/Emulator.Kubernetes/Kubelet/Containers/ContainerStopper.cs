using Emulator.Core.Actors;
using Emulator.Core.Documents;
using Emulator.Core.Time;
using Emulator.Kubernetes.Api;
using Emulator.Kubernetes.Kubelet.Probes;
using Emulator.Linux.Netlink;

namespace Emulator.Kubernetes.Kubelet.Containers;

/// <summary>Stops a container: preStop hook, SIGTERM, grace, SIGKILL.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/kuberuntime/kuberuntime_container.go (killContainer). The hook's time is
/// part of the grace; what is left after it is at least <see cref="LeastAfterHook"/>. Hooks: <c>sleep</c>,
/// <c>httpGet</c> (real packets), and <c>exec</c>, which is not run: one that sleeps takes that long, any other no
/// time.</remarks>
internal sealed class ContainerStopper(PodSurroundings around, Prober prober)
{
    /// <summary>From SIGTERM after a preStop hook to SIGKILL at least.</summary>
    public static readonly SimDuration LeastAfterHook = SimDuration.FromSeconds(2);

    /// <summary>Begins to stop a container that runs; a second call may only shorten the grace.</summary>
    /// <param name="worker">The pod.</param>
    /// <param name="record">The container.</param>
    /// <param name="grace">Until SIGKILL.</param>
    /// <param name="message">What the event says.</param>
    /// <param name="outbox">Where all goes.</param>
    public void Begin(PodWorker worker, ContainerRecord record, SimDuration grace, string message, Outbox outbox)
    {
        SimTime deadline = outbox.Now + grace;
        if (record.StopDeadline is { } before)
        {
            if (deadline < before)
            {
                record.StopDeadline = deadline;
                Later(worker, record, PodStepKind.Kill, grace, outbox);
            }

            return;
        }

        record.StopDeadline = deadline;
        Prober.Stopping(record);
        around.Events.Normal(worker.Pod, record.Spec.Name, "Killing", message, outbox);
        if (grace == SimDuration.Zero || !RunHook(worker, record, grace, outbox))
        {
            Signal(worker, record, outbox);
        }
    }

    /// <summary>A container's preStop hook is over.</summary>
    public void HookOver(PodWorker worker, ContainerRecord record, Outbox outbox)
    {
        if (record.StopDeadline is { } deadline && record.IsRunning)
        {
            SimTime least = outbox.Now + LeastAfterHook;
            record.StopDeadline = deadline < least ? least : deadline;
            Signal(worker, record, outbox);
        }
    }

    /// <summary>SIGKILL, when a container's grace is really over; true when it has ended with it.</summary>
    public static bool KillIfDue(PodWorker worker, ContainerRecord record, Outbox outbox)
    {
        if (!record.IsRunning || record.StopDeadline is not { } deadline || outbox.Now < deadline)
        {
            return false;
        }

        Kill(worker, record, outbox);
        return true;
    }

    /// <summary>SIGKILL.</summary>
    public static void Kill(PodWorker worker, ContainerRecord record, Outbox outbox) => outbox.Send(
        worker.Namespace!, // It runs somewhere.
        new KillProcess(PodSurroundings.ProcessName(worker.Pod, record.Spec)));

    /// <summary>How long a hook that sleeps takes; null for one that does not.</summary>
    private static SimDuration? SleepOf(JsonValue hook)
    {
        if (hook.At("sleep", "seconds")?.AsInt64 is { } seconds)
        {
            return SimDuration.FromSeconds(Math.Max(0, seconds));
        }

        if (hook["exec"] is not { } exec)
        {
            return null;
        }

        string[] words = string.Join(' ', (exec["command"]?.Items ?? []).Select(w => w.AsString)).Split(
            [' ', ';', '&'], StringSplitOptions.RemoveEmptyEntries);
        int sleep = Array.FindIndex(
            words, w => w == "sleep" || w.EndsWith("/sleep", StringComparison.Ordinal));
        if (sleep < 0 || sleep + 1 == words.Length)
        {
            return SimDuration.Zero;
        }

        string time = words[sleep + 1].Trim('"', '\'');
        return DurationText.TryParse(char.IsAsciiDigit(time[^1]) ? time + "s" : time, out SimDuration duration)
            ? duration
            : SimDuration.Zero;
    }

    /// <summary>Begins the preStop hook; false when there is nothing to wait for.</summary>
    private bool RunHook(PodWorker worker, ContainerRecord record, SimDuration grace, Outbox outbox)
    {
        if (record.Spec.Json.At("lifecycle", "preStop") is not { } hook)
        {
            return false;
        }

        if (SleepOf(hook) is { } sleep)
        {
            if (sleep > SimDuration.Zero)
            {
                Later(worker, record, PodStepKind.Terminate, sleep < grace ? sleep : grace, outbox);
            }

            return sleep > SimDuration.Zero;
        }

        if (ProbeSpec.Handlers(record.Spec, hook) is not { } question)
        {
            return false;
        }

        prober.Ask(worker, record, question, grace, later => HookOver(worker, record, later), outbox);
        return true;
    }

    private void Signal(PodWorker worker, ContainerRecord record, Outbox outbox)
    {
        SimDuration left = record.StopDeadline!.Value - outbox.Now; // It is set before anybody is told to stop.
        Later(worker, record, PodStepKind.Kill, left, outbox);
        if (left > SimDuration.Zero)
        {
            outbox.Send(
                worker.Namespace!, // It runs somewhere.
                new TerminateProcess(PodSurroundings.ProcessName(worker.Pod, record.Spec)));
        }
    }

    private void Later(
        PodWorker worker, ContainerRecord record, PodStepKind step, SimDuration delay, Outbox outbox) =>
        around.Later(worker, step, delay.Nanoseconds, outbox, record.Index, record.Generation);
}
