using Emulator.Core.Actors;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Linux.Cgroups;
using Emulator.Linux.Netlink;
using Emulator.Linux.Sockets;

namespace Emulator.Linux.Processes;

/// <summary>The processes of one network namespace: starts and kills them, and hands them their timers and
/// messages.</summary>
/// <remarks>In: <see cref="StartProcess"/>, <see cref="KillProcess"/>, <see cref="SetResolver"/>,
/// <see cref="RunExchange"/>, <see cref="ProcessTimer"/>, <see cref="SocketTimer"/>, <see cref="CpuDone"/>,
/// <see cref="OomKilled"/>, and what no kernel knows. Out: calls to processes.</remarks>
public sealed class ProcessTable(INetworkLayer network, SocketTable sockets, string namespaceName)
{
    /// <summary>Processes at once; one more is refused with a <see cref="ProcessExited"/> of code 1.</summary>
    public const int ProcessesMax = 65_536;

    /// <summary>What a process that was killed by SIGKILL ends with: 128 + 9.</summary>
    public const int KilledExitCode = 137;

    // In the order of their numbers, which only grow.
    private readonly List<ProcessContext> _processes = [];
    private long _lastPid;
    private ulong _lastFlow;

    /// <summary>How names are resolved.</summary>
    public ResolverConfiguration Resolver { get; set; } = ResolverConfiguration.None;

    /// <summary>Who is told when a process ends by itself; null when nobody cares.</summary>
    public ActorRef? ExitListener { get; set; }

    /// <summary>The owner of the machine's cgroups; null where there are none.</summary>
    public ActorRef? Cgroups { get; set; }

    /// <summary>The namespace's name: <c>NAMESPACE/POD</c>, or a host's name.</summary>
    public string NamespaceName { get; } = namespaceName;

    /// <summary>The sockets of the namespace.</summary>
    public SocketTable Sockets { get; } = sockets;

    /// <summary>The names of what runs, in the order it was started.</summary>
    public IEnumerable<string> ContainerNames => _processes.Select(p => p.ContainerName);

    internal INetworkLayer Network => network;

    /// <summary>Takes a message that the kernel itself does not know; false when no process wanted it either.</summary>
    public bool Receive(Message message, Outbox outbox)
    {
        switch (message)
        {
            case SocketTimer timer:
                Sockets.OnTimer(timer, outbox);
                break;
            case ProcessTimer timer:
                Receive(timer, outbox);
                break;
            case StartProcess start:
                Start(start, outbox);
                break;
            case CpuDone done when PlaceOf(done.Pid) is >= 0 and { } place:
                _processes[place].Process.OnCpuDone(done, _processes[place].Process.Enter(outbox));
                break;
            case OomKilled killed when PlaceOf(killed.Pid) is >= 0 and { } place:
                OomKill(_processes[place], outbox);
                break;
            case CpuDone or OomKilled:
                break; // Of a process that has ended.
            case MountCgroups mount:
                Cgroups = mount.Cgroups;
                break;
            case KillProcess kill:
                Kill(kill.ContainerName, outbox);
                break;
            case ReportExits report:
                ExitListener = report.Listener;
                break;
            case SetResolver set:
                Resolver = set.Resolver;
                break;
            case RunExchange run:
                StartProcess($"exchange-{_lastPid + 1}", new ExchangeClient(run), outbox);
                break;
            default:
                if (_processes.Count == 0)
                {
                    return false;
                }

                foreach (ProcessContext context in _processes.ToArray())
                {
                    context.Process.OnMessage(message, context.Process.Enter(outbox));
                }

                break;
        }

        return true;
    }

    /// <summary>Starts a container's program. One that runs under the name already is killed first.</summary>
    public void Start(string containerName, Program program, Outbox outbox) =>
        Start(new StartProcess(containerName, program), outbox);

    /// <summary>Starts a container's program in its cgroup. One that runs under the name already is killed
    /// first.</summary>
    public void Start(StartProcess start, Outbox outbox)
    {
        Kill(start.ContainerName, outbox);
        StartProcess(start.ContainerName, start.Program.Start(), outbox, start);
    }

    /// <summary>Kills a container's process (SIGKILL): its sockets close as on exit. False when it does not
    /// run.</summary>
    public bool Kill(string containerName, Outbox outbox)
    {
        ProcessContext? context = _processes.Find(p => p.ContainerName == containerName);
        if (context is null)
        {
            return false;
        }

        context.Process.OnKilled(context.Process.Enter(outbox));
        End(context, outbox);
        return true;
    }

    /// <summary>Asks a container's process to end (SIGTERM); what it does then is its own affair. False when it does
    /// not run.</summary>
    public bool Terminate(string containerName, Outbox outbox)
    {
        ProcessContext? context = _processes.Find(p => p.ContainerName == containerName);
        context?.Process.OnTerminate(context.Process.Enter(outbox));
        return context is not null;
    }

