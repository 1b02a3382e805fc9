using Emulator.Core.Journal;
using Emulator.LinuxOracle.Tests.Emulated;

namespace Emulator.LinuxOracle.Tests.Kernel;

/// <summary>A frame as a packet socket showed it.</summary>
internal sealed record TappedFrame(long Time, string Host, string Device, Direction Direction, byte[] Bytes);

/// <summary>Hears every frame at every device of some namespaces, in both directions.</summary>
/// <remarks>One packet socket a namespace, bound to no device: its order is the namespace's order, and the time at
/// which each frame was copied orders the namespaces among each other. Frames are copied into a ring as they pass: one
/// that was only queued would show what the kernel writes into its headers later on. Source: packet(7),
/// PACKET_RX_RING.</remarks>
internal sealed class FrameTap : IDisposable
{
    private readonly object _gate = new();
    private readonly List<TappedFrame> _frames = [];
    private readonly FrameRing[] _rings;
    private readonly Thread _thread;
    private readonly int _stop;
    private Exception? _failure;

    public FrameTap(IEnumerable<NetnsThread> hosts)
    {
        _rings = [.. hosts.Select(h => new FrameRing(h))];
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
                if (_failure is not null)
                {
                    throw new InvalidOperationException("The tap has failed.", _failure);
                }

                return [.. _frames.OrderBy(f => f.Time)];
            }
        }
    }

    /// <summary>Forgets what was heard, and what has passed and was not read yet.</summary>
    public void Clear()
    {
        TryTakeAll(); // Whoever asks for frames is told where it fails.
        lock (_gate)
        {
            _frames.Clear();
        }
    }

    public unsafe void Dispose()
    {
        ulong one = 1;
        Libc.Write(_stop, &one, sizeof(ulong));
        _thread.Join();
        foreach (FrameRing ring in _rings)
        {
            ring.Dispose();
        }

        Libc.Close(_stop);
    }

    private unsafe void Listen()
    {
        var polled = new Libc.PollFd[_rings.Length + 1];
        for (int i = 0; i < _rings.Length; i++)
        {
            polled[i] = new Libc.PollFd { Fd = _rings[i].Fd, Events = Libc.PollIn };
        }

        polled[^1] = new Libc.PollFd { Fd = _stop, Events = Libc.PollIn };
        fixed (Libc.PollFd* fds = polled)
        {
            while (polled[^1].Revents == 0)
            {
                Libc.Poll(fds, (nuint)polled.Length, -1);
                if (!TryTakeAll())
                {
                    return;
                }

                Heard?.Invoke();
            }
        }
    }

    // False when the tap has failed, which whoever asks for frames is told.
    private bool TryTakeAll()
    {
        lock (_gate)
        {
            try
            {
                foreach (FrameRing ring in _rings)
                {
                    while (ring.TryTake(out TappedFrame? frame))
                    {
                        if (EmulatedWorld.IsInBoth(frame.Host, frame.Device))
                        {
                            _frames.Add(frame);
                        }
                    }
                }
            }
            catch (InvalidOperationException failure)
            {
                _failure = failure;
            }

            return _failure is null;
        }
    }
}
