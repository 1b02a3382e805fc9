using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Emulator.LinuxOracle.Tests.Kernel;

/// <summary>What a datagram or an entry of the error queue says.</summary>
internal readonly record struct Received(
    int Length, string From, int TimeToLive, int Errno, int Origin, int Type, int Code, int Mtu, string Offender);

/// <summary>A socket of the real kernel, and what it is for.</summary>
internal sealed unsafe class KernelSocket(int fd, string name, SocketKind kind)
{
    private const int IPTtl = 2;
    private const int IPRecvErr = 11;
    private const int IPRecvTtl = 12;
    private const int IPMtuDiscover = 10;
    private const int SoReuseAddr = 2;
    private const int SoLinger = 13;
    private const int SolTcp = 6;
    private const int TcpNoDelay = 1;
    private const int TcpCongestion = 13;

    /// <summary>Its number in this process.</summary>
    public int Fd { get; } = fd;

    /// <summary>Its name in the transcript; empty for a server's own connections.</summary>
    public string Name { get; } = name;

    /// <summary>What it is.</summary>
    public SocketKind Kind { get; } = kind;

    /// <summary>Whether it is read.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Whether a connection is still to be made.</summary>
    public bool IsConnecting { get; set; }

    /// <summary>Whether the peer sends no more.</summary>
    public bool IsEnded { get; set; }

    /// <summary>Whether the connection is over in both directions, or has failed.</summary>
    public bool IsGone { get; set; }

    /// <summary>What its owner remembers.</summary>
    public object? Session { get; set; }

    /// <summary>Opens one; on the namespace's thread.</summary>
    public static KernelSocket Open(string name, SocketKind kind)
    {
        int type = (kind is SocketKind.Udp or SocketKind.Ping ? Libc.SockDgram : Libc.SockStream)
            | Libc.SockNonBlock | Libc.SockCloexec;
        int fd = Libc.Check(Libc.Socket(Libc.AfInet, type, kind == SocketKind.Ping ? 1 : 0), $"{name}: socket");
        Libc.SetOption(fd, Libc.SolSocket, SoReuseAddr, 1);
        if (kind is SocketKind.Udp or SocketKind.Ping)
        {
            Libc.SetOption(fd, 0, IPRecvErr, 1);
            Libc.SetOption(fd, 0, IPRecvTtl, 1);
        }
        else
        {
            Libc.SetOption(fd, SolTcp, TcpNoDelay, 1);
            fixed (byte* cubic = "cubic"u8)
            {
                Libc.Check(Libc.SetSockOpt(fd, SolTcp, TcpCongestion, cubic, 5), "setsockopt TCP_CONGESTION");
            }
        }

        return new KernelSocket(fd, name, kind);
    }

    /// <summary>IP_TTL; -1 is the default, 0 leaves it.</summary>
    public void SetTimeToLive(int value)
    {
        if (value != 0)
        {
            Libc.SetOption(Fd, 0, IPTtl, value);
        }
    }

    /// <summary>IP_MTU_DISCOVER, with the numbers of ip(7).</summary>
    public void SetDiscovery(int value) => Libc.SetOption(Fd, 0, IPMtuDiscover, value);

    /// <summary>A close is to reset.</summary>
    public void SetLingerZero()
    {
        long linger = 1; // struct linger: on, zero seconds.
        Libc.Check(Libc.SetSockOpt(Fd, Libc.SolSocket, SoLinger, &linger, sizeof(long)), "setsockopt SO_LINGER");
    }

