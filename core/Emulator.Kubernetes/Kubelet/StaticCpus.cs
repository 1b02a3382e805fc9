using Emulator.Kubernetes.Api;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>The CPU manager's policy <c>static</c>: containers of Guaranteed pods that ask for whole cores get cores of
/// their own, the lowest that are free.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/cm/cpumanager/policy_static.go. Core 0 stays shared, as a machine must
/// reserve something. What a pod's init containers had is its later containers' too (updateCPUsToReuse), as they have
/// ended by then. Left out: topology (sockets, hyperthreads), the policy's options; where too few cores are free
/// the container shares, and the kubelet does not refuse it.</remarks>
internal sealed class StaticCpus(int cores)
{
    private const long MilliPerCore = 1_000;

    private readonly (string Pod, string Container)?[] _owners = new (string, string)?[cores];

    /// <summary>A container's cores as <c>cpuset.cpus</c> takes them; null where it shares. One that is started again
    /// keeps them.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The container.</param>
    /// <param name="keeps">Told of each init container that gives cores up for it, and which it keeps.</param>
    public string? Take(PodView pod, ContainerView container, Action<ContainerView, string> keeps)
    {
        long milli = container.Requests["cpu"].MilliValue;
        if (milli < MilliPerCore || milli % MilliPerCore != 0 || PodQos.Of(pod) != QosClass.Guaranteed)
        {
            return null;
        }

        long wanted = milli / MilliPerCore;
        (string, string)? owner = (pod.Uid, container.Name);
        if (!_owners.Contains(owner))
        {
            ContainerView[] ended =
            [
                .. pod.InitContainers.TakeWhile(c => c.Name != container.Name).Where(c => c.RestartPolicy != "Always"),
            ];
            bool Ended(int core) => Array.Exists(ended, c => _owners[core] == (pod.Uid, c.Name));
            int[] free = [.. Enumerable.Range(1, cores - 1).Where(c => _owners[c] is null || Ended(c))];
            if (free.Length < wanted)
            {
                return null;
            }

            int[] taken = free[..(int)wanted];
            ContainerView[] giving =
                [.. ended.Where(i => Array.Exists(taken, c => _owners[c] == (pod.Uid, i.Name)))];
            foreach (int core in taken)
            {
                _owners[core] = owner;
            }

            foreach (ContainerView init in giving)
            {
                keeps(init, CoresOf((pod.Uid, init.Name)));
            }
        }

        return CoresOf(owner);
    }

    /// <summary>Takes a pod's cores back.</summary>
    public void Release(PodView pod)
    {
        for (int core = 0; core < cores; core++)
        {
            _owners[core] = _owners[core]?.Pod == pod.Uid ? null : _owners[core];
        }
    }

    private string CoresOf((string, string)? owner) =>
        string.Join(',', Enumerable.Range(0, cores).Where(c => _owners[c] == owner));
}
