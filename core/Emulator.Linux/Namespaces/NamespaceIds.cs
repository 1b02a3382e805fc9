namespace Emulator.Linux.Namespaces;

/// <summary>The namespaces that a process lives in, by the numbers that <c>/proc/PID/ns</c> shows.</summary>
/// <param name="Mnt">Mounts.</param>
/// <param name="Net">Network.</param>
/// <param name="Cgroup">The root of the cgroups that it sees.</param>
/// <param name="Pid">Process numbers.</param>
/// <param name="Uts">Host name.</param>
/// <param name="Ipc">System V IPC.</param>
public readonly record struct ProcessNamespaces(
    long Mnt, long Net, long Cgroup, long Pid, long Uts, long Ipc);

/// <summary>Gives out the numbers of namespaces on one machine.</summary>
/// <remarks>
/// Source: Linux include/linux/proc_ns.h and, for the numbers of those that a machine boots with, a recorded kernel
/// 6.18; what containers get is containerd's (sandbox_run_linux.go, container_create_linux.go): a pod's sandbox has
/// net, mnt, uts, ipc, pid and cgroup namespaces, a container in it mnt, pid and cgroup of its own. Numbers rise from
/// <see cref="First"/> in the order in which namespaces are made, where a kernel's have gaps. Left out: user and time
/// namespaces other than the machine's.
/// </remarks>
public sealed class NamespaceIds
{
    /// <summary>The first number of a namespace that was not there at boot.</summary>
    public const long First = 4_026_532_200;

    /// <summary>The user namespace of all processes.</summary>
    public const long User = 4_026_531_837;

    /// <summary>The time namespace of all processes.</summary>
    public const long Time = 4_026_531_834;

    /// <summary>The namespaces that a machine boots with.</summary>
    public static readonly ProcessNamespaces Host = new(
        Mnt: 4_026_531_832, Net: 4_026_531_833, Cgroup: 4_026_531_835, Pid: 4_026_531_836, Uts: 4_026_531_838,
        Ipc: 4_026_531_839);

    private readonly Dictionary<string, ProcessNamespaces> _sandboxes = new(StringComparer.Ordinal);
    private long _next = First;

    /// <summary>The namespaces of a new process of a pod.</summary>
    /// <param name="pod">The pod's cgroup.</param>
    /// <param name="sharing">What it shares.</param>
    public ProcessNamespaces Of(string pod, NamespaceSharing sharing)
    {
        if (!_sandboxes.TryGetValue(pod, out ProcessNamespaces sandbox))
        {
            bool hostNetwork = sharing.HasFlag(NamespaceSharing.HostNetwork);
            sandbox = new ProcessNamespaces
            {
                Net = hostNetwork ? Host.Net : _next++,
                Mnt = _next++,
                Uts = hostNetwork ? Host.Uts : _next++,
                Ipc = sharing.HasFlag(NamespaceSharing.HostIpc) ? Host.Ipc : _next++,
                Pid = sharing.HasFlag(NamespaceSharing.HostPid) ? Host.Pid : _next++,
                Cgroup = _next++,
            };
            _sandboxes.Add(pod, sandbox);
        }

        bool hasOwnPid = (sharing & (NamespaceSharing.HostPid | NamespaceSharing.PodPid)) == 0;
        return sandbox with
        {
            Mnt = _next++, Pid = hasOwnPid ? _next++ : sandbox.Pid, Cgroup = _next++,
        };
    }

    /// <summary>A pod is gone.</summary>
    public void Forget(string pod) => _sandboxes.Remove(pod);
}
