using System.Diagnostics;
using Emulator.Client.Tests.Lab;
using Emulator.LinuxOracle.Tests.Emulated;
using Emulator.LinuxOracle.Tests.Scenarios;
using Emulator.LinuxOracle.Tests.Steps;

namespace Emulator.LinuxOracle.Tests.Kernel;

/// <summary>A scenario in the real kernel: frames as text, and whatever else was seen.</summary>
internal sealed record KernelSight(
    IReadOnlyList<string> App, IReadOnlyList<string> Conntrack, IReadOnlyList<SeenFrame> Frames);

/// <summary>The real kernel's side of the oracle: one topology, in which scenarios run one after another.</summary>
internal sealed class KernelWorld : IDisposable
{
    // How long nothing must have been heard before the world counts as quiet, and how long a step is waited for beyond
    // its own time. The latter is spent only where the worlds differ.
    private const int QuietMilliseconds = 3;
    private const int LastQuietMilliseconds = 50;
    private const int PatienceMilliseconds = 1_500;

    // An orphan sends its last FIN after some of its timeouts, which are at their longest where it was not answered for
    // a whole scenario.
    private const int OrphansMilliseconds = 30_000;

    private readonly object _gate = new();
    private readonly KernelTopology _topology;
    private readonly FrameTap _tap;
    private readonly SocketLoop _sockets = new();
    private readonly KernelChanges _changes;

    /// <summary>Builds the topology of a cluster in the emulator.</summary>
    public KernelWorld(EmulatedWorld model)
    {
        _topology = new KernelTopology(model);
        _changes = new KernelChanges(_topology);
        _tap = new FrameTap(_topology.Hosts.Values) { Heard = Pulse };
        _sockets.Changed = Pulse;
        foreach (NetnsThread pod in _topology.Hosts.Values.Where(h => h.Name[0] == 'p'))
        {
            _sockets.Serve(pod, 8080, 5353);
        }
    }

    /// <summary>The rules of a node as the emulator wrote them for the real kernel.</summary>
    public string LoadedRules(string node) => _topology.Rules[node];

    /// <summary>The rules of a node as the real iptables-save writes them.</summary>
    public string SavedRules(string node) => _topology.Hosts[node].SavedRules();

