using Emulator.Core.Actors;
using Emulator.Core.Journal;
using Emulator.Core.Time;
using Emulator.Linux.Cgroups.Cpu;
using Emulator.Linux.Cgroups.Memory;
using Emulator.Linux.Namespaces;
using Emulator.Linux.Netlink;

namespace Emulator.Linux.Cgroups;

/// <summary>The owner of a machine's cgroup hierarchy, of its processors and its memory.</summary>
/// <remarks>
/// A write that the kernel would refuse is our bug, since only the kubelet writes here: it throws. One timer for the
/// processors and one for memory; neither runs while nothing changes.
/// In: <see cref="CgroupMessage"/> from the kubelet and from processes, <see cref="Dump"/>. Out: <see cref="CpuDone"/>
/// and <see cref="OomKilled"/> to the processes' namespaces, <see cref="MountCgroups"/> to the machine's root,
/// <see cref="UsagePassed"/>, <see cref="UsageReport"/> and <see cref="SystemOom"/> to the kubelet.
/// </remarks>
public sealed class CgroupsActor : Actor
{
    private const int CpuTimer = 0;
    private const int MemoryTimer = 1;
    private const int WatchTimer = 2;

    private readonly ActorRef? _host;
    private readonly CgroupMachine _machine;
    private readonly CgroupProcesses _processes = new();
    private readonly Dictionary<long, CgroupWork> _work = [];
    private WatchUsage? _watch;
    private ActorRef? _watcher;
    private LazyTimer _cpuTimer;
    private LazyTimer _memoryTimer;
    private LazyTimer _watchTimer;

    /// <summary>A machine's cgroups, without any.</summary>
    /// <param name="self">Its address.</param>
    /// <param name="host">The machine's root, which is told; null for nobody.</param>
    /// <param name="cpu">The processors; null for the defaults.</param>
    /// <param name="memoryBytes">The RAM; 16 GiB by default.</param>
    public CgroupsActor(
        ActorRef self, ActorRef? host = null, CpuOptions? cpu = null, long memoryBytes = 16L << 30)
        : base(self)
    {
        _host = host;
        _machine = new CgroupMachine(cpu ?? new CpuOptions(), memoryBytes);
    }

    /// <summary>The hierarchy, for tests and reports of a run that stands still.</summary>
    public CgroupTree Tree => _machine.Tree;

    /// <inheritdoc/>
    public override void OnStart(Outbox outbox)
    {
        if (_host is not null)
        {
            outbox.Send(_host, new MountCgroups(Self));
        }
    }

    /// <inheritdoc/>
    public override void Receive(Message message, int port, Outbox outbox)
    {
        if (message is TimerMessage timer && !IsDue(timer, outbox))
        {
            return;
        }

        if (message is Dump dump)
        {
            Answer(dump, outbox);
            return; // Looking changes nothing.
        }

        if (message is ShowNamespaces show)
        {
            Answer(LsnsListing.Write(_processes.All.Where(p => p.Owner == show.Owner), isMachine: false), outbox);
            return;
        }

        // What was due before comes first, whichever message of this instant was delivered first.
        Happen(outbox);
        Apply(message, outbox);
        Happen(outbox);
        Arm(outbox);
        if (message is not (RunCpu or TimerMessage { Purpose: CpuTimer }))
        {
            ArmWatch(outbox); // CPU time changes nobody's memory, and there is much of it.
        }
    }

    private bool IsDue(TimerMessage timer, Outbox outbox) => timer.Purpose switch
    {
        CpuTimer => _cpuTimer.Expired(Self, timer, outbox),
        MemoryTimer => _memoryTimer.Expired(Self, timer, outbox),
        _ => _watchTimer.Expired(Self, timer, outbox),
    };

    private void Apply(Message message, Outbox outbox)
    {
        switch (message)
        {
            case RunCpu run:
                Run(run, outbox);
                break;
            case ChargeMemory charge when _processes.TryGet(charge.Owner, charge.Pid, out CgroupProcess? process):
                _machine.Memory.Charge(process.Memory, charge.Bytes, outbox.Now);
                break;
            case LeakMemory leak when _processes.TryGet(leak.Owner, leak.Pid, out CgroupProcess? process):
                _machine.Memory.Leak(process.Memory, leak.BytesPerSecond, outbox.Now);
                break;
            case ChargePageCache charge when _processes.TryGet(charge.Owner, charge.Pid, out CgroupProcess? process):
                _machine.Memory.ChargeCache(process.Path, charge.Bytes, outbox.Now);
                break;
            case AddProcess add when _machine.Tree.Contains(add.Path):
                _processes.Add(add, _machine.Memory.AddProcess(add.Path, add.OomScoreAdjust), PidsFor(add));
                break;
            case WatchUsage watch:
                (_watch, _watcher) = (watch, watch.Watcher);
                break;
            case ReadUsage read:
                outbox.Send(read.Reader, new UsageReport([.. _processes.All.Select(p => new ProcessUsage(
                    p.Path, _machine.Memory.HeldBy(p.Memory, outbox.Now), p.Pids))]));
                break;
            case RemoveProcess remove when _processes.TryGet(remove.Owner, remove.Pid, out CgroupProcess? process):
                _machine.Memory.RemoveProcess(process.Memory, outbox.Now);
                End(process, outbox);
                break;
            case WriteCgroup write:
                Write(write, outbox);
                break;
            case RemoveCgroup remove:
                Remove(remove.Path, outbox);
                break;
            case CgroupMessage or TimerMessage:
                break; // Of a process or cgroup that is gone; or a timer, whose work is done.
            default:
                throw new System.Diagnostics.UnreachableException($"{Self}: {message.GetType().Name}");
        }
    }

