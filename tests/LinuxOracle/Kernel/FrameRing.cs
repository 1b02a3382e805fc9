using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Emulator.Core.Journal;

namespace Emulator.LinuxOracle.Tests.Kernel;

/// <summary>A packet socket of a namespace with its ring of frames (TPACKET_V2), which the kernel fills.</summary>
/// <remarks>
/// <code>
///  0         4         8         12     14     16        20        24      32              tp_mac
///  +---------+---------+---------+------+------+---------+---------+-------+---------------+-------
///  | status  | length  | copied  | mac  | net  | seconds |  nanos  | VLAN  | sockaddr_ll   | frame
///  +---------+---------+---------+------+------+---------+---------+-------+---------------+-------
/// </code>
/// Source: packet(7), Documentation/networking/packet_mmap.rst.</remarks>
internal sealed unsafe class FrameRing : IDisposable
{
    private const int EthPAll = 0x0300; // Network order.
    private const int SolPacket = 263;
    private const int PacketRxRing = 5;
    private const int PacketVersion = 10;
    private const int TpacketV2 = 1;
    private const uint StatusUser = 1;
    private const int PacketOutgoing = 4;
    private const nuint SiocGifName = 0x8910;

    // A frame's place is long enough for a datagram that a bridge's hooks have joined.
    private const int PlaceBytes = 8_192;
    private const int Places = 512;

    private readonly NetnsThread _netns;
    private readonly byte* _start;
    private readonly Dictionary<int, string> _names = [];
    private int _next;

    public FrameRing(NetnsThread netns)
    {
        _netns = netns;
        int type = Libc.SockRaw | Libc.SockNonBlock | Libc.SockCloexec;
        Fd = netns.Run(() => Libc.Check(Libc.Socket(Libc.AfPacket, type, 0), "socket(AF_PACKET)"));
        Libc.SetOption(Fd, SolPacket, PacketVersion, TpacketV2);
        uint* request = stackalloc uint[4]; // struct tpacket_req: block size, blocks, frame size, frames.
        (request[0], request[1], request[2], request[3]) = (PlaceBytes * 8, Places / 8, PlaceBytes, Places);
        Libc.Check(Libc.SetSockOpt(Fd, SolPacket, PacketRxRing, request, 16), "setsockopt PACKET_RX_RING");
        _start = (byte*)Libc.Map(null, PlaceBytes * Places, 3, 1, Fd, 0); // PROT_READ | PROT_WRITE, MAP_SHARED.
        if (_start == (byte*)-1)
        {
            throw new InvalidOperationException($"mmap: {Errno.NameOf(Marshal.GetLastPInvokeError())}");
        }

        // Only now does it listen: no frame is queued outside of the ring.
        var all = new Libc.SockAddrLl { Family = Libc.AfPacket, Protocol = EthPAll };
        Libc.Check(Libc.Bind(Fd, &all, (uint)sizeof(Libc.SockAddrLl)), "bind(AF_PACKET)");
    }

    /// <summary>What poll(2) waits for.</summary>
    public int Fd { get; }

    /// <summary>The next frame; false where there is none yet.</summary>
    public bool TryTake([NotNullWhen(true)] out TappedFrame? frame)
    {
        frame = null;
        byte* place = _start + ((long)_next * PlaceBytes);
        if ((Volatile.Read(ref *(uint*)place) & StatusUser) == 0)
        {
            return false;
        }

        int length = *(int*)(place + 4);
        if (length != *(int*)(place + 8))
        {
            throw new InvalidOperationException($"{_netns.Name}: a frame of {length} bytes is too long for the tap.");
        }

        var from = (Libc.SockAddrLl*)(place + 32);
        frame = new TappedFrame(
            (*(uint*)(place + 16) * 1_000_000_000L) + *(uint*)(place + 20), _netns.Name, NameOf(from->Interface),
            from->PacketType == PacketOutgoing ? Direction.Out : Direction.In,
            new ReadOnlySpan<byte>(place + *(ushort*)(place + 12), length).ToArray());
        Volatile.Write(ref *(uint*)place, 0);
        _next = (_next + 1) % Places;
        return true;
    }

    public void Dispose()
    {
        Libc.Unmap(_start, PlaceBytes * Places);
        Libc.Close(Fd);
    }

    private string NameOf(int number)
    {
        if (!_names.TryGetValue(number, out string? name))
        {
            byte* request = stackalloc byte[40]; // struct ifreq: a name of 16 bytes, the number.
            *(int*)(request + 16) = number;
            Libc.Check(Libc.Ioctl(Fd, SiocGifName, request), "ioctl(SIOCGIFNAME)");
            name = Marshal.PtrToStringAnsi((nint)request)!; // The kernel ends it with a zero.
            _names.Add(number, name);
        }

        return name;
    }
}
