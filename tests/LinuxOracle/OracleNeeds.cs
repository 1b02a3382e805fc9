using Emulator.LinuxOracle.Tests.Kernel;

namespace Emulator.LinuxOracle.Tests;

/// <summary>What the oracle needs: Linux, root, a kernel that is not too old, and three tools.</summary>
internal static class OracleNeeds
{
    private static readonly Version KernelMin = new(6, 6);
    private static readonly string[] Tools = ["ip", "bridge", "iptables-restore", "iptables-save"];

    /// <summary>Why the oracle cannot run here; empty where it can.</summary>
    public static string Find()
    {
        const string says = "the real kernel was not asked: ";
        if (!OperatingSystem.IsLinux())
        {
            return says + "this is not Linux";
        }

        if (!Environment.IsPrivilegedProcess)
        {
            return says + "namespaces need root (sudo dotnet test tests/LinuxOracle)";
        }

        if (Environment.OSVersion.Version < KernelMin)
        {
            return says + $"Linux {Environment.OSVersion.Version} is older than {KernelMin}, whose TCP is modelled";
        }

        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        string[] missing = [.. Tools.Where(t => !folders.Any(f => File.Exists(Path.Combine(f, t))))];
        if (missing.Length > 0)
        {
            return says + $"{string.Join(", ", missing)} not found (apt-get install iproute2 iptables)";
        }

        return Try(says);
    }

    // Some containers let root make no namespaces, or mount /proc/sys so that it writes nothing there.
    private static string Try(string says)
    {
        try
        {
            using var netns = new NetnsThread("try");
            netns.IP(
                "link add try-br type bridge", "link add try-v0 type veth peer name try-v1",
                "link add try-vx type vxlan id 1 dstport 9");
            netns.RestoreRules(KernelChanges.EmptyRules);
            if (!netns.TrySetSysctl("net.bridge.bridge-nf-call-iptables", "1"))
            {
                return says + "the kernel has no br_netfilter (modprobe br_netfilter)";
            }

            return KernelConntrack.IsListed(netns) ? ""
                : says + "the kernel lists no tracked connections in /proc/net/nf_conntrack "
                    + "(modprobe nf_conntrack; CONFIG_NF_CONNTRACK_PROCFS)";
        }
        catch (Exception refused)
            when (refused is InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            return says + refused.Message.ReplaceLineEndings(" ");
        }
    }
}