    /// <summary><c>bind</c>; the error's number, or 0.</summary>
    public int Bind(string address, int port)
    {
        Libc.SockAddrIn local = AddressOf(address, port);
        return Libc.Bind(Fd, &local, (uint)sizeof(Libc.SockAddrIn)) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary><c>connect</c>; the error's number, or 0.</summary>
    public int Connect(string address, int port)
    {
        Libc.SockAddrIn remote = AddressOf(address, port);
        return Libc.Connect(Fd, &remote, (uint)sizeof(Libc.SockAddrIn)) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary><c>sendto</c>, or <c>send</c> without an address; the error's number, or 0.</summary>
    public int Send(ReadOnlySpan<byte> bytes, string address = "", int port = 0)
    {
        Libc.SockAddrIn remote = AddressOf(address, port);
        fixed (byte* start = bytes)
        {
            nint sent = Libc.SendTo(
                Fd, start, (nuint)bytes.Length, Libc.MsgNoSignal, address.Length == 0 ? null : &remote,
                address.Length == 0 ? 0 : (uint)sizeof(Libc.SockAddrIn));
            return sent < 0 ? Marshal.GetLastPInvokeError() : sent == bytes.Length ? 0
                : throw new InvalidOperationException($"{Name}: {sent} of {bytes.Length} bytes were taken.");
        }
    }

    /// <summary><c>accept</c>; null where nobody waits.</summary>
    public KernelSocket? Accept(string name, out string from)
    {
        Libc.SockAddrIn remote = default;
        uint length = (uint)sizeof(Libc.SockAddrIn);
        int fd = Libc.Accept(Fd, &remote, &length, Libc.SockNonBlock | Libc.SockCloexec);
        from = TextOf(remote);
        if (fd < 0)
        {
            return null;
        }

        Libc.SetOption(fd, SolTcp, TcpNoDelay, 1);
        return new KernelSocket(fd, name, SocketKind.Connection);
    }

    /// <summary><c>recvmsg</c>; false where nothing waits.</summary>
    /// <param name="buffer">Where bytes go.</param>
    /// <param name="errors">Whether the error queue is read.</param>
    /// <param name="received">What came; its Errno is that of the call, or of the queue's entry.</param>
    public bool TryReceive(Span<byte> buffer, bool errors, out Received received)
    {
        byte* control = stackalloc byte[256];
        Libc.SockAddrIn from = default;
        fixed (byte* bytes = buffer)
        {
            var vector = new Libc.IoVec { Start = bytes, Length = (nuint)buffer.Length };
            var message = new Libc.MsgHdr
            {
                Name = &from, NameLength = (uint)sizeof(Libc.SockAddrIn), Vectors = &vector, VectorCount = 1,
                Control = control, ControlLength = 256,
            };
            nint length = Libc.RecvMsg(Fd, &message, Libc.MsgDontWait | (errors ? Libc.MsgErrQueue : 0));
            int errno = length < 0 ? Marshal.GetLastPInvokeError() : 0;
            received = new Received((int)length, TextOf(from), 0, errno, 0, 0, 0, 0, "");
            if (errno == 0)
            {
                received = Read(control, (int)message.ControlLength, received);
            }

            return errno != Errno.Again;
        }
    }

    /// <summary>SO_ERROR, which it clears.</summary>
    public int TakeError() => Libc.Option(Fd, Libc.SolSocket, 4);

    // Control messages: length (8), level (4), type (4), bytes, padded to 8.
    private static Received Read(byte* control, int length, Received received)
    {
        for (int at = 0; at + 16 <= length;)
        {
            int size = (int)*(long*)(control + at);
            byte* value = control + at + 16;
            switch (*(int*)(control + at + 12))
            {
                case IPTtl:
                    received = received with { TimeToLive = *(int*)value };
                    break;
                case IPRecvErr: // struct sock_extended_err, then the offender's address.
                    received = received with
                    {
                        Errno = *(int*)value, Origin = value[4], Type = value[5], Code = value[6],
                        Mtu = *(int*)(value + 8), Offender = TextOf(*(Libc.SockAddrIn*)(value + 16)).Split(':')[0],
                    };
                    break;
                default:
                    break;
            }

            at += (size + 7) & ~7;
        }

        return received;
    }

    private static Libc.SockAddrIn AddressOf(string address, int port) => new()
    {
        Family = Libc.AfInet,
        Port = BinaryPrimitives.ReverseEndianness((ushort)port),
        Address = address.Length == 0 ? 0 : BitConverter.ToUInt32(IPAddress.Parse(address).GetAddressBytes()),
    };

    private static string TextOf(Libc.SockAddrIn address) =>
        $"{new IPAddress(BitConverter.GetBytes(address.Address))}:{BinaryPrimitives.ReverseEndianness(address.Port)}";
}

/// <summary>The kinds of sockets.</summary>
internal enum SocketKind
{
    /// <summary>A TCP connection.</summary>
    Connection,

    /// <summary>A TCP socket that listens.</summary>
    Listener,

    /// <summary>A UDP socket.</summary>
    Udp,

    /// <summary>An ICMP echo socket.</summary>
    Ping,
}