    /// <summary>Makes a scenario.</summary>
    /// <param name="scenario">What to do.</param>
    /// <param name="yields">What each step brought in the emulator.</param>
    public KernelSight Make(OracleScenario scenario, IReadOnlyList<StepYield> yields)
    {
        try
        {
            Settle();
            Dictionary<string, string> owners = new(StringComparer.Ordinal);
            foreach (OracleStep step in scenario.Prepare)
            {
                Do(step, owners);
                Quiet(QuietMilliseconds);
            }

            foreach (NetnsThread host in _topology.Hosts.Values)
            {
                KernelConntrack.Flush(host);
            }

            _tap.Clear();
            for (int i = 0; i < scenario.Steps.Length; i++)
            {
                long started = Stopwatch.GetTimestamp();
                OracleStep step = scenario.Steps[i];
                StepYield yield = yields[i];
                Do(step, owners);
                WaitUntil(
                    () => _tap.Count >= yield.Frames && _sockets.Seen.Count >= yield.Seen,
                    step.Settle + PatienceMilliseconds);
                if (step is OracleStep.Wait)
                {
                    int left = step.Settle - (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                    WaitUntil(() => false, Math.Max(0, left));
                }

                Quiet(QuietMilliseconds);
            }

            Quiet(LastQuietMilliseconds);
            return new KernelSight(
                _sockets.Seen.Lines,
                [.. Neighbourhood.Nodes.SelectMany(
                    n => KernelConntrack.List(_topology.Hosts[n]).Select(l => $"{n} {l}"))],
                [.. _tap.Frames.Select(TappedFrames.Decode)]);
        }
        finally
        {
            _sockets.CloseAll();
            _changes.Undo();
        }
    }

    public void Dispose()
    {
        _sockets.Dispose();
        _tap.Dispose();
        foreach (NetnsThread host in _topology.Hosts.Values)
        {
            host.Dispose();
        }
    }

    // The state that every scenario begins with.
    private void Settle()
    {
        _sockets.Seen.Clear();
        EndOrphans();
        foreach (NetnsThread host in _topology.Hosts.Values)
        {
            KernelNeighbours.ForgetUnanswered(host);
        }

        foreach (string node in Neighbourhood.Nodes)
        {
            _topology.Hosts[node].Run(ForgetClients);
        }

        Quiet(QuietMilliseconds);
        foreach (IGrouping<string, Neighbour> at in Neighbourhood.Of(_topology.Devices).GroupBy(n => n.At))
        {
            KernelNeighbours.Confirm(_topology.Hosts[at.Key], [.. at]);
        }

        foreach ((string from, string to) in Neighbourhood.Pings)
        {
            _sockets.Do(_topology.Hosts[from], new OracleStep.Ping(from, $"warm {from} {to}", to, 1));
        }

        if (!WaitUntil(() => _sockets.Seen.Count >= Neighbourhood.Pings.Length, PatienceMilliseconds))
        {
            throw new InvalidOperationException(
                "The hosts of the real topology do not reach each other: " + string.Join("; ", _sockets.Seen.Lines));
        }

        _sockets.CloseAll();
        _sockets.Seen.Clear();
    }

    // The lists of iptables' recent match.
    private static void ForgetClients()
    {
        const string lists = "/proc/thread-self/net/xt_recent";
        foreach (string list in Directory.Exists(lists) ? Directory.GetFiles(lists) : [])
        {
            File.WriteAllText(list, "/");
        }
    }

    // Connections that nobody owns any more send their FIN again for 100 s, where nobody answers it.
    private void EndOrphans()
    {
        NetnsThread[] busy = [.. _topology.Hosts.Values.Where(HasMoreThanServers)];
        foreach (NetnsThread host in busy)
        {
            host.TrySetSysctl("net.ipv4.tcp_orphan_retries", "1");
        }

        long started = Stopwatch.GetTimestamp();
        while (busy.Any(HasMoreThanServers))
        {
            if (Stopwatch.GetElapsedTime(started).TotalMilliseconds > OrphansMilliseconds)
            {
                throw new InvalidOperationException(
                    $"TCP sockets of an earlier scenario are left after {OrphansMilliseconds} ms: " + string.Join(
                        ", ", busy.Where(HasMoreThanServers).Select(h => $"{h.Name} has {TcpSockets(h)}")));
            }

            WaitUntil(() => false, 20);
        }

        foreach (NetnsThread host in busy)
        {
            host.TrySetSysctl("net.ipv4.tcp_orphan_retries", "0"); // The default, which means 8.
        }
    }

    private static bool HasMoreThanServers(NetnsThread host) => TcpSockets(host) > (host.Name[0] == 'p' ? 1 : 0);

    // How many TCP sockets there are, those that nobody owns any more and that still send among them.
    private static int TcpSockets(NetnsThread host) => host.Run(() => int.Parse(
        File.ReadLines("/proc/thread-self/net/sockstat").First(l => l.StartsWith("TCP:", StringComparison.Ordinal))
            .Split(' ')[2], null));

    private void Do(OracleStep step, Dictionary<string, string> owners)
    {
        switch (step)
        {
            case OracleStep.Configure configure:
                _changes.Apply(configure.At, configure.Message);
                break;
            case OracleStep.EditRules edit:
                _changes.EditRules(edit.At, edit.Edit);
                break;
            case OracleStep.Wait:
                break;
            default:
                _sockets.Do(_topology.Hosts[StepOwner.Of(step, owners)], step);
                break;
        }
    }

    private void Pulse()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    private bool WaitUntil(Func<bool> holds, int milliseconds)
    {
        long started = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while (!holds())
            {
                int left = milliseconds - (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                if (left <= 0)
                {
                    return false;
                }

                Monitor.Wait(_gate, left);
            }
        }

        return true;
    }

    private void Quiet(int milliseconds)
    {
        int before;
        do
        {
            before = _tap.Count;
        }
        while (WaitUntil(() => _tap.Count != before, milliseconds));
    }
}
