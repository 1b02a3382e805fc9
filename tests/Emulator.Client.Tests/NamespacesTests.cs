namespace Emulator.Client.Tests;

/// <summary>lsns of a node and of pods. Columns: util-linux 2.38.1, recorded; what is shared: containerd's
/// sandboxes.</summary>
public sealed class NamespacesTests
{
    private const string Scenario = "tests/Emulator.Client.Tests/Scenarios/namespaces.yaml";
    private const string Head = "        NS TYPE   NPROCS  PID USER COMMAND\n";

    /// <summary>net, uts and ipc are the pod's; mnt, pid and cgroup each container's.</summary>
    [Fact]
    public void Containers_of_a_pod_share_net_uts_and_ipc() => Assert.Equal(
        ["cgroup 1", "cgroup 1", "ipc 2", "mnt 1", "mnt 1", "net 2", "pid 1", "pid 1", "time 2", "user 2", "uts 2"],
        Counts(Show("default/apart", "lsns")));

    [Fact]
    public void A_pod_may_share_its_process_numbers() => Assert.Equal(
        ["cgroup 1", "cgroup 1", "ipc 2", "mnt 1", "mnt 1", "net 2", "pid 2", "time 2", "user 2", "uts 2"],
        Counts(Show("default/together", "lsns")));

    /// <summary>init and the pod of the node's own namespaces are in the first ones; the numbers rise from
    /// there.</summary>
    [Fact]
    public void A_node_shows_its_own_and_all_pods_namespaces()
    {
        string text = Show("node-1", "lsns");
        Assert.StartsWith(
            Head
            + "4026531832 mnt         1    1 root /sbin/init\n"
            + "4026531833 net         2    1 root /sbin/init\n"
            + "4026531834 time        6    1 root /sbin/init\n"
            + "4026531835 cgroup      1    1 root /sbin/init\n"
            + "4026531836 pid         2    1 root /sbin/init\n"
            + "4026531837 user        6    1 root /sbin/init\n"
            + "4026531838 uts         2    1 root /sbin/init\n"
            + "4026531839 ipc         2    1 root /sbin/init\n",
            text, StringComparison.Ordinal);
        string[] ids = [.. text.Split('\n').Skip(9).Where(l => l.Length > 0).Select(l => l[..10])];
        Assert.Equal(ids.Order(StringComparer.Ordinal).Distinct(), ids);
        // Two containers apart: 3 shared and 3 each; together: 4 shared and 2 each; the host's: 2.
        Assert.Equal(9 + 8 + 2, ids.Length);
        Assert.Equal(text, Show("node-1", "lsns"));
    }

    [Fact]
    public void Unsharing_is_refused_with_the_way_to_choose() => Assert.StartsWith(
        "unshare: nothing is run here.", Show("default/apart", "unshare --net"), StringComparison.Ordinal);

    private static string Show(string where, string command) => CommandRun.Of(
        "show", Path.Combine(CommandRun.Root, Scenario), where, command).Out;

    private static string[] Counts(string text)
    {
        Assert.StartsWith(Head, text, StringComparison.Ordinal);
        return
        [
            .. text.Split('\n').Skip(1).Where(l => l.Length > 0)
                .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Select(w => $"{w[1]} {w[2]}").Order(StringComparer.Ordinal),
        ];
    }
}
