using System.Runtime.InteropServices;
using Emulator.Core.Journal;

namespace Emulator.LinuxOracle.Tests.Kernel;

/// <summary>A frame as a packet socket showed it.</summary>
internal sealed record TappedFrame(long Time, string Host, string Device, Direction Direction, byte[] Bytes);

/// <summary>Hears every frame at every device of some namespaces, in both directions.</summary>
/// <remarks>One packet socket (packet(7)) a namespace, bound to no device: its order is the namespace's order. The
/// kernel's own timestamps order the namespaces among each other; a frame that a bridge or a tunnel passes up keeps the
/// timestamp of its arrival, so that inside one namespace time is held not to run back.</remarks>
internal sealed unsafe class FrameTap : IDisposable
{
    private const int EthPAll = 0x0300; // Network order.
    private const int SoRcvBufForce = 33;
    private const int SoTimestampNs = 35;
    private const int PacketOutgoing = 4;
    private const nuint SiocGifName = 0x8910;
    private const int ReceiveBufferBytes = 16 * 1024 * 1024;

    private readonly object _gate = new();
    private readonly List<TappedFrame> _frames = [];
    private readonly (NetnsThread Netns, int Fd)[] _sockets;
    private readonly long[] _latest;
    private readonly Dictionary<(int Fd, int Interface), string> _names = [];
    private readonly byte[] _bytes = new byte[70_000];
    private readonly Thread _thread;
    private readonly int _stop;

    public FrameTap(IEnumerable<NetnsThread> hosts)
    {
        _sockets = [.. hosts.Select(h => (h, h.Run(Open)))];
        _latest = new long[_sockets.Length];
        _stop = Libc.Check(Libc.EventFd(0, Libc.SockCloexec), "eventfd");
        _thread = new Thread(Listen) { IsBackground = true, Name = "tap" };
        _thread.Start();
    }

    /// <summary>Told of each batch of frames, on the tap's thread.</summary>
    public Action? Heard { get; set; }

    /// <summary>How many frames have been heard since the last <see cref="Clear"/>.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _frames.Count;
            }
        }
    }

    /// <summary>The frames in order of time.</summary>
    public IReadOnlyList<TappedFrame> Frames
    {
        get
        {
            lock (_gate)
            {
                return [.. _frames.OrderBy(f => f.Time)];
            }
        }
    }

    /// <summary>Forgets what was heard.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _frames.Clear();
        }
    }

    public void Dispose()
    {
        ulong one = 1;
        Libc.Write(_stop, &one, sizeof(ulong));
        _thread.Join();
        foreach ((_, int fd) in _sockets)
        {
            Libc.Close(fd);
        }

        Libc.Close(_stop);
    }

    private static int Open()
    {
        int type = Libc.SockRaw | Libc.SockNonBlock | Libc.SockCloexec;
        int fd = Libc.Check(Libc.Socket(Libc.AfPacket, type, EthPAll), "socket(AF_PACKET)");
        Libc.SetOption(fd, Libc.SolSocket, SoRcvBufForce, ReceiveBufferBytes);
        Libc.SetOption(fd, Libc.SolSocket, SoTimestampNs, 1);
        return fd;
    }

    private void Listen()
    {
        var polled = new Libc.PollFd[_sockets.Length + 1];
        for (int i = 0; i < _sockets.Length; i++)
        {
            polled[i] = new Libc.PollFd { Fd = _sockets[i].Fd, Events = Libc.PollIn };
        }

        polled[^1] = new Libc.PollFd { Fd = _stop, Events = Libc.PollIn };
        fixed (Libc.PollFd* fds = polled)
        {
            while (polled[^1].Revents == 0)
            {
                Libc.Poll(fds, (nuint)polled.Length, -1);
                for (int i = 0; i < _sockets.Length; i++)
                {
                    if (polled[i].Revents != 0)
                    {
                        Drain(i);
                    }
                }

                Heard?.Invoke();
            }
        }
    }

    private void Drain(int i)
    {
        byte* control = stackalloc byte[128];
        fixed (byte* bytes = _bytes)
        {
            while (true)
            {
                Libc.SockAddrLl from = default;
                var vector = new Libc.IoVec { Start = bytes, Length = (nuint)_bytes.Length };
                var message = new Libc.MsgHdr
                {
                    Name = &from, NameLength = (uint)sizeof(Libc.SockAddrLl), Vectors = &vector, VectorCount = 1,
                    Control = control, ControlLength = 128,
                };
                nint length = Libc.RecvMsg(_sockets[i].Fd, &message, Libc.MsgDontWait);
                if (length < 0)
                {
                    return;
                }

                _latest[i] = Math.Max(_latest[i], TimeOf(message));
                var frame = new TappedFrame(
                    _latest[i], _sockets[i].Netns.Name, NameOf(_sockets[i].Fd, from.Interface),
                    from.PacketType == PacketOutgoing ? Direction.Out : Direction.In,
                    _bytes.AsSpan(0, (int)length).ToArray());
                lock (_gate)
                {
                    _frames.Add(frame);
                }
            }
        }
    }

    // One control message: length (8), level (4), type (4), and a timespec.
    private static long TimeOf(in Libc.MsgHdr message) => message.ControlLength < 32 ? 0
        : (*(long*)((byte*)message.Control + 16) * 1_000_000_000) + *(long*)((byte*)message.Control + 24);

    private string NameOf(int fd, int number)
    {
        if (!_names.TryGetValue((fd, number), out string? name))
        {
            byte* request = stackalloc byte[40];
            *(int*)(request + 16) = number;
            Libc.Check(Libc.Ioctl(fd, SiocGifName, request), "ioctl(SIOCGIFNAME)");
            name = Marshal.PtrToStringAnsi((nint)request)!; // The kernel ends it with a zero.
            _names.Add((fd, number), name);
        }

        return name;
    }
}
