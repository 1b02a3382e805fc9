using System.Buffers.Binary;
using System.Net;
using Emulator.Core.Addresses;
using Emulator.LinuxOracle.Tests.Steps;

namespace Emulator.LinuxOracle.Tests.Kernel;

/// <summary>Neighbour entries set by rtnetlink messages, all of a namespace at once: before each scenario, so often
/// that a program each time would take most of the time.</summary>
internal static unsafe class KernelNeighbours
{
    private const int NetlinkRoute = 0;
    private const ushort NewNeighbour = 28;
    private const ushort RequestAckReplaceCreate = 0x001 | 0x004 | 0x100 | 0x400;
    private const ushort Reachable = 2;
    private const nuint SiocGifIndex = 0x8933;

    // struct nlmsghdr (16), struct ndmsg (12), NDA_DST (8), NDA_LLADDR (10, padded to 12).
    private const int MessageBytes = 48;

    /// <summary><c>ip neigh replace ADDRESS lladdr MAC dev DEVICE nud reachable</c>, for each; and
    /// <c>ip route flush cache</c>.</summary>
    public static void Confirm(NetnsThread netns, IReadOnlyList<Neighbour> entries) => netns.Run(() =>
    {
        File.WriteAllText("/proc/sys/net/ipv4/route/flush", "0");
        int type = Libc.SockRaw | Libc.SockCloexec;
        int fd = Libc.Check(Libc.Socket(Libc.AfNetlink, type, NetlinkRoute), "socket(AF_NETLINK)");
        byte[] bytes = new byte[MessageBytes * entries.Count];
        for (int i = 0; i < entries.Count; i++)
        {
            Write(bytes.AsSpan(i * MessageBytes, MessageBytes), IndexOf(entries[i].Device), entries[i]);
        }

        fixed (byte* messages = bytes)
        {
            Libc.Check((int)Libc.SendTo(fd, messages, (nuint)bytes.Length, 0, null, 0), "RTM_NEWNEIGH");
        }

        byte* answer = stackalloc byte[256];
        foreach (Neighbour entry in entries)
        {
            Libc.Check((int)Libc.Read(fd, answer, 256), "RTM_NEWNEIGH's answer");
            if (*(int*)(answer + 16) != 0)
            {
                throw new InvalidOperationException($"{entry}: {Errno.NameOf(-*(int*)(answer + 16))}");
            }
        }

        Libc.Close(fd);
    });

    /// <summary><c>ip neigh del ADDRESS dev DEVICE</c> for each address that nobody has answered for: the kernel would
    /// go on asking, and tell those who wait, in the next scenario.</summary>
    public static void ForgetUnanswered(NetnsThread netns)
    {
        // Columns: address, hardware type, flags (none where nobody answered), hardware address, mask, device.
        string[] commands = netns.Run(() => File.ReadLines("/proc/thread-self/net/arp").Skip(1)
            .Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(c => c[2] == "0x0")
            .Select(c => $"neigh del {c[0]} dev {c[^1]}").ToArray());
        if (commands.Length > 0)
        {
            netns.Try(commands);
        }
    }

    private static void Write(Span<byte> message, int device, Neighbour entry)
    {
        BinaryPrimitives.WriteInt32LittleEndian(message, MessageBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(message[4..], NewNeighbour);
        BinaryPrimitives.WriteUInt16LittleEndian(message[6..], RequestAckReplaceCreate);
        message[16] = Libc.AfInet;
        BinaryPrimitives.WriteInt32LittleEndian(message[20..], device);
        BinaryPrimitives.WriteUInt16LittleEndian(message[24..], Reachable);
        BinaryPrimitives.WriteUInt16LittleEndian(message[28..], 8);
        BinaryPrimitives.WriteUInt16LittleEndian(message[30..], 1); // NDA_DST
        IPAddress.Parse(entry.Address).TryWriteBytes(message[32..], out _);
        BinaryPrimitives.WriteUInt16LittleEndian(message[36..], 10);
        BinaryPrimitives.WriteUInt16LittleEndian(message[38..], 2); // NDA_LLADDR
        Span<byte> mac = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(mac, MacAddress.Parse(entry.Mac).Value);
        mac[2..].CopyTo(message[40..]);
    }

    private static int IndexOf(string device)
    {
        int fd = Libc.Check(Libc.Socket(Libc.AfInet, Libc.SockDgram | Libc.SockCloexec, 0), "socket");
        byte* request = stackalloc byte[40]; // struct ifreq: a name of 16 bytes, the number.
        new Span<byte>(request, 40).Clear();
        System.Text.Encoding.ASCII.GetBytes(device, new Span<byte>(request, 15));
        Libc.Check(Libc.Ioctl(fd, SiocGifIndex, request), "ioctl(SIOCGIFINDEX)");
        Libc.Close(fd);
        return *(int*)(request + 16);
    }
}
