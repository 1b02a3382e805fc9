using System.Diagnostics.CodeAnalysis;
using Emulator.Core.Actors;
using Emulator.Linux.Namespaces;

namespace Emulator.Linux.Cgroups;

/// <summary>The processes of a machine that are in cgroups, by owner, number and memory account.</summary>
internal sealed class CgroupProcesses
{
    // As on a booted machine, where the first thousand are the system's own.
    private const long FirstHostPid = 1_000;

    private readonly SortedDictionary<long, CgroupProcess> _byHostPid = [];
    private readonly Dictionary<(ActorId Owner, long Pid), CgroupProcess> _byPid = [];
    private readonly Dictionary<long, CgroupProcess> _byMemory = [];
    private readonly NamespaceIds _namespaces = new();
    private long _lastHostPid = FirstHostPid;

    /// <summary>Process numbers of all of them.</summary>
    public long Pids { get; private set; }

    /// <summary>All of them, in the order they were started.</summary>
    public IEnumerable<CgroupProcess> All => _byHostPid.Values;

    public CgroupProcess Add(AddProcess add, long memory, long pids)
    {
        // Its children and threads have the numbers after its own.
        var process = new CgroupProcess(
            _lastHostPid + 1, add.Owner, add.Pid, add.Path, add.OomScoreAdjust, memory, add.Name, pids)
        {
            Namespaces = _namespaces.Of(add.Path[..add.Path.LastIndexOf('/')], add.Sharing),
        };
        _lastHostPid += pids;
        Pids += pids;
        _byHostPid.Add(process.HostPid, process);
        _byPid.Add((add.Owner.Id, add.Pid), process);
        _byMemory.Add(memory, process);
        return process;
    }

    public void Remove(CgroupProcess process)
    {
        if (!_byHostPid.Remove(process.HostPid))
        {
            return;
        }

        Pids -= process.Pids;
        _byPid.Remove((process.Owner.Id, process.Pid));
        _byMemory.Remove(process.Memory);
    }

    /// <summary>A cgroup is gone, and with it the namespaces of the pod that it was.</summary>
    public void Forget(string path) => _namespaces.Forget(path);

    public bool TryGet(ActorRef owner, long pid, [NotNullWhen(true)] out CgroupProcess? process) =>
        _byPid.TryGetValue((owner.Id, pid), out process);

    public bool TryGetHostPid(long hostPid, [NotNullWhen(true)] out CgroupProcess? process) =>
        _byHostPid.TryGetValue(hostPid, out process);

    public CgroupProcess OfMemory(long memory) => _byMemory[memory];

    public CgroupProcess[] AtOrBelow(string path) =>
        [.. All.Where(p => path == "/" || p.Path == path || p.Path.StartsWith(path + "/", StringComparison.Ordinal))];
}
