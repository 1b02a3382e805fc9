using Emulator.Core.Actors;
using Emulator.Core.Randomness;
using Emulator.Linux.Netlink;
using Emulator.Linux.Processes;

namespace Emulator.Client.Tests.Lab;

/// <summary>The recordings' topology in the emulator: hosts that are configured by netlink messages and asked for
/// exchanges.</summary>
internal sealed class LinuxLab : IDisposable
{
    private static readonly string[] Hosts = ["n1", "n2", "ext", "p1a", "p1b", "p2a", "p2b"];
    private readonly LabCluster _cluster;
    private readonly List<string> _app = [];
    private int _asked;

    private LinuxLab(string mode, ulong seed) =>
        _cluster = new LabCluster([$"examples/linux-facts/{mode}"], Hosts, seed);

    private LabJournal Journal => _cluster.Journal;

    /// <summary>Makes a scenario and tells what was seen.</summary>
    public static LabSight Make(string mode, LinuxScenario scenario)
    {
        using var lab = new LinuxLab(mode, scenario.Seed);
        lab.Do(LabWarmth.Steps);
        lab.Do(scenario.Prepare);
        lab.Do([new LabStep.ConfigureAll(new FlushConntrack())]);
        lab.Journal.Frames.Clear();
        lab._app.Clear();
        lab.Do(scenario.Steps);
        SeenFrame[] frames = [.. lab.Journal.Frames.OrderBy(f => f.Time)];
        string[] conntrack = [.. new[] { "n1", "n2" }.SelectMany(
            n => lab._cluster.Answer(n, "conntrack -L").Select(l => $"{n} {l}"))];
        return new LabSight([.. lab._app], conntrack, frames);
    }

    public void Dispose() => _cluster.Dispose();

    private void Do(IEnumerable<LabStep> steps)
    {
        foreach (LabStep step in steps)
        {
            switch (step)
            {
                case LabStep.Configure configure:
                    _cluster.Inject(configure.At, configure.Message);
                    break;
                case LabStep.ConfigureAll configure:
                    foreach (string host in Hosts)
                    {
                        _cluster.Inject(host, configure.Message);
                    }

                    break;
                case LabStep.Ask ask:
                    Ask(ask);
                    break;
                case LabStep.Wait wait:
                    _cluster.Pass(wait.Milliseconds);
                    break;
                case LabStep.Show show:
                    string[] shown =
                        [.. _cluster.Answer(show.At, show.Command).Where(l => show.Only?.Invoke(l) ?? true)];
                    _app.AddRange(shown.Select(
                        (line, i) => show.Key + (show.IsOneLine ? "" : $".{i}") + $"={line.TrimEnd()}"));
                    break;
                case LabStep.EditRules edit:
                    _cluster.EditRules(edit.At, edit.Edit);
                    break;
                case LabStep.Flows flows:
                    Count(flows);
                    break;
                case LabStep.Start start:
                    _cluster.Inject(start.At, new StartProcess("lab", start.Program));
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException(step.ToString());
            }
        }
    }

    private void Ask(LabStep.Ask ask)
    {
        ulong flow = StableHash.Of($"lab-{++_asked}");
        _cluster.InjectAndRunWhile(
            ask.From, new RunExchange(ask.Request with { Flow = flow }), () => !Journal.Results.ContainsKey(flow));
        _cluster.Pass(50); // The connection closes.
        if (ask.Note is { } note)
        {
            ExchangeResult result = Journal.Results[flow];
            (string list, string value) = note(
                result, Journal.Served.TryGetValue(flow, out var by) ? _cluster.NameOf(by.Server) : "");
            int place = _app.Count(l => l.StartsWith($"{list}.", StringComparison.Ordinal));
            _app.Add($"{list}.{place}={value}");
        }
        else if (ask.Key is { } key)
        {
            (ActorRef Server, ServedExchange Exchange)? served =
                Journal.Served.TryGetValue(flow, out (ActorRef, ServedExchange) found) ? found : null;
            string server = served is null ? "" : _cluster.NameOf(served.Value.Server);
            _app.AddRange(AppText.Of(ask.Request, Journal.Results[flow], server, served?.Exchange)
                .Select(l => key.Length == 0 ? l : l[0] == '=' ? key + l : $"{key}.{l}"));
        }
    }

    private void Count(LabStep.Flows flows)
    {
        Journal.Served.Clear();
        for (int i = 0; i < flows.Count; i++)
        {
            _cluster.Tell("p1a", new RunExchange(flows.Request));
            _cluster.Pass(1);
        }

        _cluster.Pass(100);
        _app.AddRange(Journal.Served.Values
            .GroupBy(s => _cluster.NameOf(s.Server)).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"{flows.Key}.{g.Key}={g.Count()}"));
    }
}
