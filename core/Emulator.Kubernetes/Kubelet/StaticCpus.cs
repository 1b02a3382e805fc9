using Emulator.Kubernetes.Api;

namespace Emulator.Kubernetes.Kubelet;

/// <summary>The CPU manager's policy <c>static</c>: containers of Guaranteed pods that ask for whole cores get cores of
/// their own, the lowest that are free.</summary>
/// <remarks>Source: kubernetes pkg/kubelet/cm/cpumanager/policy_static.go. Core 0 stays shared, as a machine must
/// reserve something. Left out: topology (sockets, hyperthreads), the policy's options; where too few cores are free
/// the container shares, and the kubelet does not refuse it.</remarks>
internal sealed class StaticCpus(int cores)
{
    private const long MilliPerCore = 1_000;

    private readonly (string Pod, string Container)?[] _owners = new (string, string)?[cores];

    /// <summary>A container's cores as <c>cpuset.cpus</c> takes them; null where it shares. One that is started again
    /// keeps them.</summary>
    public string? Take(PodView pod, ContainerView container)
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
            int[] free = [.. Enumerable.Range(1, cores - 1).Where(c => _owners[c] is null)];
            if (free.Length < wanted)
            {
                return null;
            }

            foreach (int core in free[..(int)wanted])
            {
                _owners[core] = owner;
            }
        }

        return string.Join(',', Enumerable.Range(0, cores).Where(c => _owners[c] == owner));
    }

    /// <summary>Takes a pod's cores back.</summary>
    public void Release(PodView pod)
    {
        for (int core = 0; core < cores; core++)
        {
            _owners[core] = _owners[core]?.Pod == pod.Uid ? null : _owners[core];
        }
    }
}
