using Emulator.Kubernetes.Api;

namespace Emulator.Kubernetes.Kubelet.Containers;

/// <summary>What a kubelet does next for a pod.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/kuberuntime/kuberuntime_manager.go (computePodActions), and for sidecars
/// kuberuntime_container.go (computeInitContainerActions).</remarks>
/// <param name="KillPod">Whether all that is left of the pod ends: its sandbox is useless, or it is done.</param>
/// <param name="CreateSandbox">Whether a new sandbox is made.</param>
/// <param name="Attempt">The number of the sandbox that counts from now on.</param>
/// <param name="Start">Containers and sidecars to start, in order.</param>
/// <param name="Kill">Containers to kill first.</param>
/// <param name="NextInit">The init container or sidecar whose turn it is, or null.</param>
public sealed record PodActions(
    bool KillPod, bool CreateSandbox, int Attempt, IReadOnlyList<string> Start, IReadOnlyList<string> Kill,
    string? NextInit)
{
    /// <summary>The decision.</summary>
    /// <param name="pod">The pod's spec.</param>
    /// <param name="sandbox">Its latest sandbox; null when none was made.</param>
    /// <param name="seen">Containers that were ever started.</param>
    public static PodActions Of(PodView pod, SandboxObservation? sandbox, IReadOnlyList<ContainerObservation> seen) =>
        sandbox is not { IsReady: true, HasAddress: true }
            ? Anew(pod, sandbox, seen)
            : InSandbox(pod, sandbox.Attempt, seen);

    /// <summary>Whether a pod's containers are ever started again after a failure.</summary>
    private static bool RestartsFailed(PodView pod) => pod.RestartPolicy != "Never";

    private static PodActions Anew(PodView pod, SandboxObservation? sandbox, IReadOnlyList<ContainerObservation> seen)
    {
        int attempt = sandbox is null ? 0 : sandbox.Attempt + 1;
        var nothing = new PodActions(true, false, attempt, [], [], null);
        if (!RestartsFailed(pod) && attempt != 0 && seen.Count > 0)
        {
            return nothing;
        }

        if (pod.InitContainers.Count > 0)
        {
            return nothing with { CreateSandbox = true, NextInit = pod.InitContainers[0].Name };
        }

        List<string> start = [.. pod.Containers.Select(c => c.Name).Where(
            name => !(pod.RestartPolicy == "OnFailure"
                && Find(seen, name) is { State: ObservedState.Exited, ExitCode: 0 }))];
        return nothing with { CreateSandbox = start.Count > 0, Start = start };
    }

    private static PodActions InSandbox(PodView pod, int attempt, IReadOnlyList<ContainerObservation> seen)
    {
        var start = new List<string>();
        var kill = new List<string>();
        bool hasBegun = pod.Containers.Any(c => Find(seen, c.Name) is not null);
        foreach (ContainerView container in pod.InitContainers)
        {
            bool isSidecar = container.RestartPolicy == "Always";
            ContainerObservation? status = Find(seen, container.Name);
            if (hasBegun && !isSidecar)
            {
                continue; // Its work was done before the containers began.
            }

            if (status is { State: ObservedState.Running } running)
            {
                if (isSidecar && (running.HasFailedProbe || running.IsChanged))
                {
                    kill.Add(container.Name);
                    start.Add(container.Name);
                }
                else if (!hasBegun && !(isSidecar && running.IsStarted))
                {
                    return new PodActions(false, false, attempt, start, kill, null);
                }

                continue;
            }

            if (isSidecar && hasBegun)
            {
                start.Add(container.Name);
            }
            else if (isSidecar || status is not { State: ObservedState.Exited, ExitCode: 0 })
            {
                return Initialise(pod, attempt, container.Name, status, start, kill);
            }
        }

        return Containers(pod, attempt, seen, start, kill);
    }

    private static PodActions Initialise(
        PodView pod, int attempt, string name, ContainerObservation? status, List<string> start, List<string> kill)
    {
        if (status is { State: ObservedState.Exited } && !RestartsFailed(pod)
            && pod.InitContainers.First(c => c.Name == name).RestartPolicy != "Always")
        {
            return new PodActions(true, false, attempt, [], kill, null);
        }

        if (status is { State: ObservedState.Unknown })
        {
            kill.Add(name);
        }

        return new PodActions(false, false, attempt, start, kill, name);
    }

    private static PodActions Containers(
        PodView pod, int attempt, IReadOnlyList<ContainerObservation> seen, List<string> start, List<string> kill)
    {
        int kept = 0;
        int sidecars = start.Count;
        foreach (ContainerView container in pod.Containers)
        {
            ContainerObservation? status = Find(seen, container.Name);
            if (status is not { State: ObservedState.Running } running)
            {
                if (Restarts(pod, status))
                {
                    start.Add(container.Name);
                }

                if (status is { State: ObservedState.Unknown })
                {
                    kill.Add(container.Name);
                }
            }
            else if (running.IsChanged || running.HasFailedProbe)
            {
                kill.Add(container.Name);
                if (running.IsChanged || RestartsFailed(pod))
                {
                    start.Add(container.Name);
                }
            }
            else
            {
                kept++;
            }
        }

        bool isDone = kept == 0 && start.Count == sidecars && kill.Count == 0;
        return new PodActions(isDone, false, attempt, isDone ? [] : start, kill, null);
    }

    private static bool Restarts(PodView pod, ContainerObservation? status) =>
        status is not { State: ObservedState.Exited } exited
        || pod.RestartPolicy == "Always"
        || (pod.RestartPolicy == "OnFailure" && exited.ExitCode != 0);

    private static ContainerObservation? Find(IReadOnlyList<ContainerObservation> seen, string name)
    {
        foreach (ContainerObservation observation in seen)
        {
            if (observation.Name == name)
            {
                return observation;
            }
        }

        return null;
    }
}