    /// <summary>Kills everything, in the order it was started.</summary>
    public void KillAll(Outbox outbox)
    {
        foreach (ProcessContext context in _processes.ToArray())
        {
            context.Process.OnKilled(context.Process.Enter(outbox));
            End(context, outbox);
        }
    }

    internal ulong NewFlow()
    {
        ulong flow = StableHash.Combine(network.Self.Id.Value, ++_lastFlow);
        return flow == 0 ? 1 : flow;
    }

    internal void StartTimer(ProcessContext context, int timer, SimTime deadline)
    {
        ref RearmingTimer<ProcessTimer> slot = ref context.Timers.Slot(timer);
        slot.Arm(network.Self, context.Pid, timer, deadline, context.Outbox);
    }

    internal static void StopTimer(ProcessContext context, int timer)
    {
        ref RearmingTimer<ProcessTimer> slot = ref context.Timers.Slot(timer);
        slot.Cancel();
    }

    internal void RunExchange(ExchangeRequest request, ProcessContext parent, int token, Outbox outbox) =>
        StartProcess($"{parent.ContainerName}/exchange", new ExchangeClient(request, parent, token), outbox);

    internal void Exit(ProcessContext context, int code)
    {
        if (PlaceOf(context.Pid) < 0)
        {
            return;
        }

        End(context, context.Outbox);
        if (ExitListener is not null && context.Process is not ExchangeClient)
        {
            context.Outbox.Send(ExitListener, new ProcessExited(NamespaceName, context.ContainerName, code)
            {
                Attempt = context.Attempt,
            });
        }
    }

    // SIGKILL: no handler runs, the kernel closes the sockets.
    private void OomKill(ProcessContext context, Outbox outbox)
    {
        context.Process.OnKilled(context.Process.Enter(outbox));
        End(context, outbox);
        if (ExitListener is not null)
        {
            outbox.Send(
                ExitListener,
                new ProcessExited(NamespaceName, context.ContainerName, KilledExitCode, OutOfMemory: true)
                {
                    Attempt = context.Attempt,
                });
        }
    }

    private void StartProcess(string containerName, Process process, Outbox outbox, StartProcess? placed = null)
    {
        if (_processes.Count >= ProcessesMax)
        {
            if (ExitListener is not null)
            {
                outbox.Send(ExitListener, new ProcessExited(NamespaceName, containerName, 1)
                {
                    Attempt = placed?.Attempt ?? 0,
                });
            }

            return;
        }

        string? cgroup = placed?.Cgroup;
        var context = new ProcessContext(this, ++_lastPid, containerName, process)
        {
            Cgroups = cgroup is null ? null : Cgroups,
            Attempt = placed?.Attempt ?? 0,
        };
        if (cgroup is not null && Cgroups is not null)
        {
            // It is placed: somebody asked for the cgroup.
            outbox.Send(Cgroups, new AddProcess(network.Self, context.Pid, cgroup, placed!.OomScoreAdjust)
            {
                Name = placed.Program.Name, Pids = placed.Pids, Sharing = placed.Sharing,
            });
        }

        process.Attach(context);
        _processes.Add(context);
        process.OnStart(process.Enter(outbox));
    }

    private void Receive(ProcessTimer message, Outbox outbox)
    {
        int place = PlaceOf(message.Pid);
        if (place < 0)
        {
            return;
        }

        ProcessContext context = _processes[place];
        ref RearmingTimer<ProcessTimer> slot = ref context.Timers.Slot(message.Timer);
        if (slot.Expired(network.Self, context.Pid, message.Timer, message, outbox))
        {
            context.Process.OnTimer(message.Timer, context.Process.Enter(outbox));
        }
    }

    private void End(ProcessContext context, Outbox outbox)
    {
        _processes.RemoveAt(PlaceOf(context.Pid));
        if (context.Cgroups is { } cgroups)
        {
            outbox.Send(cgroups, new RemoveProcess(network.Self, context.Pid));
        }

        if (context.Process is ExchangeClient)
        {
            // It closes its sockets itself; looking through all of them at the end of each exchange would be slow.
            return;
        }

        Sockets.CloseAll(context.Process, outbox);
        foreach (ProcessContext child in _processes.Where(p => IsChild(p, context)).ToArray())
        {
            child.Process.OnKilled(child.Process.Enter(outbox));
            End(child, outbox);
        }
    }

    // Where a process stands, or below zero. Most namespaces run one or two.
    private int PlaceOf(long pid)
    {
        int low = 0;
        int high = _processes.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            long at = _processes[middle].Pid;
            if (at == pid)
            {
                return middle;
            }

            (low, high) = at < pid ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    private static bool IsChild(ProcessContext context, ProcessContext parent) =>
        context.Process is ExchangeClient client && ReferenceEquals(client.Parent, parent);
}
