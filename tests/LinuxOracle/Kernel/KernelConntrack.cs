using System.Text.RegularExpressions;

namespace Emulator.LinuxOracle.Tests.Kernel;

/// <summary>A namespace's tracked connections, without conntrack-tools: listed by <c>/proc/net/nf_conntrack</c>,
/// flushed by a ctnetlink message.</summary>
internal static unsafe partial class KernelConntrack
{
    private const string Listed = "/proc/thread-self/net/nf_conntrack";
    private const int NetlinkNetfilter = 12;
    private const ushort DeleteConnections = (1 << 8) | 2; // NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE.
    private const ushort RequestAndAck = 1 | 4;

    /// <summary>The entries in <c>conntrack -L</c>'s format.</summary>
    public static string[] List(NetnsThread netns) => netns.Run(() =>
        File.ReadAllLines(Listed)
            .Select(l => Zone().Replace(Users().Replace(Family().Replace(l, ""), "use=1"), "")).ToArray());

    /// <summary>Whether the kernel lists a namespace's connections.</summary>
    public static bool IsListed(NetnsThread netns) => netns.Run(() => File.Exists(Listed));

    /// <summary><c>conntrack -F</c>.</summary>
    public static void Flush(NetnsThread netns) => netns.Run(() =>
    {
        int type = Libc.SockRaw | Libc.SockCloexec;
        int fd = Libc.Check(Libc.Socket(Libc.AfNetlink, type, NetlinkNetfilter), "socket(AF_NETLINK)");
        // struct nlmsghdr: length, type, flags, sequence, port; struct nfgenmsg: family, version, resource.
        byte* message = stackalloc byte[20];
        new Span<byte>(message, 20).Clear();
        *(int*)message = 20;
        *(ushort*)(message + 4) = DeleteConnections;
        *(ushort*)(message + 6) = RequestAndAck;
        message[16] = Libc.AfInet;
        Libc.Check((int)Libc.SendTo(fd, message, 20, 0, null, 0), "conntrack flush");
        byte* answer = stackalloc byte[64]; // struct nlmsgerr; zero says that it is done.
        int length = Libc.Check((int)Libc.Read(fd, answer, 64), "conntrack flush's answer");
        Libc.Close(fd);
        int error = length >= 20 ? -*(int*)(answer + 16) : -1;
        if (error != 0)
        {
            throw new InvalidOperationException($"{netns.Name}: conntrack flush: {Errno.NameOf(error)}");
        }
    });

    [GeneratedRegex(@"^ipv4 +2 ")]
    private static partial Regex Family();

    [GeneratedRegex(@" zone=0")]
    private static partial Regex Zone();

    [GeneratedRegex(@"use=\d+")]
    private static partial Regex Users();
}
