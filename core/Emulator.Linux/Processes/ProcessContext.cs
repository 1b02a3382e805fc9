using System.Diagnostics.CodeAnalysis;
using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Packets;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Linux.Cgroups;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Processes;

/// <summary>What a process may call while it handles an event: sockets, timers, exchanges, the outbox.</summary>
public sealed class ProcessContext
{
    private readonly ProcessTable _table;
    private Outbox? _outbox;

    internal ProcessContext(ProcessTable table, long pid, string containerName, Process process)
    {
        _table = table;
        Pid = pid;
        ContainerName = containerName;
        Process = process;
    }

    /// <summary>Where the process' messages and journal entries go.</summary>
    public Outbox Outbox
    {
        get => _outbox ?? throw new InvalidOperationException("a process acts only while it handles an event");
        internal set => _outbox = value;
    }

    /// <summary>Virtual time of the event.</summary>
    public SimTime Now => Outbox.Now;

    /// <summary>The actor of the namespace: where others address messages for this process.</summary>
    public ActorRef Self => _table.Network.Self;

    /// <summary>The process' number, unique in its namespace.</summary>
    public long Pid { get; }

    /// <summary>The container that it is, or the name that it was started under.</summary>
    public string ContainerName { get; }

    /// <summary>How often its container was started before it.</summary>
    internal int Attempt { get; init; }

    /// <summary>The namespace's name: <c>NAMESPACE/POD</c>, or a host's name.</summary>
    public string NamespaceName => _table.NamespaceName;

    /// <summary>How names are resolved here.</summary>
    public ResolverConfiguration Resolver => _table.Resolver;

    internal Process Process { get; }

    /// <summary>The id that the next packet sent here will have.</summary>
    internal ulong UpcomingPacketId => _table.Network.UpcomingPacketId;

    /// <summary>The owner of its cgroup; null where it is in none.</summary>
    internal ActorRef? Cgroups { get; init; }

    internal ProcessTimers Timers { get; } = new();

    /// <summary>The process' dice for a purpose. Call once and keep the stream: each call starts it anew.</summary>
    public RandomStream Dice(string purpose) => RandomStream.For(Outbox.Seed, Self.Id, $"{ContainerName}/{purpose}");

    /// <summary>A flow id that no other exchange of the run has: the trace id of an exchange that begins
    /// here.</summary>
    public ulong NewFlow() => _table.NewFlow();

    /// <summary>Sets one of the process' timers; it calls <see cref="Process.OnTimer"/>. Setting it again moves
    /// it.</summary>
    public void StartTimer(int timer, SimDuration delay) => _table.StartTimer(this, timer, Now + delay);

    /// <summary>Stops one of the process' timers.</summary>
    public void StopTimer(int timer) => ProcessTable.StopTimer(this, timer);

    /// <summary>Opens a UDP socket on a port (0 for an ephemeral one) and an address of the namespace's own, by default
    /// any.</summary>
    public bool TryBindUdp(
        ushort port, [NotNullWhen(true)] out UdpSocket? socket, out SocketError error,
        IPv4Address address = default) =>
        _table.Sockets.TryBindUdp(new Endpoint(address, port), Process, out socket, out error);

    /// <summary>Sends a datagram.</summary>
    public SocketError Send(UdpSocket socket, Endpoint destination, Payload bytes, ulong flow, bool isReply = false) =>
        socket.Send(destination, bytes, flow, isReply, Outbox);

    /// <summary>Listens on any address and a TCP port.</summary>
    public bool TryListenTcp(
        ushort port, [NotNullWhen(true)] out TcpListener? listener, out SocketError error,
        int backlog = SocketLimits.BacklogDefault) =>
        _table.Sockets.TryListenTcp(new Endpoint(IPv4Address.Any, port), Process, out listener, out error, backlog);

    /// <summary>Begins a TCP connection; <see cref="Process.OnConnected"/> or <see cref="Process.OnFailed"/> follows
    /// when true.</summary>
    public bool TryConnectTcp(
        Endpoint remote, ulong flow, [NotNullWhen(true)] out TcpConnection? connection, out SocketError error,
        TcpConnectOptions options = default) =>
        _table.Sockets.TryConnectTcp(remote, flow, Process, Outbox, out connection, out error, options);

    /// <summary>Sends bytes over a connection; false when it takes no more now.</summary>
    public bool Send(TcpConnection connection, Payload bytes) => connection.Send(bytes, Outbox);

    /// <summary>Closes a connection.</summary>
    public void Close(TcpConnection connection) => connection.Close(Outbox);

    /// <summary>Resets a connection.</summary>
    public void Abort(TcpConnection connection) => connection.Abort(Outbox);

    /// <summary>Opens an echo socket with an identifier (0 for a free one); null when it is taken or none is
    /// free.</summary>
    public PingSocket? OpenPing(ushort identifier = 0) => _table.Sockets.OpenPing(Process, identifier);

    /// <summary>Runs an exchange as a client; <see cref="Process.OnExchange"/> follows with the token.</summary>
    public void RunExchange(ExchangeRequest request, int token) => _table.RunExchange(request, this, token, Outbox);

    /// <summary>Spends CPU time on one thread; <see cref="Process.OnCpuDone"/> follows with the token. Outside of
    /// cgroups a core is always free.</summary>
    public void RunCpu(long nanoseconds, int token)
    {
        if (Cgroups is not null)
        {
            Outbox.Send(Cgroups, new RunCpu(Self, Pid, nanoseconds, token));
        }
        else
        {
            var finished = Now + new SimDuration(nanoseconds);
            var done = new CpuDone(Pid, token, nanoseconds, Now, finished, SimDuration.Zero);
            Outbox.Send(Self, done, nanoseconds);
        }
    }

    /// <summary>Takes memory, or gives it back (negative). Outside of cgroups nobody counts.</summary>
    public void ChargeMemory(long bytes) => TellCgroups(new ChargeMemory(Self, Pid, bytes));

    /// <summary>Takes so many bytes a second from now on.</summary>
    public void LeakMemory(long bytesPerSecond) => TellCgroups(new LeakMemory(Self, Pid, bytesPerSecond));

    /// <summary>Reads files into the page cache of its cgroup.</summary>
    public void ChargePageCache(long bytes) => TellCgroups(new ChargePageCache(Self, Pid, bytes));

    /// <summary>Sends a message to another actor of this machine.</summary>
    public void Tell(ActorRef to, Message message, long delayNanoseconds = 0) =>
        Outbox.Send(to, message, delayNanoseconds);

    /// <summary>Ends the process with an exit code: its sockets close, nothing calls it any more.</summary>
    public void Exit(int code) => _table.Exit(this, code);

    private void TellCgroups(CgroupMessage message)
    {
        if (Cgroups is not null)
        {
            Outbox.Send(Cgroups, message);
        }
    }
}
