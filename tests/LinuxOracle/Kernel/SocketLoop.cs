using Emulator.LinuxOracle.Tests.Steps;

namespace Emulator.LinuxOracle.Tests.Kernel;

/// <summary>All sockets of all namespaces of the real world, and the thread that waits for them. It does for the steps
/// what the puppets do in the emulator.</summary>
internal sealed unsafe class SocketLoop : IDisposable
{
    private readonly object _gate = new();
    private readonly List<KernelSocket> _sockets = [];
    private readonly Transcript _seen = new();
    private readonly SocketEvents _events;
    private readonly Thread _thread;
    private readonly int _wake;
    private volatile Exception? _failure;
    private bool _isOver;

    public SocketLoop()
    {
        _events = new SocketEvents(this);
        _wake = Libc.Check(Libc.EventFd(0, Libc.SockNonBlock | Libc.SockCloexec), "eventfd");
        _thread = new Thread(Wait) { IsBackground = true, Name = "sockets" };
        _thread.Start();
    }

    /// <summary>Where what comes is noted.</summary>
    /// <exception cref="InvalidOperationException">The loop's thread has failed, and notes nothing more.</exception>
    public Transcript Seen =>
        _failure is null ? _seen : throw new InvalidOperationException("The sockets' loop has failed.", _failure);

    /// <summary>Told when something has been noted, and when the loop has failed, on the loop's thread.</summary>
    public Action? Changed { get; set; }

    /// <summary>Does a step at a host.</summary>
    public void Do(NetnsThread at, OracleStep step)
    {
        lock (_gate)
        {
            SocketSteps.Do(this, at, step);
        }

        Wake();
    }

    /// <summary>An echo server, as pods run one: TCP and UDP, understood by <c>AskedReply</c>.</summary>
    public void Serve(NetnsThread at, int tcpPort, int udpPort)
    {
        lock (_gate)
        {
            KernelSocket tcp = Add(at.Run(() => KernelSocket.Open("", SocketKind.Listener)));
            Libc.Check(-tcp.Bind("", tcpPort), "bind");
            Libc.Check(Libc.Listen(tcp.Fd, 128), "listen");
            KernelSocket udp = Add(at.Run(() => KernelSocket.Open("", SocketKind.Udp)));
            Libc.Check(-udp.Bind("", udpPort), "bind");
        }

        Wake();
    }

    /// <summary>Closes all sockets that have a name, and the servers' connections, with a reset.</summary>
    public void CloseAll()
    {
        lock (_gate)
        {
            foreach (KernelSocket socket in _sockets.Where(s => s.Name != "" || s.Kind == SocketKind.Connection)
                .ToArray())
            {
                if (socket.Kind == SocketKind.Connection)
                {
                    socket.SetLingerZero();
                }

                Remove(socket);
            }
        }

        Wake(); // What is being polled closes when poll(2) lets go of it.
    }

    public void Dispose()
    {
        CloseAll();
        _isOver = true;
        Wake();
        _thread.Join();
        foreach (KernelSocket socket in _sockets)
        {
            Libc.Close(socket.Fd);
        }

        Libc.Close(_wake);
    }

    /// <summary>Takes a socket in; under the gate.</summary>
    internal KernelSocket Add(KernelSocket socket)
    {
        _sockets.Add(socket);
        return socket;
    }

    /// <summary>Closes a socket; under the gate.</summary>
    internal void Remove(KernelSocket socket)
    {
        _sockets.Remove(socket);
        Libc.Close(socket.Fd);
    }

    /// <summary>The socket of a name; under the gate.</summary>
    internal KernelSocket Find(string name) => _sockets.Find(s => s.Name == name)
        ?? throw new InvalidOperationException($"{name} is not open in the real kernel.");

    private void Wake()
    {
        ulong one = 1;
        Libc.Write(_wake, &one, sizeof(ulong));
    }

    private void Wait()
    {
        try
        {
            while (!_isOver)
            {
                WaitOnce();
            }
        }
        catch (Exception failure)
        {
            // On a thread of its own it would end the process: whoever asks for what was seen is told.
            _failure = failure;
            Changed?.Invoke();
        }
    }

    private void WaitOnce()
    {
        KernelSocket[] sockets;
        lock (_gate)
        {
            sockets = [.. _sockets];
        }

        var polled = new Libc.PollFd[sockets.Length + 1];
        for (int i = 0; i < sockets.Length; i++)
        {
            KernelSocket s = sockets[i];
            polled[i] = new Libc.PollFd
            {
                Fd = s.IsGone ? -1 : s.Fd, // poll(2) passes over those, and tells of errors unasked.
                Events = (short)(s.IsConnecting ? Libc.PollOut : s.IsPaused || s.IsEnded ? 0 : Libc.PollIn),
            };
        }

        polled[^1] = new Libc.PollFd { Fd = _wake, Events = Libc.PollIn };
        fixed (Libc.PollFd* fds = polled)
        {
            Libc.Poll(fds, (nuint)polled.Length, -1);
        }

        ulong count;
        Libc.Read(_wake, &count, sizeof(ulong));
        lock (_gate)
        {
            for (int i = 0; i < sockets.Length; i++)
            {
                if (polled[i].Revents != 0 && _sockets.Contains(sockets[i]))
                {
                    _events.Handle(sockets[i], polled[i].Revents);
                }
            }
        }

        Changed?.Invoke();
    }
}
