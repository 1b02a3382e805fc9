using System.Globalization;
using System.Text;
using Emulator.Linux.Cgroups;

namespace Emulator.Linux.Namespaces;

/// <summary>What <c>lsns --list</c> prints on a machine.</summary>
/// <remarks>Source: util-linux 2.38.1, recorded. Of the system's own processes only init is there. Process numbers are
/// those of the machine's pid namespace, for a pod too.</remarks>
internal static class LsnsListing
{
    private static readonly CgroupProcess Init = new(1, null!, 1, "/", 0, 0, "/sbin/init", 1) // Nobody asks its owner.
    {
        Namespaces = NamespaceIds.Host,
    };

    /// <summary>The listing.</summary>
    /// <param name="processes">The processes that are in cgroups; without the machine's own init for a pod.</param>
    /// <param name="isMachine">Whether init belongs to them.</param>
    public static string Write(IEnumerable<CgroupProcess> processes, bool isMachine)
    {
        var rows = new SortedDictionary<long, (string Type, int Count, CgroupProcess First)>();
        foreach (CgroupProcess process in isMachine ? processes.Prepend(Init) : processes)
        {
            foreach ((long id, string type) in Of(process.Namespaces))
            {
                rows[id] = rows.TryGetValue(id, out (string Type, int Count, CgroupProcess First) row)
                    ? row with { Count = row.Count + 1 }
                    : (type, 1, process);
            }
        }

        int width = rows.Values.Select(r => Text(r.First.HostPid).Length).Append(3).Max();
        var text = new StringBuilder($"        NS TYPE   NPROCS {"PID".PadLeft(width)} USER COMMAND\n");
        foreach ((long id, (string type, int count, CgroupProcess first)) in rows)
        {
            string pid = Text(first.HostPid).PadLeft(width);
            text.Append($"{Text(id)} {type,-6} {Text(count),6} {pid} root {first.Name}\n");
        }

        return text.ToString();
    }

    private static (long Id, string Type)[] Of(ProcessNamespaces of) =>
    [
        (of.Mnt, "mnt"), (of.Net, "net"), (NamespaceIds.Time, "time"), (of.Cgroup, "cgroup"), (of.Pid, "pid"),
        (NamespaceIds.User, "user"), (of.Uts, "uts"), (of.Ipc, "ipc"),
    ];

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
