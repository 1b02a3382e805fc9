using Emulator.Core.Actors;
using Emulator.Core.Addresses;
using Emulator.Core.Journal;
using Emulator.Core.Packets;
using Emulator.Core.Time;
using Emulator.Linux.Cgroups;
using Emulator.Linux.Cgroups.Cpu;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;
using Emulator.Linux.Tests.Sockets;

namespace Emulator.Linux.Tests.Processes;

/// <summary>A server whose requests cost CPU, in a cgroup of a machine of one core. Latencies by arithmetic: 50 µs a
/// way; a TCP exchange takes the handshake's two ways before the request.</summary>
public sealed class WorkerServerTests
{
    private const long Millisecond = 1_000_000;
    private const string Path = "/kubepods/pod1/app";
    private readonly TwoHosts _world = new();
    private readonly List<Message> _exits = [];
    private int _askers;
    private readonly CgroupsActor _cgroups;

    public WorkerServerTests()
    {
        var self = new ActorRef("cgroups/node-1", "", _world.Server.Self.Machine);
        _cgroups = new CgroupsActor(self, null, new CpuOptions { Cores = 1 });
        _world.Cgroups = _cgroups;
        _world.Server.Processes.Cgroups = self;
        _world.Outbox.Journal.Detail = true;
    }

    [Fact]
    public void An_answer_comes_when_its_cpu_time_was_had()
    {
        Start(new ServerBehaviour { CpuPerRequestNanoseconds = 10 * Millisecond });
        Assert.Equal(10_100_000, Ask(ExchangeKind.Udp, 5353).Latency.Nanoseconds);
    }

    /// <summary>The quota's grid begins at 0, when it is written; the request arrives at 50 µs, so its first period
    /// is 50 µs shorter: 420 ms of the grid, then 50 µs back.</summary>
    [Fact]
    public void A_limit_of_200m_shows_its_throttled_time_on_the_answering_packet()
    {
        Start(
            new ServerBehaviour { CpuPerRequestNanoseconds = 100 * Millisecond },
            new CgroupSetting(CgroupFiles.CpuMax, "20000 100000"));
        ExchangeResult result = Ask(ExchangeKind.Udp, 5353);
        Assert.Equal((420 * Millisecond) + 50_000, result.Latency.Nanoseconds);
        JournalEntry spent = Assert.Single(_world.Journal(JournalKind.Cpu));
        Assert.Equal((320 * Millisecond) - 50_000, spent.A);
        Assert.Equal(100 * Millisecond, spent.B);
        Assert.Equal(_world.Sent[^1].Packet.Identity.Packet, spent.Packet);
        Assert.Equal(
            "cpu 100.000000ms throttled 319.950000ms contended 0.000000ms queued 0.000000ms",
            ((IDescribed)spent.Subject!).Describe()); // The entry has one.
        // Four ends of periods while throttled, two more until the timer sleeps.
        Assert.Contains("nr_periods 6\nnr_throttled 4\nthrottled_usec 319950\n", Cat($"{Path}/cpu.stat"));
    }

    [Fact]
    public void Http_is_answered_late_and_the_connection_closes_after_the_answer()
    {
        Start(new ServerBehaviour { CpuPerRequestNanoseconds = 5 * Millisecond });
        ExchangeResult result = Ask(ExchangeKind.Http, 8080);
        Assert.Equal((ExchangeOutcome.Reply, 200), (result.Outcome, result.Status));
        Assert.Equal(5_200_000, result.Latency.Nanoseconds);
    }

    /// <summary>Three at once with one worker: 10, 20, 30 ms; without a limit all share until 30 ms.</summary>
    [Theory]
    [InlineData(1, "10 20 30")]
    [InlineData(2, "20 20 30")]
    [InlineData(0, "30 30 30")]
    public void Workers_take_waiting_connections_in_their_order(int concurrency, string milliseconds)
    {
        Start(new ServerBehaviour { CpuPerRequestNanoseconds = 10 * Millisecond, Concurrency = concurrency });
        Assert.Equal(milliseconds, Latencies(AskAll(ExchangeKind.Tcp, 8080, 3), 200_000));
        Assert.Equal(milliseconds, Latencies(AskAll(ExchangeKind.Udp, 5353, 3), 100_000));
    }

    /// <summary>Four SYNs at once find a backlog of two: two are dropped, and sent again after 1 s.</summary>
    [Fact]
    public void A_full_backlog_drops_the_next_syn()
    {
        Start(new ServerBehaviour { CpuPerRequestNanoseconds = 10 * Millisecond, Concurrency = 1, Backlog = 2 });
        Assert.Equal("10 20 1010 1020", Latencies(AskAll(ExchangeKind.Tcp, 8080, 4), 200_000));
        Assert.Equal(
            [DropReason.ListenOverflow, DropReason.ListenOverflow],
            _world.Journal(JournalKind.Dropped).Select(d => d.Reason));
    }

    /// <summary>One worker is busy for 10 s; backlog one: the second waits, the third's SYN finds no room.</summary>
    [Fact]
    public void Connections_that_nobody_accepted_count_against_the_backlog()
    {
        Start(new ServerBehaviour { CpuPerRequestNanoseconds = 10_000 * Millisecond, Concurrency = 1, Backlog = 1 });
        for (int i = 0; i < 3; i++)
        {
            AskAll(ExchangeKind.Tcp, 8080, 1, within: SimDuration.FromMilliseconds(900));
        }

        Assert.Equal(
            [DropReason.ListenOverflow], _world.Journal(JournalKind.Dropped).Select(d => d.Reason));
    }

