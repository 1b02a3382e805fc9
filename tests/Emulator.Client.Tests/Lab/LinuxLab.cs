using Emulator.Client.Running;
using Emulator.Cluster.Traffic;
using Emulator.Core.Actors;
using Emulator.Core.Randomness;
using Emulator.Core.Time;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Client.Tests.Lab;

/// <summary>The recordings' topology in the emulator: hosts that are configured by netlink messages and asked for
/// exchanges.</summary>
internal sealed class LinuxLab : IDisposable
{
    private static readonly string[] Hosts = ["n1", "n2", "ext", "p1a", "p1b", "p2a", "p2b"];
    private readonly LabJournal _journal = new();
    private readonly ClusterRun _run;
    private readonly Dictionary<string, ActorRef> _actors;
    private readonly List<string> _app = [];
    private int _asked;

    private LinuxLab(string mode, ulong seed)
    {
        _run = ScenarioRun.Of([$"examples/linux-facts/{mode}"], seed, 1, 0, _journal);
        _actors = Hosts.ToDictionary(h => h, Find, StringComparer.Ordinal);
    }

    /// <summary>Makes a scenario and tells what was seen.</summary>
    public static LabSight Make(string mode, LinuxScenario scenario)
    {
        using var lab = new LinuxLab(mode, scenario.Seed);
        lab.Do(LabWarmth.Steps);
        lab.Do(scenario.Prepare);
        lab.Do([new LabStep.ConfigureAll(new FlushConntrack())]);
        lab._journal.Frames.Clear();
        lab._app.Clear();
        lab.Do(scenario.Steps);
        SeenFrame[] frames = [.. lab._journal.Frames.OrderBy(f => f.Time)];
        string[] conntrack = [.. new[] { "n1", "n2" }.SelectMany(
            n => lab.Answer(n, "conntrack -L").Select(l => $"{n} {l}"))];
        return new LabSight([.. lab._app], conntrack, frames);
    }

    public void Dispose() => _run.Dispose();

    private void Do(IEnumerable<LabStep> steps)
    {
        foreach (LabStep step in steps)
        {
            switch (step)
            {
                case LabStep.Configure configure:
                    Inject(configure.At, configure.Message);
                    break;
                case LabStep.ConfigureAll configure:
                    foreach (string host in Hosts)
                    {
                        Inject(host, configure.Message);
                    }

                    break;
                case LabStep.Ask ask:
                    Ask(ask);
                    break;
                case LabStep.Wait wait:
                    Pass(wait.Milliseconds);
                    break;
                case LabStep.Show show:
                    string[] shown = [.. Answer(show.At, show.Command).Where(l => show.Only?.Invoke(l) ?? true)];
                    _app.AddRange(shown.Select(
                        (line, i) => show.Key + (show.IsOneLine ? "" : $".{i}") + $"={line.TrimEnd()}"));
                    break;
                case LabStep.EditRules edit:
                    Edit(edit);
                    break;
                case LabStep.Flows flows:
                    Count(flows);
                    break;
                case LabStep.Start start:
                    Inject(start.At, new StartProcess("lab", start.Program));
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException(step.ToString());
            }
        }
    }

    private void Inject(string host, Message message)
    {
        _run.Engine.Inject(_actors[host], message);
        Pass(2);
    }

    private void Pass(int milliseconds) =>
        _run.Engine.RunUntil(_run.Engine.Now + SimDuration.FromMilliseconds(milliseconds));

    private void Ask(LabStep.Ask ask)
    {
        ulong flow = StableHash.Of($"lab-{++_asked}");
        _run.Engine.Inject(_actors[ask.From], new RunExchange(ask.Request with { Flow = flow }));
        _run.Engine.RunWhile(
            () => !_journal.Results.ContainsKey(flow), _run.Engine.Now + SimDuration.FromSeconds(20));
        Pass(50); // The connection closes.
        if (ask.Note is { } note)
        {
            ExchangeResult result = _journal.Results[flow];
            (string list, string value) = note(
                result, _journal.Served.TryGetValue(flow, out var by) ? NameOf(by.Server) : "");
            int place = _app.Count(l => l.StartsWith($"{list}.", StringComparison.Ordinal));
            _app.Add($"{list}.{place}={value}");
        }
        else if (ask.Key is { } key)
        {
            (ActorRef Server, ServedExchange Exchange)? served =
                _journal.Served.TryGetValue(flow, out (ActorRef, ServedExchange) found) ? found : null;
            string server = served is null ? "" : NameOf(served.Value.Server);
            _app.AddRange(AppText.Of(ask.Request, _journal.Results[flow], server, served?.Exchange)
                .Select(l => key.Length == 0 ? l : l[0] == '=' ? key + l : $"{key}.{l}"));
        }
    }

    private void Count(LabStep.Flows flows)
    {
        _journal.Served.Clear();
        for (int i = 0; i < flows.Count; i++)
        {
            _run.Engine.Inject(_actors["p1a"], new RunExchange(flows.Request));
            Pass(1);
        }

        Pass(100);
        _app.AddRange(_journal.Served.Values.GroupBy(s => NameOf(s.Server)).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{flows.Key}.{g.Key}={g.Count()}"));
    }

    private string NameOf(ActorRef actor) => _actors.First(a => a.Value == actor).Key;

    private IEnumerable<string> Answer(string host, string command)
    {
        _journal.Outputs.Clear();
        Inject(host, new Dump(command));
        return _journal.Outputs.SelectMany(t => t.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToArray();
    }

    private void Edit(LabStep.EditRules edit)
    {
        string rules = edit.Edit(string.Join('\n', Answer(edit.At, "iptables-save")));
        foreach (RestoredTable table in IptablesRestore.Parse(rules))
        {
            // What was several owners' is one's now, as after a restore by hand.
            Inject(edit.At, new ReplaceTable(table.Table, "flanneld", 0, new TableContent([], [])));
            Inject(edit.At, new ReplaceTable(table.Table, "kube-proxy", 0, table.Content));
        }
    }

    private ActorRef Find(string host)
    {
        TrafficSource source = host == "ext" ? new ExternalSource(null, null)
            : host[0] == 'n' ? new NodeSource(host) : new PodSource("default", host);
        return SourceFinder.Find(_run, source)[0];
    }
}
