using Emulator.Client.Running;
using Emulator.Cluster.Traffic;
using Emulator.Core.Actors;
using Emulator.Core.Time;
using Emulator.Engine.Execution;
using Emulator.Linux.Netfilter;
using Emulator.Linux.Netlink;

namespace Emulator.Client.Tests.Lab;

/// <summary>A cluster of documents whose hosts are told and asked one after another; in between it stands
/// still.</summary>
internal sealed class LabCluster : IDisposable
{
    private readonly Dictionary<string, ActorRef> _actors;

    /// <summary>Builds the cluster and lets it settle.</summary>
    /// <param name="paths">Documents, from the repository's folder.</param>
    /// <param name="hosts">Its hosts: <c>ext</c>, nodes (<c>n1</c>) and pods of the namespace <c>default</c>.</param>
    /// <param name="seed">The seed of all dice.</param>
    public LabCluster(string[] paths, IReadOnlyList<string> hosts, ulong seed)
    {
        Run = ScenarioRun.Of(paths, seed, 1, 0, Journal);
        Hosts = hosts;
        _actors = hosts.ToDictionary(h => h, Find, StringComparer.Ordinal);
    }

    /// <summary>The hosts' names.</summary>
    public IReadOnlyList<string> Hosts { get; }

    /// <summary>What happened.</summary>
    public LabJournal Journal { get; } = new();

    /// <summary>The cluster.</summary>
    public ClusterRun Run { get; }

    public void Dispose() => Run.Dispose();

    /// <summary>Tells a host something; two milliseconds pass.</summary>
    public void Inject(string host, Message message)
    {
        Tell(host, message);
        Pass(2);
    }

    /// <summary>Tells a host something; it hears of it when time passes.</summary>
    public void Tell(string host, Message message) => Run.Engine.Inject(_actors[host], message);

    /// <summary>Some milliseconds pass.</summary>
    public void Pass(int milliseconds) =>
        Run.Engine.RunUntil(Run.Engine.Now + SimDuration.FromMilliseconds(milliseconds));

    /// <summary>Tells a host something and lets time pass while a condition holds, 20 s at most.</summary>
    public void InjectAndRunWhile(string host, Message message, Func<bool> condition)
    {
        Tell(host, message);
        Run.Engine.RunWhile(condition, Run.Engine.Now + SimDuration.FromSeconds(20));
    }

    /// <summary>The lines that answer a listing command.</summary>
    public string[] Answer(string host, string command)
    {
        Journal.Outputs.Clear();
        Inject(host, new Dump(command));
        return [.. Journal.Outputs.SelectMany(t => t.Split('\n', StringSplitOptions.RemoveEmptyEntries))];
    }

    /// <summary>Replaces a host's rules by their edited text: <c>iptables-save | sed … |
    /// iptables-restore</c>.</summary>
    public void EditRules(string host, Func<string, string> edit)
    {
        string rules = edit(string.Join('\n', Answer(host, "iptables-save")));
        foreach (RestoredTable table in IptablesRestore.Parse(rules))
        {
            // What was several owners' is one's now, as after a restore by hand.
            Inject(host, new ReplaceTable(table.Table, "flanneld", 0, new TableContent([], [])));
            Inject(host, new ReplaceTable(table.Table, "kube-proxy", 0, table.Content));
        }
    }

    /// <summary>The host that an actor is.</summary>
    public string NameOf(ActorRef actor) => _actors.First(a => a.Value == actor).Key;

    private ActorRef Find(string host)
    {
        TrafficSource source = host == "ext" ? new ExternalSource(null, null)
            : host[0] == 'n' ? new NodeSource(host) : new PodSource("default", host);
        return SourceFinder.Find(Run, source)[0];
    }
}