    /// <summary>10 MiB held, 1 MiB lost a request, limit 12 MiB: the third request's loss is too much.</summary>
    [Fact]
    public void A_server_that_leaks_is_killed_and_ends_with_137()
    {
        Start(
            new ServerBehaviour { MemoryBytes = 10 << 20, LeakPerRequestBytes = 1 << 20 },
            new CgroupSetting(CgroupFiles.MemoryMax, "12582912"));
        _world.Server.Processes.ExitListener = _world.Client.Self;
        Assert.Equal(ExchangeOutcome.Reply, Ask(ExchangeKind.Udp, 5353).Outcome);
        Assert.Equal(ExchangeOutcome.Reply, Ask(ExchangeKind.Udp, 5353).Outcome);
        Assert.Equal("12582912\n", Cat($"{Path}/memory.current"));
        Assert.Equal(["app"], _world.Server.Processes.ContainerNames);
        Ask(ExchangeKind.Udp, 5353);
        Assert.Empty(_world.Server.Processes.ContainerNames);
        Assert.Equal(
            new ProcessExited("default/server", "app", 137, OutOfMemory: true),
            Assert.Single(_exits.Distinct()));
        Assert.Contains("oom_kill 1\n", Cat($"{Path}/memory.events"));
        Assert.Equal("0\n", Cat($"{Path}/memory.current"));
        Assert.Equal("", Cat($"{Path}/cgroup.procs"));
    }

    [Fact]
    public void Its_process_is_seen_in_the_cgroup_with_its_score()
    {
        Start(new ServerBehaviour { BurnThreads = 1 });
        Assert.Equal("1001\n", Cat($"{Path}/cgroup.procs"));
        Assert.Equal("500\n", Dump("cat /proc/1001/oom_score_adj"));
        Assert.Equal("0::/kubepods/pod1/app\n", Dump("cat /proc/1001/cgroup"));
        Assert.Equal("usage_usec 1000000\nuser_usec 1000000\nsystem_usec 0\n", Dump("cat /sys/fs/cgroup/cpu.stat"));
        Assert.Equal("100\n", Dump("cat /sys/fs/cgroup/*/cpu.weight"));
        Assert.Equal(
            "==> /sys/fs/cgroup/kubepods/cpu.max <==\nmax 100000\n\n"
            + "==> /sys/fs/cgroup/kubepods/cpu.max.burst <==\n0\n",
            Dump("cat /sys/fs/cgroup/kubepods/cpu.max*"));
        Assert.Equal("cat: /sys/fs/cgroup/nope/cpu.stat: No such file or directory\n", Cat("/nope/cpu.stat"));
    }

    private void Start(ServerBehaviour behaviour, params CgroupSetting[] settings)
    {
        _cgroups.Receive(new WriteCgroup(Path, settings), 0, _world.Outbox);
        var program = new EchoServer("default/server", [8080], [5353]) { Behaviour = behaviour };
        _world.Server.Receive(new StartProcess("app", program) { Cgroup = Path, OomScoreAdjust = 500 });
        _world.RunFor(behaviour.BurnThreads > 0 ? SimDuration.FromSeconds(1) : SimDuration.Zero);
    }

    private static string Latencies(List<ExchangeResult> results, long ways) => string.Join(
        ' ', results.Select(r => (r.Latency.Nanoseconds - ways) / Millisecond));

    private ExchangeResult Ask(ExchangeKind kind, ushort port) => AskAll(kind, port, 1)[0];

    private List<ExchangeResult> AskAll(ExchangeKind kind, ushort port, int count, SimDuration? within = null)
    {
        var asking = new AskingProcess(new ExchangeRequest
        {
            Kind = kind, Host = "10.244.1.3", Port = port, Bytes = new FillerPayload(4),
            Timeout = SimDuration.FromSeconds(3),
        }, count, _exits);
        _world.Client.Processes.Start($"client-{++_askers}", new AskingProgram(asking), _world.Outbox);
        _world.RunFor(within ?? SimDuration.FromSeconds(5));
        return [.. asking.Results];
    }

    private string Cat(string path) => Dump($"cat /sys/fs/cgroup{path}");

    private string Dump(string command)
    {
        _cgroups.Receive(new Dump(command), 0, _world.Outbox);
        return (string)_world.Journal(JournalKind.CommandOutput)[^1].Subject!; // Just written.
    }

    private sealed record AskingProgram(AskingProcess Process) : Program
    {
        public override string Name => "asking";

        public override Process Start() => Process;
    }

    private sealed class AskingProcess(ExchangeRequest request, int count, List<Message> heard) : Process
    {
        public ExchangeResult[] Results { get; } = new ExchangeResult[count];

        public override void OnStart(ProcessContext context)
        {
            for (int i = 0; i < count; i++)
            {
                context.RunExchange(request, i);
            }
        }

        public override void OnMessage(Message message, ProcessContext context) => heard.Add(message);

        public override void OnExchange(int token, ExchangeResult result, ProcessContext context) =>
            Results[token] = result;
    }
}