    private void Run(RunCpu run, Outbox outbox)
    {
        if (_processes.TryGet(run.Owner, run.Pid, out CgroupProcess? process))
        {
            long task = _machine.Cpu.Enqueue(process.Path, run.Nanoseconds, outbox.Now);
            process.Tasks.Add(task);
            _work.Add(task, new CgroupWork(process, run.Token, run.Nanoseconds));
        }
    }

    private void Happen(Outbox outbox)
    {
        _machine.Memory.Advance(outbox.Now);
        while (_machine.Memory.TryTake(out OomKill kill))
        {
            CgroupProcess victim = _processes.OfMemory(kill.Process);
            outbox.Journal.Write(new JournalEntry
            {
                TimeNanoseconds = kill.At.Nanoseconds,
                Actor = Self,
                Kind = JournalKind.Note,
                Subject = "oom-kill",
                A = victim.HostPid,
                B = victim.OomScoreAdjust,
            });
            End(victim, outbox);
            outbox.Send(victim.Owner, new OomKilled(victim.Pid, kill.LimitedPath));
            if (kill.LimitedPath == "/" && _watcher is not null)
            {
                outbox.Send(_watcher, new SystemOom(victim.HostPid, victim.Name));
            }
        }

        _machine.Cpu.Advance(outbox.Now);
        while (_machine.Cpu.TryTake(out CpuCompletion done))
        {
            if (_work.Remove(done.Task, out CgroupWork work))
            {
                work.Process.Tasks.Remove(done.Task);
                outbox.Send(work.Process.Owner, new CpuDone(
                    work.Process.Pid, work.Token, work.Nanoseconds, done.Started, done.Finished, done.Throttled));
            }
        }
    }

    private void Arm(Outbox outbox)
    {
        if (_machine.Cpu.NextEvent is { } cpu)
        {
            _cpuTimer.Arm(Self, CpuTimer, cpu, outbox);
        }
        else
        {
            _cpuTimer.Cancel();
        }

        if (_machine.Memory.NextEvent is { } memory)
        {
            _memoryTimer.Arm(Self, MemoryTimer, memory, outbox);
        }
        else
        {
            _memoryTimer.Cancel();
        }

    }

    private void ArmWatch(Outbox outbox)
    {
        if (_watch is not { } watch)
        {
            return;
        }

        SimTime? passes = null;
        foreach (MemoryLevel level in watch.Levels)
        {
            if (_machine.Memory.PassesAt(level.Path, level.Bytes, outbox.Now) is { } at
                && (passes is null || at < passes.Value))
            {
                passes = at;
            }
        }

        if (_processes.Pids > watch.Pids || (passes is { } first && first <= outbox.Now))
        {
            outbox.Send(watch.Watcher, new UsagePassed());
            _watch = null;
            _watchTimer.Cancel();
        }
        else if (passes is { } due)
        {
            _watchTimer.Arm(Self, WatchTimer, due, outbox);
        }
        else
        {
            _watchTimer.Cancel();
        }
    }

    // At least its own, since a container without any does not exist.
    private long PidsFor(AddProcess add)
    {
        long left = add.Pids;
        for (string path = add.Path; path.Length > 0; path = path[..path.LastIndexOf('/')])
        {
            if (_machine.Tree.Read(path, CgroupFiles.PidsMax) is { } max && max != "max")
            {
                long most = long.Parse(max, System.Globalization.CultureInfo.InvariantCulture);
                left = Math.Min(left, most - _processes.AtOrBelow(path).Sum(p => p.Pids));
            }
        }

        return Math.Max(1, left);
    }

    private void End(CgroupProcess process, Outbox outbox)
    {
        foreach (long task in process.Tasks)
        {
            _machine.Cpu.Cancel(task, outbox.Now);
            _work.Remove(task);
        }

        _processes.Remove(process);
    }

    private void Remove(string path, Outbox outbox)
    {
        foreach (CgroupProcess process in _processes.AtOrBelow(path))
        {
            _machine.Memory.RemoveProcess(process.Memory, outbox.Now);
            End(process, outbox);
        }

        _processes.Forget(path);
        _machine.Remove(path, outbox.Now);
    }

    private void Write(WriteCgroup write, Outbox outbox)
    {
        if (!_machine.Create(write.Path))
        {
            throw new InvalidOperationException($"{Self}: no room for {write.Path} among {Tree.Count} cgroups");
        }

        foreach (CgroupSetting setting in write.Settings)
        {
            if (!_machine.Write(write.Path, setting, outbox.Now))
            {
                throw new InvalidOperationException(
                    $"{Self}: {write.Path}/{setting.File} does not take '{setting.Value}'");
            }
        }
    }

    private void Answer(Dump dump, Outbox outbox) => Answer(
        dump.Command == Listing.Namespaces
            ? LsnsListing.Write(_processes.All, isMachine: true)
            : CgroupListing.Write(_machine, _processes, dump.Command, outbox.Now),
        outbox);

    private void Answer(string text, Outbox outbox) => outbox.Journal.Write(new JournalEntry
    {
        TimeNanoseconds = outbox.Now.Nanoseconds,
        Actor = Self,
        Kind = JournalKind.CommandOutput,
        Subject = text,
    });
}
