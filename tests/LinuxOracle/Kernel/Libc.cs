using System.Runtime.InteropServices;

namespace Emulator.LinuxOracle.Tests.Kernel;

/// <summary>The calls of the C library that the oracle makes, with Linux' own names and numbers (64-bit).</summary>
internal static unsafe class Libc
{
    public const int CloneNewNet = 0x4000_0000;
    public const int AfInet = 2;
    public const int AfPacket = 17;
    public const int AfNetlink = 16;
    public const int SockStream = 1;
    public const int SockDgram = 2;
    public const int SockRaw = 3;
    public const int SockNonBlock = 0x800;
    public const int SockCloexec = 0x8_0000;
    public const int SolSocket = 1;
    public const int PollIn = 1;
    public const int PollOut = 4;
    public const int PollErr = 8;
    public const int PollHup = 16;
    public const int MsgDontWait = 0x40;
    public const int MsgErrQueue = 0x2000;
    public const int MsgNoSignal = 0x4000;

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Fd;
        public short Events;
        public short Revents;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct SockAddrIn
    {
        public ushort Family;
        public ushort Port; // Network order.
        public uint Address; // Network order.
        public ulong Zero;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct SockAddrLl
    {
        public ushort Family;
        public ushort Protocol;
        public int Interface;
        public ushort HardwareType;
        public byte PacketType;
        public byte AddressLength;
        public ulong Address;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct IoVec
    {
        public void* Start;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MsgHdr
    {
        public void* Name;
        public uint NameLength;
        public IoVec* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [DllImport("libc", EntryPoint = "unshare", SetLastError = true)]
    public static extern int Unshare(int flags);

    [DllImport("libc", EntryPoint = "gettid")]
    public static extern int GetTid();

    [DllImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static extern int Socket(int family, int type, int protocol);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    public static extern int Close(int fd);

    [DllImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static extern int Bind(int fd, void* address, uint length);

    [DllImport("libc", EntryPoint = "connect", SetLastError = true)]
    public static extern int Connect(int fd, void* address, uint length);

    [DllImport("libc", EntryPoint = "listen", SetLastError = true)]
    public static extern int Listen(int fd, int backlog);

    [DllImport("libc", EntryPoint = "accept4", SetLastError = true)]
    public static extern int Accept(int fd, void* address, uint* length, int flags);

    [DllImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static extern int Shutdown(int fd, int how);

    [DllImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static extern int SetSockOpt(int fd, int level, int name, void* value, uint length);

    [DllImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static extern int GetSockOpt(int fd, int level, int name, void* value, uint* length);

    [DllImport("libc", EntryPoint = "sendto", SetLastError = true)]
    public static extern nint SendTo(int fd, void* bytes, nuint length, int flags, void* address, uint addressLength);

    [DllImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static extern nint RecvMsg(int fd, MsgHdr* message, int flags);

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static extern int Poll(PollFd* fds, nuint count, int milliseconds);

    [DllImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static extern int EventFd(uint initial, int flags);

    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    public static extern nint Read(int fd, void* bytes, nuint length);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    public static extern nint Write(int fd, void* bytes, nuint length);

    [DllImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static extern void* Map(void* address, nuint length, int protection, int flags, int fd, nint offset);

    [DllImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static extern int Unmap(void* address, nuint length);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static extern int Ioctl(int fd, nuint request, void* argument);

    /// <summary>Throws where a call that must not fail did.</summary>
    public static int Check(int result, string call) => result >= 0 ? result
        : throw new InvalidOperationException($"{call}: {Errno.NameOf(Marshal.GetLastPInvokeError())}");

    /// <summary>Sets an option that is a number.</summary>
    public static void SetOption(int fd, int level, int name, int value) =>
        Check(SetSockOpt(fd, level, name, &value, sizeof(int)), $"setsockopt {level} {name}");

    /// <summary>Reads an option that is a number.</summary>
    public static int Option(int fd, int level, int name)
    {
        int value = 0;
        uint length = sizeof(int);
        Check(GetSockOpt(fd, level, name, &value, &length), $"getsockopt {level} {name}");
        return value;
    }
}
